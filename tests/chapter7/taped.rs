//! The nets once more, on the tape.

use crate::common::normal;
use crate::{CASES as NETS, Case};
use longhand::layers::{Layer, Sequential};
use longhand::tape::Var;
use longhand::tensor::Window;
use longhand::{Param, Tape, Tensor};

/// Each net with its forward pass, and whether its steps have the bits of those by hand.
pub const CASES: [(Case, Forward, bool); 3] =
    [(NETS[0], by_linear, true), (NETS[0], by_parts, true), (NETS[1], convolutions, false)];

pub type Forward = for<'t> fn(&'t Tape, &[&Param], Var<'t>) -> Var<'t>;

/// The MEBP notebook's net on the tape, each layer in one entry.
fn by_linear<'t>(tape: &'t Tape, params: &[&Param], x: Var<'t>) -> Var<'t> {
    let layer = |x: Var<'t>, i: usize| x.linear(tape.param(params[i]), tape.param(params[i + 1]));
    layer(layer(layer(x, 0).relu(), 2).relu(), 4)
}

/// The same with the product and the bias apart.
fn by_parts<'t>(tape: &'t Tape, params: &[&Param], x: Var<'t>) -> Var<'t> {
    let layer = |x: Var<'t>, i: usize| {
        let product = x.matmul_nt(tape.param(params[i]));
        product + tape.param(params[i + 1])
    };
    layer(layer(layer(x, 0).relu(), 2).relu(), 4)
}

fn convolutions<'t>(tape: &'t Tape, params: &[&Param], x: Var<'t>) -> Var<'t> {
    let conv = |x: Var<'t>, i: usize| {
        let product = x.conv2d(tape.param(params[i]), Window::new([3, 3]));
        product + tape.param(params[i + 1]).reshape([params[i + 1].value.len(), 1, 1])
    };
    let x = conv(x, 0).relu().max_pool2d(Window::tiling(2));
    let x = conv(x, 2).relu().flatten(1);
    x.linear(tape.param(params[4]), tape.param(params[5]))
}

/// The squared error against targets drawn from `seed`.
pub fn loss<'t>(
    tape: &'t Tape,
    forward: Forward,
    net: &Sequential,
    x: &Tensor,
    seed: u64,
) -> Var<'t> {
    let prediction = forward(tape, &net.params(), tape.constant(x.clone()));
    prediction.mse(tape.constant(normal(&prediction.shape(), seed)))
}
