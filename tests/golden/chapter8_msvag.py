"""Chapter 8: M-SVAG by its authors' formulas, on the small net that chapter8.py has frozen."""

import numpy as np
import torch

from chapter8 import backward, images, mlp, stats
from frozen import HERE, save


def chapter8_msvag():
    """Corrected averages of g and g², their difference, the closed form of ρ, factors between 0
    and 1, as the authors' program has them. The loss after each epoch, the factors' sum at each step."""
    x, labels = images(120, 784)
    start = [torch.tensor(np.load(HERE / f"chapter8/small/{name}.npy")) for name in ["w1", "b1", "w2", "b2"]]
    params = [p.requires_grad_() for p in start]
    ms, vs = ([torch.zeros_like(p) for p in params] for _ in range(2))
    lr, beta = 0.1, 0.9
    losses, factors, t = [], [], 0
    for _ in range(4):
        for xs, ys in zip(x.split(12), labels.split(12)):
            backward(params, mlp, xs, ys)
            t += 1
            power = beta**t
            rho = (1 - beta) ** 2 * (1 - power**2) / ((1 - power) ** 2 * (1 - beta**2))
            rho = min(rho, 0.999)
            total = 0.0
            with torch.no_grad():
                for p, m, v in zip(params, ms, vs):
                    m.mul_(beta).add_((1 - beta) * p.grad)
                    v.mul_(beta).add_((1 - beta) * p.grad**2)
                    mean, second = m / (1 - power), v / (1 - power)
                    s = (second - mean**2) / (1 - rho)
                    factor = (mean**2 / (mean**2 + rho * s)).clamp(0, 1)
                    factor = torch.where(factor.isnan(), torch.zeros_like(factor), factor)
                    p -= lr * factor * mean
                    total += factor.sum().item()
            factors.append(total)
        losses.append(stats(params, mlp, x, labels)[0])
    save("chapter8/msvag", losses=losses, factors=factors)


CASES = [chapter8_msvag]
