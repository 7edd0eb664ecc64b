"""The training loop of the appendix *From here*, in PyTorch.

    pip install torch safetensors numpy
    python3 tests/golden/from_here/train.py            freezes what tests/from_here.rs must come near
    cargo test --test from_here                        trains ours, and leaves it in target/tmp/from_here
    python3 tests/golden/from_here/train.py --open     opens what ours has trained, and compares

Weights are drawn once and frozen, so that everybody starts with the same.
"""

import pathlib
import sys

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

HERE = pathlib.Path(__file__).resolve().parent
OURS = HERE.parent.parent.parent / "target" / "tmp" / "from_here"
sys.path.insert(0, str(HERE.parent))
from frozen import mnist  # noqa: E402

torch.set_default_dtype(torch.float32)  # frozen.py works in double precision


def build():
    return nn.Sequential(nn.Linear(784, 16), nn.ReLU(), nn.Linear(16, 10))


# ANCHOR: train
def train(net, digits):
    loss_of, sgd = nn.CrossEntropyLoss(), torch.optim.SGD(net.parameters(), lr=0.1)
    losses = []
    for _ in range(5):
        for x, labels in DataLoader(digits, batch_size=64):
            loss = loss_of(net(x), labels)
            sgd.zero_grad()
            loss.backward()
            sgd.step()
            losses.append(loss.item())
    return losses
# ANCHOR_END: train


def main():
    images, labels = mnist(704)
    images = images.float()
    net = build()
    if sys.argv[1:] == ["--open"]:
        net.load_state_dict(load_file(OURS / "trained.safetensors"))
        with torch.no_grad():
            scores = net(images[640:]).numpy()
        ours, theirs = np.load(OURS / "losses.npy"), np.load(HERE / "losses.npy")
        print("loss of batch" + "".join(f"{n:8}" for n in (1, 10, 50)))
        for name, losses in ("ours", ours), ("PyTorch", theirs):
            print(f"{name:13}" + "".join(f"{losses[i]:8.4f}" for i in (0, 9, 49)))
        assert np.allclose(ours, theirs, rtol=1e-4)
        assert np.allclose(scores, np.load(OURS / "scores.npy"), rtol=1e-4, atol=1e-5)
        right = (scores.argmax(1) == labels[640:].numpy()).mean()
        print(f"Trained here and opened in PyTorch, it reads {100 * right:.1f} % of 64 more digits.")
        return
    torch.manual_seed(22)
    net = build()
    save_file(net.state_dict(), HERE / "start.safetensors")
    losses = train(net, TensorDataset(images[:640], labels[:640]))
    save_file(net.state_dict(), HERE / "trained.safetensors")
    np.save(HERE / "losses.npy", np.float32(losses))
    with torch.no_grad():
        np.save(HERE / "scores.npy", net(images[640:]).numpy())


if __name__ == "__main__":
    main()
