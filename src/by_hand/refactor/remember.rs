//! First step: each function remembers what it was given (chapter 4).

use crate::by_hand::{Gradients, Net, lin, lin_grad, mse, mse_grad, relu, relu_grad};
use crate::{Scalar, Tensor};

// ANCHOR: parts
/// inp·w + b, and the input that it has seen.
#[derive(Debug)]
struct Lin<T: Scalar> {
    inp: Option<Tensor<T>>,
}

impl<T: Scalar> Lin<T> {
    fn forward(&mut self, inp: &Tensor<T>, w: &Tensor<T>, b: &Tensor<T>) -> Tensor<T> {
        // inp [n, i], w [i, o], b [o] → [n, o]
        self.inp = Some(inp.clone());
        lin(inp, w, b)
    }

    /// The gradients of inp, w and b.
    fn backward(&mut self, w: &Tensor<T>, d_out: &Tensor<T>) -> (Tensor<T>, Tensor<T>, Tensor<T>) {
        // w [i, o], d_out [n, o] → [n, i], [i, o], [o]
        let inp = self.inp.take().expect("forward goes first");
        lin_grad(&inp, w, d_out)
    }
}

/// max(x, 0), and the input that it has seen.
#[derive(Debug)]
pub(super) struct Relu<T: Scalar> {
    pub(super) inp: Option<Tensor<T>>,
}

impl<T: Scalar> Relu<T> {
    pub(super) fn forward(&mut self, inp: &Tensor<T>) -> Tensor<T> {
        self.inp = Some(inp.clone());
        relu(inp)
    }

    pub(super) fn backward(&mut self, d_out: &Tensor<T>) -> Tensor<T> {
        let inp = self.inp.take().expect("forward goes first");
        relu_grad(&inp, d_out)
    }
}

/// The mean squared error, and the output and target that it has seen.
#[derive(Debug)]
pub(super) struct Mse<T: Scalar> {
    pub(super) seen: Option<(Tensor<T>, Tensor<T>)>,
}

impl<T: Scalar> Mse<T> {
    pub(super) fn forward(&mut self, output: &Tensor<T>, target: &Tensor<T>) -> T {
        // output [n, 1], target [n]
        self.seen = Some((output.clone(), target.clone()));
        mse(output, target)
    }

    pub(super) fn backward(&mut self) -> Tensor<T> {
        let (output, target) = self.seen.take().expect("forward goes first");
        mse_grad(&output, &target)
    }
}
// ANCHOR_END: parts

// ANCHOR: net
/// The loss and the five gradients, by functions that remember.
///
/// # Panics
/// If the shapes do not fit.
#[track_caller]
pub fn forward_and_backward<T: Scalar>(
    net: &Net<T>,
    inp: &Tensor<T>,
    target: &Tensor<T>,
) -> (T, Gradients<T>) {
    // inp [n, inputs], target [n]
    let (mut lin1, mut relu, mut lin2) = (Lin { inp: None }, Relu { inp: None }, Lin { inp: None });
    let mut mse = Mse { seen: None };

    let l1 = lin1.forward(inp, &net.w1, &net.b1);
    let l2 = relu.forward(&l1);
    let out = lin2.forward(&l2, &net.w2, &net.b2);
    let loss = mse.forward(&out, target);

    let d_out = mse.backward();
    let (d_l2, w2, b2) = lin2.backward(&net.w2, &d_out);
    let d_l1 = relu.backward(&d_l2);
    let (input, w1, b1) = lin1.backward(&net.w1, &d_l1);
    (loss, Gradients { w1, b1, w2, b2, input })
}
// ANCHOR_END: net
