"""PyTorch on the workloads of the appendix "How fast is it".

    python3 benches/pytorch.py [threads]     times them all and prints one JSON object
    python3 benches/pytorch.py --serve       answers `compare`, one question a line
    python3 benches/pytorch.py --memory THREADS BATCH
                                             the bytes that a step of `lenet` adds at its peak
    python3 benches/pytorch.py --process [WAY]
                                             the memory of training as chapter 7's example does with
                                             this option: ordinary, parameter, deep or segments;
                                             or a table of all, with that example's beside it
    python3 benches/pytorch.py --alone       how many rows of a batch are not what they are alone,
                                             beside chapter 6's example

It needs `python3 -m pip install torch backpack-for-pytorch` and nothing else. A workload is a line of words, such as
`matmul 64 784 500 NN float32`; how it is asked for is said in serving.py.
"""

import itertools
import json
import statistics
import subprocess
import sys
import time

import serving
import torch
from torch import nn
from torch.utils.checkpoint import checkpoint_sequential


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


def elementwise(function, of=lambda x: x):
    x = of(torch.randn(1000, 1000) * 2)
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


def training(net, loss, samples, optimizer):
    """Steps, each with the next of these batches and their targets."""

    def run():
        x, y = next(samples)
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
    return training(net, nn.CrossEntropyLoss(), itertools.repeat((x, y)), optimizer)


def fresh():
    """Samples one after another: a net that sees the same again and again comes to denormal numbers."""
    return itertools.cycle([(torch.randn(1, 50), torch.randn(1, 1)) for _ in range(4096)])


def small():
    net = chain([50, 50, 50, 1])
    return training(net, nn.MSELoss(), fresh(), torch.optim.Adam(net.parameters(), lr=0.001))


def step_by_hooks(net):
    """Steps each parameter with an Adam of its own as soon as its gradient has arrived."""
    adams = {p: torch.optim.Adam([p], lr=0.001, foreach=False) for p in net.parameters()}

    def step(param):
        adams[param].step()
        adams[param].zero_grad()

    for param in net.parameters():
        param.register_post_accumulate_grad_hook(step)


def small_hooks():
    """As small(), but each parameter is stepped by a hook as soon as its gradient has arrived."""
    net, loss, samples = chain([50, 50, 50, 1]), nn.MSELoss(), fresh()
    step_by_hooks(net)

    def run():
        x, y = next(samples)
        loss(net(x), y).backward()

    return run


def conv(images, inputs, side, outputs, kernel, padding, what):
    images, inputs, side, outputs = int(images), int(inputs), int(side), int(outputs)
    kernel, padding = int(kernel), int(padding)
    x, weight = torch.randn(images, inputs, side, side), torch.randn(outputs, inputs, kernel, kernel)
    y = torch.conv2d(x, weight, padding=padding)
    if what == "forward":
        return torch.no_grad()(lambda: torch.conv2d(x, weight, padding=padding))
    wanted = [what == "input", what == "weight", False]
    geometry = [1, 1], [padding, padding], [1, 1], False, [0, 0], 1
    return lambda: torch.ops.aten.convolution_backward(y, x, weight, None, *geometry, wanted)


