#!/usr/bin/env python3
"""Freezes what PyTorch computes, so that the tests can hold Longhand to it.

    pip install torch numpy backpack-for-pytorch opacus
    python3 tests/golden/generate.py [case …]

The cases of chapters 6 to 10 stand in files of their own. Needs the repository's data/mnist, and
for chapter 9 dni.py itself: see there.
"""

import importlib
import sys

import torch
from torch import nn
from torch.nn import functional as F

from frozen import mnist, rand, save


def chapter2():
    """Mean and standard deviation of the first 50,000 images, before and after normalising."""
    x, _ = mnist(60000)
    train, valid = x[:50000], x[50000:]
    mean, std = train.mean(), train.std()
    save(
        "chapter2/statistics",
        raw=torch.stack([mean, std]),
        train=torch.stack([((train - mean) / std).mean(), ((train - mean) / std).std()]),
        valid=torch.stack([((valid - mean) / std).mean(), ((valid - mean) / std).std()]),
    )


def chapter3():
    """The net 784-50-1 on 32 images: the loss and the five gradients."""
    x, y = mnist(32)
    x = ((x - 0.1304) / 0.3073).requires_grad_()
    y = y.double()
    w1 = (torch.randn(784, 50) * (2 / 784) ** 0.5).requires_grad_()
    b1 = (torch.randn(50) * 0.1).requires_grad_()
    w2 = (torch.randn(50, 1) / 50**0.5).requires_grad_()
    b2 = (torch.randn(1) * 0.1).requires_grad_()
    out = torch.relu(x @ w1 + b1) @ w2 + b2
    loss = (out.squeeze(-1) - y).pow(2).mean()
    loss.backward()
    save(
        "chapter3/net",
        w1=w1, b1=b1, w2=w2, b2=b2, out=out, loss=loss,
        d_w1=w1.grad, d_b1=b1.grad, d_w2=w2.grad, d_b2=b2.grad, d_input=x.grad,
    )


def chapter4_layers():
    x, up = rand(7, 5), torch.randn(7, 3)
    linear = nn.Linear(5, 3)
    y = linear(x)
    y.backward(up)
    save("chapter4/linear", x=x, up=up, weight=linear.weight, bias=linear.bias, y=y,
         d_x=x.grad, d_weight=linear.weight.grad, d_bias=linear.bias.grad)

    x, up = rand(4, 6), torch.randn(4, 6)
    with torch.no_grad():
        x[0, 0] = 0.0
    y = F.relu(x) - 0.5
    y.backward(up)
    save("chapter4/relu", x=x, up=up, y=y, d_x=x.grad)

    x, up = (torch.randn(6, 10) * 5).requires_grad_(), torch.randn(6, 10)
    y = F.log_softmax(x, dim=-1)
    y.backward(up)
    save("chapter4/log_softmax", x=x, up=up, y=y, d_x=x.grad)

    for reduction in ["mean", "sum"]:
        x, target = rand(6, 4), torch.randn(6, 4)
        loss = F.mse_loss(x, target, reduction=reduction)
        loss.backward()
        save(f"chapter4/mse_{reduction}", x=x, target=target, loss=loss, d_x=x.grad)

        x, labels = (torch.randn(8, 10) * 3).requires_grad_(), torch.randint(0, 10, (8,))
        loss = F.cross_entropy(x, labels, reduction=reduction)
        loss.backward()
        save(f"chapter4/cross_entropy_{reduction}", x=x, labels=labels, loss=loss, d_x=x.grad)

        x = torch.log_softmax(torch.randn(8, 10), -1).requires_grad_()
        loss = F.nll_loss(x, labels, reduction=reduction)
        loss.backward()
        save(f"chapter4/nll_{reduction}", x=x, labels=labels, loss=loss, d_x=x.grad)


OPTIMIZERS = {
    "sgd": lambda p: torch.optim.SGD(p, lr=0.1),
    "sgd_decay": lambda p: torch.optim.SGD(p, lr=0.1, weight_decay=0.01),
    "sgd_momentum": lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9),
    "sgd_nesterov": lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9, weight_decay=0.01, nesterov=True),
    "adam": lambda p: torch.optim.Adam(p),
    "adam_decay": lambda p: torch.optim.Adam(p, lr=0.01, weight_decay=0.1),
}


def chapter4_training():
    """Twenty steps of 6-8-4 with a ReLU under each optimizer, from the same parameters."""
    x, labels = torch.randn(16, 6), torch.randint(0, 4, (16,))
    start = [torch.randn(8, 6) * 0.5, torch.randn(8) * 0.1, torch.randn(4, 8) * 0.5, torch.randn(4) * 0.1]
    names = ["w1", "b1", "w2", "b2"]
    save("chapter4/training", x=x, labels=labels, **dict(zip(names, start)))
    for name, optimizer in OPTIMIZERS.items():
        params = [p.clone().requires_grad_() for p in start]
        w1, b1, w2, b2 = params
        optimizer = optimizer(params)
        losses = []
        for _ in range(20):
            loss = F.cross_entropy(F.linear(torch.relu(F.linear(x, w1, b1)), w2, b2), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        save(f"chapter4/training/{name}", losses=losses, **dict(zip(names, params)))


def chapter5():
    """First derivatives of a two-layer net, and those of a random sum of them: second ones."""
    x, labels, target = torch.randn(6, 4), torch.randint(0, 3, (6,)), torch.randn(6, 3)
    start = dict(w1=torch.randn(5, 4) * 0.5, b1=torch.randn(5) * 0.1,
                 w2=torch.randn(3, 5) * 0.5, b2=torch.randn(3) * 0.1, x=x)
    weights = {f"v_{name}": torch.randn_like(value) for name, value in start.items()}
    losses = {
        "cross_entropy": lambda out: F.cross_entropy(out, labels),
        "mse": lambda out: F.mse_loss(torch.sigmoid(out), target),
    }
    save("chapter5", labels=labels, target=target, **start, **weights)
    for name, loss in losses.items():
        values = {key: value.clone().requires_grad_() for key, value in start.items()}
        hidden = torch.tanh(F.linear(values["x"], values["w1"], values["b1"]))
        value = loss(F.linear(hidden, values["w2"], values["b2"]))
        first = torch.autograd.grad(value, list(values.values()), create_graph=True)
        weighted = sum((g * weights[f"v_{key}"]).sum() for key, g in zip(values, first))
        second = torch.autograd.grad(weighted, list(values.values()))
        save(f"chapter5/{name}", loss=value, weighted=weighted,
             **{f"d_{key}": g for key, g in zip(values, first)},
             **{f"dd_{key}": g for key, g in zip(values, second)})


CASES = [chapter2, chapter3, chapter4_layers, chapter4_training, chapter5]
for chapter in [6, 7, 8, 10, 9, "10_kfac", "8_msvag"]:
    CASES += importlib.import_module(f"chapter{chapter}").CASES

if __name__ == "__main__":
    # A case has its own seed, so that one case more leaves the others as they were.
    wanted = sys.argv[1:]
    for number, case in enumerate(CASES):
        if not wanted or case.__name__ in wanted:
            torch.manual_seed(number)
            case()
            print(f"{case.__name__}: frozen (PyTorch {torch.__version__})")
