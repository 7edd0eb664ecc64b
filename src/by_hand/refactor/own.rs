//! Second step: each layer owns its parameters, and keeps their gradients (chapter 4).

use super::remember::{Mse, Relu};
use crate::by_hand::{Gradients, Net, lin, lin_grad};
use crate::{Scalar, Tensor};

// ANCHOR: lin
/// A linear layer: its parameters, their gradients, and the input that it has seen.
#[derive(Debug)]
pub(super) struct Lin<T: Scalar> {
    w: Tensor<T>,
    b: Tensor<T>,
    pub(super) d_w: Option<Tensor<T>>,
    pub(super) d_b: Option<Tensor<T>>,
    inp: Option<Tensor<T>>,
}

impl<T: Scalar> Lin<T> {
    pub(super) fn new(w: &Tensor<T>, b: &Tensor<T>) -> Self {
        Self { w: w.clone(), b: b.clone(), d_w: None, d_b: None, inp: None }
    }

    pub(super) fn forward(&mut self, inp: &Tensor<T>) -> Tensor<T> {
        // inp [n, i] → [n, o]
        self.inp = Some(inp.clone());
        lin(inp, &self.w, &self.b)
    }

    pub(super) fn backward(&mut self, d_out: &Tensor<T>) -> Tensor<T> {
        // d_out [n, o] → [n, i]
        let inp = self.inp.take().expect("forward goes first");
        let (d_inp, d_w, d_b) = lin_grad(&inp, &self.w, d_out);
        (self.d_w, self.d_b) = (Some(d_w), Some(d_b));
        d_inp
    }
}
// ANCHOR_END: lin

// ANCHOR: net
/// The loss and the five gradients, by layers that own their parameters.
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
    let (mut lin1, mut lin2) = (Lin::new(&net.w1, &net.b1), Lin::new(&net.w2, &net.b2));
    let (mut relu, mut mse) = (Relu { inp: None }, Mse { seen: None });

    let l1 = lin1.forward(inp);
    let l2 = relu.forward(&l1);
    let out = lin2.forward(&l2);
    let loss = mse.forward(&out, target);

    let d_out = mse.backward();
    let d_l2 = lin2.backward(&d_out);
    let d_l1 = relu.backward(&d_l2);
    let input = lin1.backward(&d_l1);

    let kept = "backward has been there";
    let (w1, b1) = (lin1.d_w.expect(kept), lin1.d_b.expect(kept));
    let (w2, b2) = (lin2.d_w.expect(kept), lin2.d_b.expect(kept));
    (loss, Gradients { w1, b1, w2, b2, input })
}
// ANCHOR_END: net
