"""What BackPACK computes for chapter 10: quantities per sample, the variance and its gradient, and
second derivatives.

Beside PyTorch it needs `pip install backpack-for-pytorch`. The digits are the first ones of MNIST,
which the tests read themselves.
"""

import warnings

import torch
from backpack import backpack, extend
from backpack.extensions import (
    BatchGrad, BatchL2Grad, DiagGGNExact, DiagHessian, SumGradSquared, Variance,
)
from backpack.hessianfree.ggnvp import ggn_vector_product
from backpack.hessianfree.hvp import hessian_vector_product
from torch import nn

from frozen import mnist, save

for message in ["Using backward.. with create_graph", "Full backward hook is firing"]:
    warnings.filterwarnings("ignore", message=message)


def named(model, values, prefix=""):
    names = [name.replace(".", "_") for name, _ in model.named_parameters()]
    return {f"{prefix}{name}": value for name, value in zip(names, values)}


def total_variance(folder, model, loss, x, y):
    """The quantity of BackPACK's example: the total variance, and its gradient."""
    params = list(model.parameters())
    extend(model)
    with backpack(Variance()):
        extend(loss)(model(x), y).backward(retain_graph=True, create_graph=True)
    variances = [p.variance for p in params]
    total = sum(variance.sum() for variance in variances)
    gradients = torch.autograd.grad(total, params)
    for p in params:
        p.grad = None  # else the gradient and the graph hold each other
    save(folder, total=total, **named(model, params), **named(model, variances, "variance_"),
         **named(model, gradients, "d_"))


def chapter10_linear():
    model = nn.Sequential(nn.Linear(2, 1, bias=False))
    x, y = torch.randn(3, 2), torch.randn(3, 1)
    save("chapter10/linear", x=x, y=y)
    total_variance("chapter10/linear", model, nn.MSELoss(reduction="sum"), x, y)


def chapter10_digits():
    x, y = mnist(32)
    model = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))
    loss = nn.CrossEntropyLoss(reduction="sum")
    total_variance("chapter10/digits", model, loss, x.reshape(32, 1, 28, 28), y)


def chapter10_cnn():
    x, y = mnist(32)
    model = nn.Sequential(
        nn.Conv2d(1, 5, 5, 1), nn.ReLU(), nn.MaxPool2d(2, 2), nn.Flatten(), nn.Linear(720, 10))
    loss = nn.CrossEntropyLoss(reduction="sum")
    total_variance("chapter10/cnn", model, loss, x.reshape(32, 1, 28, 28), y)


def chapter10_quantities():
    """Everything of first order, for every kind of layer, under a summed and a mean loss."""
    model = nn.Sequential(
        nn.Conv2d(2, 3, (3, 2), stride=(1, 2), padding=(1, 0)), nn.BatchNorm2d(3), nn.Sigmoid(),
        nn.Conv2d(3, 2, 2), nn.Flatten(), nn.Linear(18, 4), nn.Sigmoid(), nn.Linear(4, 3))
    norm = model[1]
    with torch.no_grad():
        for values in (norm.weight, norm.bias, norm.running_mean):
            values.normal_()
        norm.running_var.uniform_(0.5, 2)
    model.eval()
    x, labels = torch.randn(6, 2, 4, 8), torch.randint(0, 3, (6,))
    params = list(model.parameters())
    save("chapter10/quantities", x=x, labels=labels, mean=norm.running_mean, var=norm.running_var,
         **named(model, params))
    extend(model)
    for reduction in ["sum", "mean"]:
        loss = extend(nn.CrossEntropyLoss(reduction=reduction))
        with backpack(BatchGrad(), BatchL2Grad(), SumGradSquared(), Variance()):
            loss(model(x), labels).backward()
        save(f"chapter10/quantities/{reduction}",
             **named(model, [p.grad for p in params], "sum_"),
             **named(model, [p.grad_batch for p in params], "individual_"),
             **named(model, [p.batch_l2 for p in params], "square_norms_"),
             **named(model, [p.sum_grad_squared for p in params], "sum_squares_"),
             **named(model, [p.variance for p in params], "variance_"))
        for p in params:
            p.grad = None


def chapter10_curvature():
    """Products with the Hessian and the Gauss-Newton matrix, and both diagonals."""
    model = nn.Sequential(
        nn.Conv2d(1, 2, 3), nn.Sigmoid(), nn.Flatten(), nn.Linear(18, 5), nn.Sigmoid(),
        nn.Linear(5, 3))
    x, labels, target = torch.randn(4, 1, 5, 5), torch.randint(0, 3, (4,)), torch.randn(4, 3)
    params = list(model.parameters())
    vector = [torch.randn_like(p) for p in params]
    save("chapter10/curvature", x=x, labels=labels, target=target, **named(model, params),
         **named(model, vector, "v_"))
    extend(model)
    losses = {"cross_entropy": (nn.CrossEntropyLoss(), labels), "mse": (nn.MSELoss(), target)}
    for name, (function, wanted) in losses.items():
        output = model(x)
        value = extend(function)(output, wanted)
        with backpack(DiagGGNExact(), DiagHessian()):
            value.backward(retain_graph=True)
        save(f"chapter10/curvature/{name}",
             **named(model, hessian_vector_product(value, params, vector), "hvp_"),
             **named(model, ggn_vector_product(value, output, model, vector), "ggn_"),
             **named(model, [p.diag_ggn_exact for p in params], "diag_ggn_"),
             **named(model, [p.diag_h for p in params], "diag_h_"))
        for p in params:
            p.grad = None


CASES = [chapter10_linear, chapter10_digits, chapter10_cnn, chapter10_quantities,
         chapter10_curvature]
