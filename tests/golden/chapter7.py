"""Chapter 7: one layer by the chain rule, backward passes to chosen tensors, and training by
hooks that step each parameter as its gradient arrives."""

import torch
from torch import nn
from torch.nn import functional as F

from frozen import rand, save


def chapter7_layer():
    """Linear(5, 3) and ReLU on two samples, from a given upstream gradient."""
    torch.manual_seed(7)
    x, up = rand(2, 5), torch.randn(2, 3)
    linear = nn.Linear(5, 3)
    F.relu(linear(x)).backward(up, inputs=[x, linear.weight, linear.bias])
    save("chapter7/layer", x=x, up=up, weight=linear.weight, bias=linear.bias,
         d_x=x.grad, d_weight=linear.weight.grad, d_bias=linear.bias.grad)


def seed_net():
    return nn.Sequential(nn.Linear(50, 50), nn.ReLU(), nn.Linear(50, 50), nn.ReLU(), nn.Linear(50, 1))


def numbered(net):
    return {name.replace(".", "_"): param for name, param in net.named_parameters()}


def chapter7_training():
    """The net 50-50-50-1: the gradients of a first sample at each layer, one backward pass after
    another, and the parameters after ten steps of Adam made by hooks."""
    torch.manual_seed(7)
    net = seed_net()
    x, y = torch.randn(10, 1, 50), torch.randn(10, 1, 1)
    save("chapter7/training", x=x, y=y, **numbered(net))

    z0 = x[0].clone().requires_grad_()
    z1 = net[1](net[0](z0))
    z2 = net[3](net[2](z1))
    z3 = net[4](z2)
    found = {}
    above = {"gradient": None, "retain_graph": True}
    for name, output, target in [("d_z3", F.mse_loss(z3, y[0]), z3), ("d_z2", z3, z2),
                                 ("d_z1", z2, z1), ("d_z0", z1, z0)]:
        target.retain_grad()
        output.backward(inputs=[target], **above)
        # A copy: the next pass starts from the target, and adds what it starts from to its grad.
        above["gradient"] = found[name] = target.grad.clone()
    save("chapter7/partial", **found)

    adams = {param: torch.optim.Adam([param], foreach=False) for param in net.parameters()}

    def step(param):
        adams[param].step()
        adams[param].zero_grad()

    for param in net.parameters():
        param.register_post_accumulate_grad_hook(step)
    for number in range(10):
        F.mse_loss(net(x[number]), y[number]).backward()
    save("chapter7/training", **{f"{name}_after": param for name, param in numbered(net).items()})


CASES = [chapter7_layer, chapter7_training]
