"""PyTorch on the workloads of the appendix "How fast is it".

    python3 benches/pytorch.py [threads]     times them all and prints one JSON object
    python3 benches/pytorch.py --serve       answers `compare`, one question a line

It needs `python3 -m pip install torch` and nothing else. A workload is a line of words, such as
`matmul 64 784 500 NN float32`; a question is `time <threads> <warm> <repeats> <workload>`,
where <warm> is the number of runs that come first and are not timed, and the answer is the seconds
that one of the others took. Between questions nothing runs.
"""

import json
import statistics
import sys
import time

import torch
from torch import nn


def factors(m, k, n, layout, dtype):
    dtype = getattr(torch, dtype)
    uniform = lambda rows, cols: torch.rand(rows, cols, dtype=dtype) * 2 - 1
    a = uniform(k, m).t() if layout == "TN" else uniform(m, k)
    b = uniform(n, k).t() if layout == "NT" else uniform(k, n)
    return a, b, torch.empty(m, n, dtype=dtype)


def matmul(m, k, n, layout, dtype):
    a, b, c = factors(int(m), int(k), int(n), layout, dtype)
    return lambda: torch.mm(a, b, out=c)


def thousand(m, k, n, layout, dtype):
    a, b, c = factors(int(m), int(k), int(n), layout, dtype)

    def run():
        for _ in range(1000):
            torch.mm(a, b, out=c)

    return torch.no_grad()(run)


def elementwise(function):
    x = torch.randn(1000, 1000) * 2
    return lambda: function(x)


def chapter3():
    x = torch.randn(50_000, 784, requires_grad=True)
    y = (torch.arange(50_000) % 10).float()
    net = nn.Sequential(nn.Linear(784, 50), nn.ReLU(), nn.Linear(50, 1))
    wanted = [*net.parameters(), x]

    def run():
        loss = (net(x).squeeze(-1) - y).square().mean()
        torch.autograd.grad(loss, wanted)

    return run


def chain(sizes):
    layers = []
    for inputs, outputs in zip(sizes, sizes[1:]):
        layers += [nn.Linear(inputs, outputs), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def training(net, loss, x, y, optimizer):
    def run():
        value = loss(net(x), y)
        optimizer.zero_grad()
        value.backward()
        optimizer.step()

    return run


def classifier(rule, batch, *sizes):
    sizes = [int(size) for size in sizes]
    net, batch = chain(sizes), int(batch)
    if rule == "adam":
        optimizer = torch.optim.Adam(net.parameters(), lr=0.001)
    else:
        optimizer = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
    x, y = torch.randn(batch, sizes[0]), torch.arange(batch) % 10
    return training(net, nn.CrossEntropyLoss(), x, y, optimizer)


def small():
    net = chain([50, 50, 50, 1])
    optimizer = torch.optim.Adam(net.parameters(), lr=0.001)
    return training(net, nn.MSELoss(), torch.randn(1, 50), torch.ones(1, 1), optimizer)


WORKLOADS = {
    "matmul": matmul,
    "thousand": thousand,
    "exp": lambda: elementwise(torch.exp),
    "tanh": lambda: elementwise(torch.tanh),
    "log_softmax": lambda: elementwise(lambda x: torch.log_softmax(x, -1)),
    "chapter3": chapter3,
    "classifier": classifier,
    "small": small,
}

ALL = (
    [f"matmul {n} {n} {n} {how} float32" for n in (64, 256, 1024) for how in ("NN", "TN", "NT")]
    + [
        "matmul 50000 784 50 NN float32",
        "matmul 64 784 500 NN float32",
        "matmul 5 784 10 NN float32",
        "thousand 8 8 8 NN float32",
        "thousand 1 50 50 NN float32",
        "exp",
        "tanh",
        "log_softmax",
        "chapter3",
        "classifier momentum 64 784 128 10",
        "classifier adam 64 784 256 256 10",
        "classifier adam 256 784 256 256 10",
        "small",
    ]
)


class Clock:
    """Keeps the last workload, so that a row of questions finds it ready."""

    def __init__(self):
        self.name, self.run = None, None

    def time(self, workload, threads, repeats, warm=1):
        if torch.get_num_threads() != threads:
            torch.set_num_threads(threads)
        if workload != self.name:
            word, *arguments = workload.split()
            self.run = None  # the old one's memory goes first
            torch.manual_seed(0)
            self.name, self.run = workload, WORKLOADS[word](*arguments)
        for _ in range(warm):
            self.run()
        start = time.perf_counter()
        for _ in range(repeats):
            self.run()
        return (time.perf_counter() - start) / repeats


def serve():
    clock = Clock()
    for line in sys.stdin:
        word, _, rest = line.strip().partition(" ")
        if word == "version":
            print(torch.__version__, flush=True)
        elif word == "time":
            threads, warm, repeats, workload = rest.split(" ", 3)
            print(clock.time(workload, int(threads), int(repeats), int(warm)), flush=True)
        else:
            sys.exit(f"not a question: {line!r}")


def report(threads):
    clock, seconds = Clock(), {}
    for workload in ALL:
        once = clock.time(workload, threads, 1)
        repeats = max(1, int(3e-3 / once))
        rounds = max(3, min(21, int(0.3 / (once * repeats))))
        times = [clock.time(workload, threads, repeats) for _ in range(rounds)]
        seconds[workload] = statistics.median(times)
    print(json.dumps({"torch": torch.__version__, "threads": threads, "seconds": seconds}, indent=1))


if __name__ == "__main__":
    if sys.argv[1:] == ["--serve"]:
        serve()
    else:
        report(int(sys.argv[1]) if sys.argv[1:] else 1)
