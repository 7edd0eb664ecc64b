"""JAX on the training steps of the appendix "How fast is it": one process, one number of threads.

    python3 benches/in_jax.py THREADS        answers `compare` (serving.py)

A workload begins with `call`, where Python calls the compiled step each time, as a loop does that
also looks at the loss; or with `scan`, where a hundred steps are compiled into one call. Compiled is
everything, and what a step changes is given to it (donated buffers). Needs `python3 -m pip install jax`.
"""

import os
import sys
import time

THREADS = int(sys.argv[1])
# JAX makes a thread for each processor that it is allowed.
os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-THREADS:])

import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402
import serving  # noqa: E402

SAMPLES, LENGTH = 4096, 100
RNG = np.random.default_rng(0)


def normal(*shape, scale=1.0):
    return RNG.normal(size=shape, scale=scale).astype(np.float32)


def linear(inputs, outputs):
    return {"w": normal(inputs, outputs, scale=inputs**-0.5), "b": jnp.zeros(outputs)}


def mlp(params, x):
    for layer in params[:-1]:
        x = jax.nn.relu(x @ layer["w"] + layer["b"])
    return x @ params[-1]["w"] + params[-1]["b"]


def cross_entropy(scores, labels):
    return -jax.nn.log_softmax(scores)[jnp.arange(len(labels)), labels].mean()


def adam(grads, params, state, lr=0.001):
    first, second, count = state
    count = count + 1
    first = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, first, grads)
    second = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, second, grads)
    one, two = 1 / (1 - 0.9**count), 1 / (1 - 0.999**count)
    step = lambda p, m, v: p - lr * (m * one) / (jnp.sqrt(v * two) + 1e-8)
    return jax.tree.map(step, params, first, second), (first, second, count)


def momentum(grads, params, state):
    first, second, count = state
    first = jax.tree.map(lambda m, g: 0.9 * m + g, first, grads)
    return jax.tree.map(lambda p, m: p - 0.05 * m, params, first), (first, second, count)


def descent(grads, params, state):
    return jax.tree.map(lambda p, g: p - 0.01 * g, params, grads), state


def classifier(rule, batch, *sizes):
    sizes = [int(size) for size in sizes]
    params = [linear(i, o) for i, o in zip(sizes, sizes[1:])]
    x, y = normal(int(batch), sizes[0]), jnp.arange(int(batch)) % 10
    loss = lambda params, x, y: cross_entropy(mlp(params, x), y)
    return params, loss, {"adam": adam, "momentum": momentum}[rule], [(x, y)]


def small():
    params = [linear(50, 50), linear(50, 50), linear(50, 1)]
    loss = lambda params, x, y: jnp.square(mlp(params, x) - y).mean()
    return params, loss, adam, list(zip(normal(SAMPLES, 1, 50), normal(SAMPLES, 1, 1)))


def convolution(x, layer):
    x = jax.lax.conv_general_dilated(x, layer["w"], (1, 1), "VALID", dimension_numbers=("NHWC", "HWIO", "NHWC"))
    x = jax.nn.relu(x + layer["b"])
    return jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")


def lenet(batch, _):
    conv = lambda inputs, outputs: {"w": normal(5, 5, inputs, outputs, scale=0.1), "b": jnp.zeros(outputs)}
    params = [conv(1, 20), conv(20, 50), linear(800, 500), linear(500, 10)]

    def loss(params, x, y):
        x = convolution(convolution(x, params[0]), params[1])
        return cross_entropy(mlp(params[2:], x.reshape(len(x), 800)), y)

    x, y = normal(int(batch), 28, 28, 1), jnp.arange(int(batch)) % 10
    return params, loss, descent, [(x, y)]


WORKLOADS = {"classifier": classifier, "small": small, "lenet": lenet}


def prepare(how, word, *arguments):
    params, loss, rule, samples = WORKLOADS[word](*arguments)
    params = jax.tree.map(jnp.asarray, params)
    zeros = lambda: jax.tree.map(jnp.zeros_like, params)
    carry = params, (zeros(), zeros(), jnp.float32(0))

    def step(carry, sample):
        value, grads = jax.value_and_grad(loss)(carry[0], *sample)
        return rule(grads, *carry), value

    steps, at = 1, 0
    if how == "scan":
        # A hundred samples after another, or the one batch a hundred times.
        steps = LENGTH
        if len(samples) > 1:
            chunks = [samples[i : i + LENGTH] for i in range(0, SAMPLES - LENGTH + 1, LENGTH)]
            samples = [tuple(map(np.stack, zip(*chunk))) for chunk in chunks]
            many = lambda carry, chunk: jax.lax.scan(step, carry, chunk)
        else:
            many = lambda carry, sample: jax.lax.scan(lambda c, _: step(c, sample), carry, length=LENGTH)
    else:
        many = step
    compiled = jax.jit(many, donate_argnums=0)
    samples = jax.tree.map(jnp.asarray, samples)

    def run(repeats):
        nonlocal carry, at
        for _ in range(repeats):
            carry, value = compiled(carry, samples[at % len(samples)])
            at += 1
        jax.block_until_ready((carry, value))

    return run, steps


class Clock:
    """Keeps the last workload, so that a row of questions finds it ready."""

    def __init__(self):
        self.name, self.run, self.steps = None, None, 1

    def time(self, workload, threads, repeats, warm):
        assert threads == THREADS, f"started for {THREADS} threads"
        if workload != self.name:
            self.run = None  # the old one's memory goes first
            self.name, (self.run, self.steps) = workload, prepare(*workload.split())
            self.run(1)  # compiles
        warm, repeats = (-(-count // self.steps) for count in (warm, repeats))
        if warm:
            self.run(warm)
        start = time.perf_counter()
        self.run(repeats)
        return (time.perf_counter() - start) / (repeats * self.steps)


if __name__ == "__main__":
    serving.answer(jax.__version__, Clock().time)
