"""Lets PyTorch load what `Sequential::save` saved.

    LONGHAND_SAFETENSORS=<folder> cargo test --test chapter6 saving
    python3 tests/golden/safetensors/check.py <folder>

The first command saves the net of generate.py into that folder; this script loads it into the same
net of PyTorch, all names and no others, and compares every number and the output with the frozen.
"""

import pathlib
import sys

import numpy as np
import torch
from safetensors.torch import load_file

from generate import HERE, build

if len(sys.argv) != 2:
    sys.exit(__doc__)
ours = load_file(pathlib.Path(sys.argv[1]) / "ours.safetensors")
theirs = load_file(HERE / "floats.safetensors")
assert ours.keys() == theirs.keys()
for name, tensor in ours.items():
    assert tensor.dtype == theirs[name].dtype and torch.equal(tensor, theirs[name]), name
net = build()
net.load_state_dict(ours)
with torch.no_grad():
    assert np.array_equal(net(torch.tensor(np.load(HERE / "x.npy"))), np.load(HERE / "y.npy"))
print(f"PyTorch {torch.__version__} loaded {len(ours)} tensors as it should")
