"""Chapter 8: training with and without tempering, in the WTB notebook's own steps.

Ratios are frozen where it is enough to see them: the whole of what they do is in the losses, and
`factors`, the sum of min(1, snr) over all parameters, misses none of them.
"""

import math

import numpy as np
import torch
from torch.nn import functional as F

from frozen import mnist, save

EVERY = 37  # of the ratios, one in so many is frozen
LENET_EVERY = 1009


def images(count, *shape):
    """As the notebook has them: pixel/255, less .1307, over .3081."""
    x, labels = mnist(count)
    return ((x * 256 / 255 - 0.1307) / 0.3081).reshape(count, *shape), labels


def compute_snr(grad, grad2, b):
    snr = []
    for g, g2 in zip(grad, grad2):
        g, g2 = g / b, g2 / b
        err = torch.sqrt((g2 - g * g) / b)
        err[err == 0] = 1e-8
        snr.append(g.abs() / err)
    return snr


def backward(params, net, x, labels):
    for p in params:
        p.grad = None
    F.nll_loss(F.log_softmax(net(x, *params), -1), labels).backward()


def stats(params, net, x, labels):
    with torch.no_grad():
        output = F.log_softmax(net(x, *params), -1)
    return F.nll_loss(output, labels).item(), (output.argmax(1) == labels).sum().item()


def train(start, net, x, labels, batch, epochs, optimizer, wtb, every):
    """The notebook's loop. Returns what to freeze, one entry an epoch."""
    params = [p.clone().requires_grad_() for p in start]
    optimizer = optimizer(params)
    snr = [torch.ones_like(p) for p in params]
    rows = dict(losses=[], correct=[], snr=[], factors=[], tempered=[])
    for _ in range(epochs):
        grad = [torch.zeros_like(p) for p in params]
        grad2 = [torch.zeros_like(p) for p in params]
        batches = list(zip(x.split(batch), labels.split(batch)))
        for xs, ys in batches:
            backward(params, net, xs, ys)
            with torch.no_grad():
                for g, g2, p in zip(grad, grad2, params):
                    g += p.grad
                    g2 += p.grad * p.grad
                for p, s in zip(params, snr):
                    p.grad = torch.where(s < 1, s * p.grad, p.grad)
            optimizer.step()
        measured = compute_snr(grad, grad2, len(batches))
        if wtb:
            snr = measured
        loss, correct = stats(params, net, x, labels)
        every_ratio = torch.cat([s.flatten() for s in measured])
        rows["losses"].append(loss)
        rows["correct"].append(correct)
        rows["snr"].append(every_ratio[::every])
        rows["factors"].append(every_ratio.clamp(max=1).sum())
        rows["tempered"].append((every_ratio < 1).sum())
    return {name: torch.tensor(row) if name != "snr" else torch.stack(row) for name, row in rows.items()}


def train_mean(start, net, x, labels, batch, epochs, lr, n):
    """The form of 2018: a step for every n mini-batches. The loss after each epoch."""
    params = [p.clone().requires_grad_() for p in start]
    losses, kept = [], []
    for _ in range(epochs):
        for xs, ys in zip(x.split(batch), labels.split(batch)):
            backward(params, net, xs, ys)
            kept.append([p.grad.clone() for p in params])
            if len(kept) == n:
                grad = [sum(gs) for gs in zip(*kept)]
                snr = compute_snr(grad, [sum(g * g for g in gs) for gs in zip(*kept)], n)
                with torch.no_grad():
                    for p, g, s in zip(params, grad, snr):
                        p -= lr * g / n * s.clamp(max=1)
                kept = []
        losses.append(stats(params, net, x, labels)[0])
    return losses


def mlp(x, w1, b1, w2, b2):
    return F.linear(torch.relu(F.linear(x, w1, b1)), w2, b2)


