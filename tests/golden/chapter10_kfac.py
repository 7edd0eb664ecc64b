"""The later part of chapter 10: K-FAC and KFLR, the drawn Gauss-Newton diagonal, products of individual
gradients, group normalisation, and what a private training gives away.

Beside PyTorch it needs `pip install backpack-for-pytorch opacus`.
"""

from unittest import mock

import numpy as np
import torch
from backpack import backpack, extend
from backpack.extensions import (
    KFAC, KFLR, BatchDiagGGNExact, BatchDiagGGNMC, BatchGrad, DiagGGNMC,
)
from opacus.accountants.analysis.rdp import compute_rdp, get_privacy_spent
from torch import nn
from torch.distributions import Categorical
from torch.nn import functional as F

from chapter10 import named
from frozen import HERE, rand, save


class Rng:
    """Longhand's generator: xoshiro256++, seeded by SplitMix64."""

    def __init__(self, seed):
        self.state = [self.scramble(seed + 0x9E3779B97F4A7C15 * i) for i in [1, 2, 3, 4]]

    @staticmethod
    def scramble(x):
        x &= 2**64 - 1
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB % 2**64
        return x ^ (x >> 31)

    def uniform(self):
        s, turned = self.state, lambda x, by: (x << by | x >> (64 - by)) % 2**64
        output = (turned((s[0] + s[3]) % 2**64, 23) + s[0]) % 2**64
        shifted = (s[1] << 17) % 2**64
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= shifted
        s[3] = turned(s[3], 45)
        return (output >> 11) / 2**53


def drawn(p, draws, seed):
    """Labels [draws, n] for probabilities p [n, classes], as Longhand draws them."""
    rng, labels = Rng(seed), []
    for _ in range(draws):
        for row in p.tolist():
            left, label = rng.uniform(), 0
            for chance in row[:-1]:
                left -= chance
                if left < 0:
                    break
                label += 1
            labels.append(label)
    return torch.tensor(labels).reshape(draws, len(p))


def chapter10_kfac():
    """Three draws with seed 11, on the net of chapter10_curvature with its frozen numbers."""
    frozen = lambda name: torch.from_numpy(np.load(HERE / "chapter10/curvature" / f"{name}.npy"))
    model = nn.Sequential(
        nn.Conv2d(1, 2, 3), nn.Sigmoid(), nn.Flatten(), nn.Linear(18, 5), nn.Sigmoid(),
        nn.Linear(5, 3))
    with torch.no_grad():
        for name, param in model.named_parameters():
            param.copy_(frozen(name.replace(".", "_")))
    x, labels, params = frozen("x"), frozen("labels"), list(model.parameters())
    extend(model)
    for reduction in ["mean", "sum"]:
        output = model(x)
        loss = extend(nn.CrossEntropyLoss(reduction=reduction))(output, labels)
        chosen = drawn(F.softmax(output, 1), 3, 11)
        with mock.patch.object(Categorical, "sample", lambda self, shape: chosen):
            with backpack(KFLR(), KFAC(3), DiagGGNMC(3), BatchDiagGGNMC(3), BatchDiagGGNExact(),
                          BatchGrad()):
                loss.backward()
        rows = [p.grad_batch.flatten(1) for p in params]
        first, last = (lambda p: p[0]), (lambda p: p[-1])
        save(f"chapter10/kfac/{reduction}", draws=chosen,
             **named(model, [first(p.kflr) for p in params], "kflr_output_"),
             **named(model, [first(p.kfac) for p in params], "kfac_output_"),
             **{f"input_{i}_weight": last(model[i].weight.kflr) for i in [0, 3, 5]},
             **named(model, [p.diag_ggn_mc for p in params], "diag_mc_"),
             **named(model, [p.diag_ggn_mc_batch for p in params], "diag_mc_batch_"),
             **named(model, [p.diag_ggn_exact_batch for p in params], "diag_batch_"),
             **named(model, [row @ row.T for row in rows], "dot_products_"))
        for p in params:
            p.grad = None


GROUP_NORMS = {"rows": (2, (5, 6)), "images": (3, (4, 6, 3, 5)), "layer": (1, (3, 4, 7)),
               "instance": (4, (3, 4, 2, 3))}


def chapter10_group_norm():
    """First derivatives, and those of a random sum of the first derivatives of tanh(y)²."""
    for name, (groups, shape) in GROUP_NORMS.items():
        x, weight, bias = (torch.randn(shape) * 2 - 1).requires_grad_(), rand(shape[1]), rand(shape[1])
        values = dict(x=x, weight=weight, bias=bias)
        along = {f"v_{name}": torch.randn_like(value) for name, value in values.items()}
        y = F.group_norm(x, groups, weight, bias, eps=1e-3)
        loss = torch.tanh(y).pow(2).sum()
        first = torch.autograd.grad(loss, list(values.values()), create_graph=True)
        weighted = sum((g * v).sum() for g, v in zip(first, along.values()))
        second = torch.autograd.grad(weighted, list(values.values()))
        save(f"chapter10/group_norm/{name}", **values, **along, y=y, loss=loss,
             **{f"d_{name}": g for name, g in zip(values, first)},
             **{f"dd_{name}": g for name, g in zip(values, second)})


def chapter10_accountant():
    """Opacus's ε, with whole orders as Longhand has them and with the orders that it takes itself."""
    cases = [(q, sigma, steps, delta)
             for q in [1 / 30, 0.01, 0.001, 0.5, 1.0] for sigma in [0.5, 1.0, 4.0, 16.0]
             for steps, delta in [(1, 1e-5), (90, 1e-5), (10_000, 1e-6)]]
    whole = list(range(2, 513))
    own = [1 + x / 10 for x in range(1, 100)] + list(range(12, 64))
    epsilons = [[get_privacy_spent(
        orders=orders, delta=delta,
        rdp=compute_rdp(q=q, noise_multiplier=sigma, steps=steps, orders=orders))[0]
        for q, sigma, steps, delta in cases] for orders in [whole, own]]
    save("chapter10/accountant", cases=cases, whole=epsilons[0], own=epsilons[1])


CASES = [chapter10_kfac, chapter10_group_norm, chapter10_accountant]