def lenet_layers():
    return nn.Sequential(
        nn.Conv2d(1, 20, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(20, 50, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(800, 500), nn.ReLU(), nn.Linear(500, 10), nn.LogSoftmax(1),
    )


def lenet(batch, what):
    net = lenet_layers()
    x, y = torch.randn(int(batch), 1, 28, 28), torch.arange(int(batch)) % 10
    if what == "forward":
        return torch.no_grad()(lambda: net(x))
    if what == "last":  # each pixel's channels side by side
        net, x = (thing.to(memory_format=torch.channels_last) for thing in (net, x))
    if what == "wtb":
        return tempered(net, nn.NLLLoss(), x, y, lr=0.01)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
    return training(net, nn.NLLLoss(), itertools.repeat((x, y)), optimizer)


def tempered(net, loss, x, y, lr):
    """The document's step: sums of g and g², then g times its ratio where that is below 1."""
    params = list(net.parameters())
    grad, grad2 = ([torch.zeros_like(p) for p in params] for _ in range(2))
    snr = [torch.rand_like(p) * 2 for p in params]

    def run():
        value = loss(net(x), y)
        for p in params:
            p.grad = None
        value.backward()
        with torch.no_grad():
            for g, g2, p, s in zip(grad, grad2, params, snr):
                g += p.grad
                g2 += torch.mul(p.grad, p.grad)
                p.grad = torch.where(s < 1, s * p.grad, p.grad)
                p.data -= lr * p.grad.data

    return run


class Updater(torch.autograd.Function):
    """The trigger on the way there; on the way back its gradient, and the synthesizer's error."""

    @staticmethod
    def forward(ctx, trigger, synthetic):
        ctx.save_for_backward(synthetic)
        return trigger.clone()

    @staticmethod
    def backward(ctx, gradient):
        (synthetic,) = ctx.saved_tensors
        return gradient, 2 / len(synthetic) * (synthetic - gradient)


def dni(unlock, batch):
    full, batch = unlock == "full", int(batch)
    normed = lambda i, o: nn.Sequential(nn.Linear(i, o, bias=False), nn.BatchNorm1d(o))
    first, second, third = normed(784, 256), normed(256, 256), normed(256, 10)
    gradients = chain([256] * (4 if full else 3))
    activations = chain([784, 256, 256, 256]) if full else None
    nets = [net for net in (first, second, third, gradients, activations) if net is not None]
    params = [p for net in nets for p in net.parameters()]
    optimizer = torch.optim.Adam(params, lr=0.001)
    x, y = torch.randn(batch, 784), torch.arange(batch) % 10

    def run():
        optimizer.zero_grad()
        h = second(torch.relu(first(x)))
        if full:
            nn.functional.mse_loss(activations(x), h.detach()).backward()
        with torch.no_grad():
            guess = gradients(h)
        h.backward(guess)
        if full:
            with torch.no_grad():
                below = activations(x)
        else:
            below = h.detach()
        trigger = Updater.apply(below, gradients(below))
        nn.functional.cross_entropy(third(torch.relu(trigger)), y).backward()
        optimizer.step()

    return run


def variance(case):
    import warnings

    from backpack import backpack, extend
    from backpack.extensions import Variance

    if case == "linear":
        net = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))
    else:
        net = nn.Sequential(
            nn.Conv2d(1, 5, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(720, 10))
    # It warns of the reference cycle that `run` breaks, at every step.
    warnings.filterwarnings("ignore")
    net, loss = extend(net), extend(nn.CrossEntropyLoss(reduction="sum"))
    params = list(net.parameters())
    x, y = torch.randn(32, 1, 28, 28), torch.arange(32) % 10

    def run():
        net.zero_grad()
        with backpack(Variance()):
            loss(net(x), y).backward(retain_graph=True, create_graph=True)
        torch.autograd.grad(sum(p.variance.sum() for p in params), params)
        for p in params:
            p.grad = None  # breaks the cycle between a parameter and its gradient

    return run


WORKLOADS = {
    "matmul": matmul,
    "thousand": thousand,
    "exp": lambda: elementwise(torch.exp),
    "tanh": lambda: elementwise(torch.tanh),
    "ln": lambda: elementwise(torch.log, torch.abs),
    "sigmoid": lambda: elementwise(torch.sigmoid),
    "log_softmax": lambda: elementwise(lambda x: torch.log_softmax(x, -1)),
    "chapter3": chapter3,
    "classifier": classifier,
    "small": small,
    "small_hooks": small_hooks,
    "conv": conv,
    "lenet": lenet,
    "dni": dni,
    "variance": variance,
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
        "ln",
        "sigmoid",
        "log_softmax",
        "chapter3",
        "classifier momentum 64 784 128 10",
        "classifier adam 64 784 256 256 10",
        "classifier adam 256 784 256 256 10",
        "small",
        "small_hooks",
        "lenet 64 forward",
        "lenet 64 step",
        "lenet 64 last",
        "lenet 6000 step",
        "lenet 6000 wtb",
        "dni update 64",
        "dni full 64",
        "variance linear",
        "variance cnn",
    ]
    + [
        f"conv {layer} {what}"
        for layer in ("64 1 28 20 5 0", "64 20 12 50 5 0", "16 64 56 64 3 1")
        for what in ("forward", "input", "weight")
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
    try:
        import backpack  # Chapter 10's rows use it. Better missed now than after all the others.
    except ModuleNotFoundError as missing:
        sys.exit(f"{missing}: python3 -m pip install backpack-for-pytorch")
    serving.answer(torch.__version__, Clock().time)


def report(threads):
    clock, seconds = Clock(), {}
    for workload in ALL:
        once = clock.time(workload, threads, 1)
        repeats = max(1, int(3e-3 / once))
        rounds = max(3, min(21, int(0.3 / (once * repeats))))
        times = [clock.time(workload, threads, repeats) for _ in range(rounds)]
        seconds[workload] = statistics.median(times)
    print(json.dumps({"torch": torch.__version__, "threads": threads, "seconds": seconds}, indent=1))


def status(key):
    """A line of this process's status, in bytes: Linux alone."""
    with open("/proc/self/status") as lines:
        return 1024 * next(int(line.split()[1]) for line in lines if line.startswith(key))


def memory(threads, batch):
    torch.set_num_threads(int(threads))
    lenet(1, "step")()
    step = lenet(batch, "step")
    before = status("VmRSS")
    with open("/proc/self/clear_refs", "w") as refs:
        refs.write("5")  # the peak begins anew
    step()
    print(status("VmHWM") - before)


def train_as_chapter_7(way, count, width, batch):
    """Two steps of Adam on layers of this width with a ReLU after each."""
    layers = [make() for _ in range(count) for make in (lambda: nn.Linear(width, width), nn.ReLU)]
    net, adam = nn.Sequential(*layers), None
    if way == "ordinary":
        adam = torch.optim.Adam(net.parameters(), lr=0.001)
    else:
        step_by_hooks(net)
    x, y = torch.randn(batch, width), torch.randn(batch, width)
    for _ in range(2):
        segments = way == "segments"
        output = checkpoint_sequential(net, 8, x, use_reentrant=False) if segments else net(x)
        nn.MSELoss()(output, y).backward()
        if adam:
            adam.step()
            adam.zero_grad()


def process(way):
    """The wide net of chapter 7, or its deep one in one segment or in eight. What PyTorch loads
    when it is first used, a tiny net has it load before."""
    train_as_chapter_7(way, 8, 8, 4)
    before = status("VmHWM")
    size = (12, 1024, 64) if way in ("ordinary", "parameter") else (32, 256, 256)
    train_as_chapter_7(way, *size)
    megabytes = lambda count: f"{count / 1e6:.1f} MB"
    print(f"PyTorch before there is the net: {megabytes(before)}")
    print(f"the net and its training more:   {megabytes(status('VmHWM') - before)}")


def processes():
    """Every way three times, each in a process of its own, beside the crate's."""
    def last_number(*command):
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        return float(done.stdout.split()[-2])

    print(f"{'MB at most':12}{'Longhand, all of it':>20}{'PyTorch, more than before, three times':>42}")
    for way in ("ordinary", "parameter", "deep", "segments"):
        ours = last_number("cargo", "run", "--quiet", "--example", "chapter7", "--", "--process", way)
        theirs = sorted(last_number(sys.executable, __file__, "--process", way) for _ in range(3))
        print(f"{way:12}{ours:20.1f}" + " " * 18 + "".join(f"{megabytes:8.1f}" for megabytes in theirs))


def different(net, x):
    """How many rows of all batches, from one row to all, are not what the net makes of the row
    alone, and how far they are from it at most."""
    count, furthest = 0, 0.0
    with torch.no_grad():
        alone = [net(x[i : i + 1])[0] for i in range(len(x))]
        for batch in range(1, len(x) + 1):
            for row, expected in zip(net(x[:batch]), alone):
                count += not torch.equal(row, expected)
                furthest = max(furthest, (row - expected).abs().max().item())
    return count, furthest


def alone():
    command = ["cargo", "run", "--quiet", "--example", "chapter6", "--", "--alone"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    ours = [line.split() for line in done.stdout.splitlines()[2:]]
    torch.manual_seed(0)
    cases = [
        (nn.Linear(784, 128), [784]),
        (nn.Linear(500, 10), [500]),
        (nn.Conv2d(1, 20, 5), [1, 28, 28]),
        (nn.Conv2d(20, 50, 5), [20, 12, 12]),
        (lenet_layers(), [1, 28, 28]),
    ]
    print(cpu(), f"PyTorch {torch.__version__}", "", sep="\n")
    print(f"{'of':>33}{'Longhand':>11}{'PyTorch, 1 thread':>20}{'2 threads':>12}{'furthest':>11}")
    for (net, sample), words in zip(cases, ours, strict=True):
        x, found = torch.randn(33, *sample), []
        for threads in (1, 2):
            torch.set_num_threads(threads)
            found.append(different(net, x))
        (one, far), (two, further) = found
        name, (rows, of_ours) = " ".join(words[:-2]), words[-2:]
        print(f"{name:27}{rows:>6}{of_ours:>11}{one:>20}{two:>12}{max(far, further):>11.1e}")


def cpu():
    with open("/proc/cpuinfo") as lines:
        return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))


if __name__ == "__main__":
    if sys.argv[1:] == ["--serve"]:
        serve()
    elif sys.argv[1:2] == ["--memory"]:
        memory(*sys.argv[2:])
    elif sys.argv[1:] == ["--alone"]:
        alone()
    elif sys.argv[1:] == ["--process"]:
        processes()
    elif sys.argv[1:2] == ["--process"]:
        process(*sys.argv[2:])
    else:
        report(int(sys.argv[1]) if sys.argv[1:] else 1)
