"""Chapter 6: pooling and batch normalisation, as PyTorch computes them; see generate.py."""

import torch
from torch import nn
from torch.nn import functional as F

from frozen import rand, save

# kernel, stride, padding, dilation, [h, w]
POOLINGS = {
    "tiling": ((2, 2), (2, 2), (0, 0), (1, 1), (6, 8)),
    "leftover": ((2, 2), (2, 2), (0, 0), (1, 1), (5, 7)),
    "overlap": ((3, 3), (2, 2), (1, 1), (1, 1), (7, 9)),
    "oblong": ((2, 3), (1, 2), (1, 0), (1, 1), (4, 7)),
    "dilated": ((2, 3), (2, 1), (1, 1), (2, 3), (8, 9)),
}


def chapter6_pooling():
    """Small whole numbers, so that most windows hold ties."""
    for name, (kernel, stride, padding, dilation, size) in POOLINGS.items():
        x = torch.randint(-2, 3, (2, 3, *size)).double().requires_grad_()
        y, positions = F.max_pool2d(x, kernel, stride, padding, dilation, return_indices=True)
        up = torch.randn_like(y)
        y.backward(up)
        save(f"chapter6/max_pool2d/{name}", x=x, y=y, positions=positions, up=up, d_x=x.grad)
    for name, (kernel, stride, padding, dilation, size) in POOLINGS.items():
        if dilation != (1, 1):
            continue
        for counted in [True, False]:
            x = rand(2, 3, *size)
            y = F.avg_pool2d(x, kernel, stride, padding, count_include_pad=counted)
            up = torch.randn_like(y)
            y.backward(up)
            case = "window" if counted else "image"
            save(f"chapter6/avg_pool2d/{name}_{case}", x=x, y=y, up=up, d_x=x.grad)


def chapter6_not_numbers():
    """NaN, infinities and equal zeros of either sign under max pooling."""
    special = torch.tensor([float("nan"), -float("inf"), float("inf"), 0.0, -0.0, 1.0])
    x = special[torch.randint(0, len(special), (4, 4, 6, 6))]
    y, positions = F.max_pool2d(x, 2, return_indices=True)
    wide, wide_positions = F.max_pool2d(x, 3, 1, 1, return_indices=True)
    save("chapter6/not_numbers", x=x, y=y, positions=positions, wide=wide,
         wide_positions=wide_positions)


NORMS = {
    "rows": (lambda: nn.BatchNorm1d(5), (6, 5)),
    "sequences": (lambda: nn.BatchNorm1d(3, momentum=0.3, eps=1e-3), (4, 3, 5)),
    "images": (lambda: nn.BatchNorm2d(4), (3, 4, 5, 6)),
}


def chapter6_batch_norm():
    """Two batches in training, then one in evaluation; gradients of the second and the third."""
    for name, (build, shape) in NORMS.items():
        norm = build()
        with torch.no_grad():
            norm.weight.normal_()
            norm.bias.normal_()
        save(f"chapter6/batch_norm/{name}", weight=norm.weight, bias=norm.bias)
        first = torch.randn(shape) * 3 + 1
        norm(first)
        save(f"chapter6/batch_norm/{name}", first=first)
        for mode in ["train", "eval"]:
            norm.train(mode == "train")
            norm.zero_grad()
            x, up = (torch.randn(shape) * 2 - 1).requires_grad_(), torch.randn(shape)
            y = norm(x)
            y.backward(up)
            save(f"chapter6/batch_norm/{name}/{mode}", x=x, y=y, up=up, d_x=x.grad,
                 d_weight=norm.weight.grad, d_bias=norm.bias.grad,
                 running_mean=norm.running_mean, running_var=norm.running_var)


def chapter6_second_order():
    """The gradient's gradient through batch norm: of the weighted sum of a loss's gradients."""
    x, weight, bias = rand(5, 3, 4), rand(3), rand(3)
    values = dict(x=x, weight=weight, bias=bias)
    along = {f"v_{name}": torch.randn_like(value) for name, value in values.items()}
    y = F.batch_norm(x, None, None, weight, bias, training=True)
    loss = torch.tanh(y).pow(2).sum()
    first = torch.autograd.grad(loss, list(values.values()), create_graph=True)
    weighted = sum((g * v).sum() for g, v in zip(first, along.values()))
    second = torch.autograd.grad(weighted, list(values.values()), allow_unused=True)
    save("chapter6/second_order", **values, **along, loss=loss, weighted=weighted,
         **{f"d_{name}": g for name, g in zip(values, first)},
         **{f"dd_{name}": g for name, g in zip(values, second)})



# channels in and out, kernel, stride, padding, dilation, [h, w], bias
CONVOLUTIONS = {
    "plain": (1, 4, (5, 5), (1, 1), (0, 0), (1, 1), (9, 9), True),
    "channels": (3, 5, (3, 3), (1, 1), (1, 1), (1, 1), (6, 7), True),
    "strided": (2, 3, (3, 2), (2, 3), (0, 1), (1, 1), (8, 10), True),
    "dilated": (2, 3, (2, 3), (1, 1), (2, 1), (3, 2), (9, 8), True),
    "everything": (2, 3, (3, 2), (2, 1), (2, 1), (2, 3), (7, 11), False),
}


def chapter6_convolution():
    """First derivatives, and those of a random sum of them: second ones."""
    for name, (inputs, outputs, kernel, stride, padding, dilation, size, bias) in CONVOLUTIONS.items():
        x, weight = rand(5, inputs, *size), rand(outputs, inputs, *kernel)
        bias = torch.randn(outputs, requires_grad=True) if bias else None
        y = F.conv2d(x, weight, bias, stride, padding, dilation)
        up = torch.randn_like(y, requires_grad=True)
        d_x, d_weight = torch.autograd.grad(y, [x, weight], up, create_graph=True)
        v_x, v_weight = torch.randn_like(x), torch.randn_like(weight)
        weighted = (d_x * v_x).sum() + (d_weight * v_weight).sum()
        dd_x, dd_weight, dd_up = torch.autograd.grad(weighted, [x, weight, up])
        save(f"chapter6/conv2d/{name}", x=x, weight=weight, y=y, up=up, d_x=d_x, d_weight=d_weight,
             v_x=v_x, v_weight=v_weight, dd_x=dd_x, dd_weight=dd_weight, dd_up=dd_up)
        if bias is not None:
            save(f"chapter6/conv2d/{name}", bias=bias, d_bias=up.sum((0, 2, 3)))


CASES = [chapter6_pooling, chapter6_not_numbers, chapter6_batch_norm, chapter6_second_order,
         chapter6_convolution]
