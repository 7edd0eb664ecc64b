"""What the scripts that freeze PyTorch's figures share: saving, MNIST, double precision.

Every tensor is in double precision and saved as .npy under tests/golden/<chapter>/<case>/. Inputs
that are random are frozen beside the results, so that a newer PyTorch with another generator
changes nothing.
"""

import gzip
import pathlib

import numpy as np
import torch

HERE = pathlib.Path(__file__).resolve().parent
MNIST = HERE.parent.parent / "data" / "mnist"

torch.set_default_dtype(torch.float64)


def save(folder, **tensors):
    path = HERE / folder
    path.mkdir(parents=True, exist_ok=True)
    for name, tensor in tensors.items():
        array = tensor.detach().numpy() if torch.is_tensor(tensor) else np.asarray(tensor)
        np.save(path / f"{name}.npy", np.require(array, requirements="C"))


def mnist(count):
    """The first training images as pixel/256, [count, 784], and their labels."""
    with gzip.open(MNIST / "train-images-idx3-ubyte.gz") as file:
        images = np.frombuffer(file.read(16 + 784 * count)[16:], np.uint8)
    with gzip.open(MNIST / "train-labels-idx1-ubyte.gz") as file:
        labels = np.frombuffer(file.read(8 + count)[8:], np.uint8)
    return torch.tensor(images.reshape(count, 784) / 256), torch.tensor(labels.astype(np.int64))


def rand(*shape):
    return torch.randn(*shape, requires_grad=True)
