"""Chapter 9: dni.py itself, on PyTorch in double precision, from frozen parameters.

The file dni.py of the repository koz4k/dni-pytorch is not kept here. Set DNI_PY to its path:

    DNI_PY=…/dni.py python3 tests/golden/generate.py chapter9
"""

import os
import sys
import types

import torch
from torch import nn
from torch.nn import functional as F

from frozen import save


def dni_py():
    """dni.py as a module. Two names that PyTorch has since dropped are put in their new form."""
    path = os.environ.get("DNI_PY")
    if not path:
        sys.exit("chapter9: set DNI_PY to the path of dni.py (koz4k/dni-pytorch)")
    with open(path) as file:
        code = file.read()
    code = code.replace("init.constant(", "init.constant_(").replace("saved_variables", "saved_tensors")
    module = types.ModuleType("dni")
    exec(compile(code, path, "exec"), module.__dict__)
    return module


def flat(params):
    return torch.cat([p.detach().reshape(-1) for p in params])


def synthesizer_params(s):
    context = [*s.input_context.parameters()] if s.input_context is not None else []
    return [*s.input_trigger.parameters(), *context, *s.layers.parameters()]


class Mlp(nn.Module):
    """12-10-10-4, each layer without bias and with batch norm; an interface before the last ReLU."""

    def __init__(self, dni, full, context):
        super().__init__()
        self.linears = nn.ModuleList(nn.Linear(i, o, bias=False) for i, o in [(12, 10), (10, 10), (10, 4)])
        self.norms = nn.ModuleList(nn.BatchNorm1d(o) for o in [10, 10, 4])
        for norm in self.norms:
            nn.init.normal_(norm.weight, 1, 0.1)
            nn.init.normal_(norm.bias, 0, 0.1)
        self.dni, self.full, self.context = dni, full, context
        classes = 4 if context else None
        if full:
            self.interface = dni.BidirectionalInterface(
                dni.BasicSynthesizer(10, n_hidden=2, trigger_dim=12, context_dim=classes),
                dni.BasicSynthesizer(10, n_hidden=2, context_dim=classes),
            )
        else:
            self.interface = dni.BackwardInterface(dni.BasicSynthesizer(10, n_hidden=1, context_dim=classes))

    def forward(self, x, labels):
        h = self.norms[0](self.linears[0](x))
        h = self.norms[1](self.linears[1](F.relu(h)))
        with self.dni.synthesizer_context(F.one_hot(labels, 4).double() if self.context else None):
            h = self.interface(h, x) if self.full else self.interface(h)
        return self.norms[2](self.linears[2](F.relu(h)))

    def ordered(self):
        """The parameters in the order of the test."""
        params = []
        for linear, norm in zip(self.linears, self.norms):
            params += [linear.weight, norm.weight, norm.bias]
        if self.full:
            params += synthesizer_params(self.interface.forward_interface.synthesizer)
            params += synthesizer_params(self.interface.backward_interface.synthesizer)
        else:
            params += synthesizer_params(self.interface.synthesizer)
        return params


def mlp(name, full, context):
    net = Mlp(dni_py(), full, context)
    assert len(net.ordered()) == len([*net.parameters()])
    optimizer = torch.optim.Adam(net.parameters(), lr=0.001)
    inputs, labels = torch.randn(20, 8, 12), torch.randint(0, 4, (20, 8))
    start, losses = flat(net.ordered()), []
    for x, y in zip(inputs, labels):
        optimizer.zero_grad()
        loss = F.nll_loss(F.log_softmax(net(x, y), -1), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    running = [s for norm in net.norms for s in (norm.running_mean, norm.running_var)]
    save(f"chapter9/{name}", inputs=inputs, labels=labels, start=start, end=flat(net.ordered()),
         losses=losses, running=flat(running))


def rnn():
    """Twelve unrolls of four steps of 5-6-4, each inside defer_backward, the state handed on."""
    dni = dni_py()
    cell, decoder = nn.RNN(5, 6), nn.Linear(6, 4)
    interface = dni.BackwardInterface(dni.BasicSynthesizer(6, n_hidden=2))
    params = [*cell.parameters(), *decoder.parameters(), *synthesizer_params(interface.synthesizer)]
    optimizer = torch.optim.Adam(params, lr=0.001)
    inputs, labels = torch.randn(12, 4, 3, 5), torch.randint(0, 4, (12, 4, 3))
    start, losses, state = flat(params), [], torch.zeros(1, 3, 6)
    for x, y in zip(inputs, labels):
        optimizer.zero_grad()
        with dni.defer_backward():
            output, state = cell(x, interface.make_trigger(state.detach()))
            interface.backward(state, factor=0.1)
            loss = F.cross_entropy(decoder(output).view(-1, 4), y.view(-1))
            dni.backward(loss)
        optimizer.step()
        losses.append(loss.item())
    save("chapter9/rnn", inputs=inputs, labels=labels, start=start, end=flat(params), losses=losses,
         state=state)


def chapter9():
    """Update unlock and full unlock, each with and without label context, and a recurrent net."""
    mlp("update", full=False, context=False)
    mlp("update_context", full=False, context=True)
    mlp("full", full=True, context=False)
    mlp("full_context", full=True, context=True)
    rnn()


CASES = [chapter9]
