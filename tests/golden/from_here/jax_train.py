"""The training loop of the appendix *From here*, in JAX: from the frozen weights, to the frozen losses.

    pip install jax safetensors numpy
    python3 tests/golden/from_here/jax_train.py
"""

import gzip
import pathlib

import jax
import jax.numpy as jnp
import numpy as np
from safetensors.numpy import load_file

HERE = pathlib.Path(__file__).resolve().parent
MNIST = HERE.parent.parent.parent / "data" / "mnist"


def mnist(count):
    with gzip.open(MNIST / "train-images-idx3-ubyte.gz") as file:
        images = np.frombuffer(file.read(16 + 784 * count)[16:], np.uint8).reshape(count, 784)
    with gzip.open(MNIST / "train-labels-idx1-ubyte.gz") as file:
        labels = np.frombuffer(file.read(8 + count)[8:], np.uint8)
    return np.float32(images) / 256, labels


# ANCHOR: train
def loss_of(net, x, labels):
    hidden = jax.nn.relu(x @ net["0.weight"].T + net["0.bias"])
    scores = hidden @ net["2.weight"].T + net["2.bias"]
    return -jax.nn.log_softmax(scores)[jnp.arange(len(labels)), labels].mean()


@jax.jit
def step(net, x, labels):
    loss, gradients = jax.value_and_grad(loss_of)(net, x, labels)
    return jax.tree.map(lambda w, d_w: w - 0.1 * d_w, net, gradients), loss


def train(net, images, labels):
    losses = []
    for _ in range(5):
        for at in range(0, len(images), 64):
            net, loss = step(net, images[at : at + 64], labels[at : at + 64])
            losses.append(loss.item())
    return net, losses
# ANCHOR_END: train


if __name__ == "__main__":
    images, labels = mnist(640)
    _, losses = train(load_file(HERE / "start.safetensors"), images, labels)
    assert np.allclose(losses, np.load(HERE / "losses.npy"), rtol=1e-4)
    print("loss of batch" + "".join(f"{n:8}" for n in (1, 10, 50)))
    print("JAX          " + "".join(f"{losses[i]:8.4f}" for i in (0, 9, 49)))