def chapter8_small():
    """784-8-10 on 120 images in batches of 12, four epochs, behind several optimizers."""
    x, labels = images(120, 784)
    start = [(torch.rand(8, 784) * 2 - 1) / 28, torch.zeros(8), (torch.rand(10, 8) * 2 - 1) / 8**0.5, torch.zeros(10)]
    save("chapter8/small", **dict(zip(["w1", "b1", "w2", "b2"], start)))
    cases = dict(
        norm=(lambda p: torch.optim.SGD(p, lr=0.1), False),
        wtb=(lambda p: torch.optim.SGD(p, lr=0.1), True),
        momentum=(lambda p: torch.optim.SGD(p, lr=0.02, momentum=0.9), True),
        adam=(lambda p: torch.optim.Adam(p, lr=0.002), True),
    )
    for name, (optimizer, wtb) in cases.items():
        save(f"chapter8/small/{name}", **train(start, mlp, x, labels, 12, 4, optimizer, wtb, EVERY))
    # 50 mini-batches, 16 steps of 3, and two that are left over.
    save("chapter8/small/mean", losses=train_mean(start, mlp, x, labels, 12, 5, 0.2, 3))


def lenet(x, w1, b1, w2, b2, w3, b3, w4, b4):
    x = F.max_pool2d(torch.relu(F.conv2d(x, w1, b1)), 2)
    x = F.max_pool2d(torch.relu(F.conv2d(x, w2, b2)), 2)
    return F.linear(torch.relu(F.linear(x.flatten(1), w3, b3)), w4, b4)


def by_formula(number, shape, fan_in):
    """Values on ±1/√fan_in that need not be frozen: whole numbers until the last step."""
    i = torch.arange(math.prod(shape), dtype=torch.int64)
    scattered = (i * i * 40503 + i * 30011 + (number + 1) * 12345) % 65521
    return ((2 * (scattered.double() / 65521) - 1) * (1 / math.sqrt(fan_in))).reshape(shape)


LENET = [((20, 1, 5, 5), 25), ((20,), 25), ((50, 20, 5, 5), 500), ((50,), 500),
         ((500, 800), 800), ((500,), 800), ((10, 500), 500), ((10,), 500)]


def chapter8_lenet():
    """The notebook's net on 2,000 images in batches of 200, two epochs, with and without."""
    x, labels = images(2000, 1, 28, 28)
    start = [by_formula(number, shape, fan_in) for number, (shape, fan_in) in enumerate(LENET)]
    assert sum(p.numel() for p in start) == 431_080
    for name, wtb in [("norm", False), ("wtb", True)]:
        sgd = lambda p: torch.optim.SGD(p, lr=0.1)
        save(f"chapter8/lenet/{name}", **train(start, lenet, x, labels, 200, 2, sgd, wtb, LENET_EVERY))


def chapter8_file():
    """What the notebook saves: a list of pairs, loss and accuracy, one for each epoch."""
    counts = [(2.2810, 10020), (2.2514, 16647), (2.2190, 24978)]
    save("chapter8", train_stats_wtb=[(loss, 100.0 * correct / 60000) for loss, correct in counts])


def chapter8_seed():
    """The notebook's net as PyTorch draws it from the notebook's seed, 1101, in single precision."""
    torch.set_default_dtype(torch.float32)
    torch.manual_seed(1101)
    layers = [torch.nn.Conv2d(1, 20, 5), torch.nn.Conv2d(20, 50, 5), torch.nn.Linear(800, 500), torch.nn.Linear(500, 10)]
    torch.set_default_dtype(torch.float64)
    values = torch.cat([p.detach().flatten() for layer in layers for p in layer.parameters()])
    # Whole numbers below 2⁵³, so that a double holds them: every bit of every weight counts.
    bits = values.float().numpy().view("uint32").astype("uint64")
    places = np.arange(len(bits), dtype="uint64") % 65521 + 1
    save("chapter8/seed", checksum=float(int((bits * places).sum() % 2**53)))


CASES = [chapter8_small, chapter8_lenet, chapter8_file, chapter8_seed]
