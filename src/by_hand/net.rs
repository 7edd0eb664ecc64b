//! The net of chapters 2 and 3: 784 pixels, 50 hidden units, one number.

use super::{lin, lin_grad, mse, mse_grad, relu, relu_grad};
use crate::{Rng, Scalar, Tensor, init};

// ANCHOR: net
/// The parameters of lin → relu → lin.
#[derive(Clone, Debug)]
pub struct Net<T: Scalar = f32> {
    /// First weight, `[inputs, hidden]`.
    pub w1: Tensor<T>,
    /// First bias, `[hidden]`.
    pub b1: Tensor<T>,
    /// Second weight, `[hidden, 1]`.
    pub w2: Tensor<T>,
    /// Second bias, `[1]`.
    pub b2: Tensor<T>,
}

impl<T: Scalar> Net<T> {
    /// Weights normal with standard deviation √(2/inputs) before the ReLU and 1/√hidden after it;
    /// biases zero.
    pub fn new(inputs: usize, hidden: usize, rng: &mut Rng) -> Self {
        let std = |gain: f64, fan: usize| T::from_f64((gain / fan as f64).sqrt());
        Self {
            w1: init::normal([inputs, hidden], T::ZERO, std(2.0, inputs), rng),
            b1: Tensor::zeros([hidden]),
            w2: init::normal([hidden, 1], T::ZERO, std(1.0, hidden), rng),
            b2: Tensor::zeros([1]),
        }
    }

    /// One number for each row of the input.
    #[track_caller]
    pub fn forward(&self, inp: &Tensor<T>) -> Tensor<T> {
        // inp [n, inputs] → [n, 1]
        let l1 = lin(inp, &self.w1, &self.b1);
        let l2 = relu(&l1);
        lin(&l2, &self.w2, &self.b2)
    }
}
// ANCHOR_END: net

// ANCHOR: backward
/// dL/d(each) of the mean squared error.
#[derive(Clone, Debug)]
pub struct Gradients<T: Scalar = f32> {
    /// Of the first weight.
    pub w1: Tensor<T>,
    /// Of the first bias.
    pub b1: Tensor<T>,
    /// Of the second weight.
    pub w2: Tensor<T>,
    /// Of the second bias.
    pub b2: Tensor<T>,
    /// Of the input.
    pub input: Tensor<T>,
}

impl<T: Scalar> Net<T> {
    /// The loss, and its gradient with respect to the four parameters and the input.
    #[track_caller]
    pub fn forward_and_backward(&self, inp: &Tensor<T>, target: &Tensor<T>) -> (T, Gradients<T>) {
        // inp [n, inputs], target [n]
        let l1 = lin(inp, &self.w1, &self.b1);
        let l2 = relu(&l1);
        let out = lin(&l2, &self.w2, &self.b2);
        let loss = mse(&out, target);

        let d_out = mse_grad(&out, target);
        let (d_l2, w2, b2) = lin_grad(&l2, &self.w2, &d_out);
        let d_l1 = relu_grad(&l1, &d_l2);
        let (input, w1, b1) = lin_grad(inp, &self.w1, &d_l1);
        (loss, Gradients { w1, b1, w2, b2, input })
    }
}
// ANCHOR_END: backward

impl<T: Scalar> Gradients<T> {
    /// The five of them with their names, to be compared one by one.
    pub fn named(&self) -> [(&'static str, &Tensor<T>); 5] {
        [
            ("w2", &self.w2),
            ("b2", &self.b2),
            ("w1", &self.w1),
            ("b1", &self.b1),
            ("input", &self.input),
        ]
    }
}
