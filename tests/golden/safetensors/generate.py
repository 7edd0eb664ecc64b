"""Makes the frozen safetensors files that tests/chapter6/saving.rs reads, and must equal.

    pip install torch safetensors numpy
    python3 tests/golden/safetensors/generate.py
"""

import pathlib

import numpy as np
import torch
from safetensors.torch import save_file
from torch import nn

HERE = pathlib.Path(__file__).resolve().parent


def build():
    """The net of `saving.rs`: one net within another, with buffers in both."""
    return nn.Sequential(
        nn.Linear(4, 3),
        nn.BatchNorm1d(3),
        nn.ReLU(),
        nn.Sequential(nn.Linear(3, 2, bias=False), nn.BatchNorm1d(2)),
    ).eval()


def fill(state):
    """Numbers that the Rust test makes as well: (7i mod 13 − 6)/8, the variances squared."""
    for name, tensor in state.items():
        if tensor.is_floating_point():
            numbers = (torch.arange(tensor.numel()) * 7 % 13 - 6).to(tensor.dtype) / 8
            numbers = numbers.square() if name.endswith("running_var") else numbers
            tensor.copy_(numbers.reshape(tensor.shape))


if __name__ == "__main__":
    net = build()
    with torch.no_grad():
        fill(net.state_dict())
        x = (torch.arange(8.0) - 3).reshape(2, 4)
        np.save(HERE / "x.npy", x)
        np.save(HERE / "y.npy", net(x))
        # As PyTorch has it, with the number of batches; then only what can be written here.
        state = net.state_dict()
        save_file(state, HERE / "state.safetensors", metadata={"format": "pt", "é": "\"\\\n"})
        floats = {name: t for name, t in state.items() if t.is_floating_point()}
        save_file(floats, HERE / "floats.safetensors")
        save_file({name: t.double() for name, t in floats.items()}, HERE / "doubles.safetensors")
    special = torch.tensor([float("nan"), -float("inf"), -0.0, 1e-45, 3.4028235e38])
    names = ["", "\"\\/", "\b\t\n\f\r\x01\x7f", "é", "𝄞", "a b", "A"]
    odd = {name: special[: i % 6].clone() for i, name in enumerate(names)}
    odd["empty"], odd["scalar"] = torch.zeros(2, 0, 3), torch.tensor(1.5)
    save_file(odd, HERE / "odd.safetensors")
    save_file({"half": torch.ones(2).half(), "whole": torch.arange(3)}, HERE / "other.safetensors")
