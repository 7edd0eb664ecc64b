//! A small net as plain functions: forward in chapter 2, backward in chapter 3.
//!
//! Two linear layers with a ReLU between them, a mean squared error at the end, and each step's
//! gradient written directly below it. There are no objects here and nothing is kept between
//! calls; chapter 4 makes layers of it in three steps (see [`refactor`]), and has the rules by which
//! parameters are moved in the same plain form (see [`steps`]).
//!
//! A weight here has shape `[inputs, outputs]`, so that a layer reads x·w + b. The first line of a
//! function says which shapes it takes; it panics at others.

mod net;
pub mod refactor;
pub mod steps;
pub mod weight_gradient;

pub use net::{Gradients, Net};

use crate::{Scalar, Tensor};

// ANCHOR: lin
/// out = inp·w + b
#[track_caller]
pub fn lin<T: Scalar>(inp: &Tensor<T>, w: &Tensor<T>, b: &Tensor<T>) -> Tensor<T> {
    // inp [n, i], w [i, o], b [o] → out [n, o]
    inp.matmul(w) + b
}
// ANCHOR_END: lin

// ANCHOR: lin_grad
/// The gradients of [`lin`] from that of its output: those of `inp`, `w` and `b`.
///
/// out_no = Σᵢ inp_ni·w_io + b_o, so with g = dL/d(out):
///
/// ```text
/// dL/d(inp)_ni = Σ_o g_no·w_io      g·wᵀ
/// dL/dw_io     = Σ_n inp_ni·g_no    inpᵀ·g
/// dL/db_o      = Σ_n g_no
/// ```
#[track_caller]
pub fn lin_grad<T: Scalar>(
    inp: &Tensor<T>,
    w: &Tensor<T>,
    d_out: &Tensor<T>,
) -> (Tensor<T>, Tensor<T>, Tensor<T>) {
    // inp [n, i], w [i, o], d_out [n, o] → [n, i], [i, o], [o]
    (d_out.matmul_nt(w), inp.matmul_tn(d_out), d_out.sum_axis(0))
}
// ANCHOR_END: lin_grad

// ANCHOR: relu
/// max(x, 0)
pub fn relu<T: Scalar>(inp: &Tensor<T>) -> Tensor<T> {
    inp.clamp_min(T::ZERO)
}
// ANCHOR_END: relu

// ANCHOR: relu_grad
/// The gradient of [`relu`]: what comes back passes where the input was above zero.
#[track_caller]
pub fn relu_grad<T: Scalar>(inp: &Tensor<T>, d_out: &Tensor<T>) -> Tensor<T> {
    // inp and d_out of one shape
    inp.mask(|x| x > T::ZERO) * d_out
}
// ANCHOR_END: relu_grad

// ANCHOR: mse
/// The mean of (ŷ − y)²
#[track_caller]
pub fn mse<T: Scalar>(output: &Tensor<T>, target: &Tensor<T>) -> T {
    // output [n, 1], target [n]
    (column(output, target) - target).square().mean()
}
// ANCHOR_END: mse

// ANCHOR: mse_grad
/// The gradient of [`mse`] with respect to the output: 2(ŷ − y)/n.
#[track_caller]
pub fn mse_grad<T: Scalar>(output: &Tensor<T>, target: &Tensor<T>) -> Tensor<T> {
    // output [n, 1], target [n] → [n, 1]
    let n = T::from_f64(target.len() as f64);
    ((column(output, target) - target) * T::from_f64(2.0) / n).unsqueeze(-1)
}
// ANCHOR_END: mse_grad

/// The output without its last axis, so that it has the target's shape: `[n, 1]` less `[n]` would
/// broadcast to n² differences, and nobody would be told.
#[track_caller]
fn column<T: Scalar>(output: &Tensor<T>, target: &Tensor<T>) -> Tensor<T> {
    let (o, t) = (output.shape(), target.shape());
    if o.rank() != 2 || t.rank() != 1 || o[1] != 1 || o[0] != t[0] {
        panic!("mse wants an output [n, 1] and a target [n], not {o} and {t}");
    }
    output.squeeze(-1)
}
