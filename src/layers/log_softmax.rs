//! Log-softmax: scores become the logarithms of probabilities (chapter 4).

use super::{Function, Layer, take_saved};
use crate::{Scalar, Tensor};

/// yᵢ = xᵢ − ln Σⱼ exp(xⱼ) along the last axis, any shape of at least one axis:
/// [`Tensor::log_softmax`] as a layer.
#[derive(Debug)]
pub struct LogSoftmax<T: Scalar = f32> {
    output: Option<Tensor<T>>,
}

impl<T: Scalar> LogSoftmax<T> {
    /// Along the last axis.
    pub fn new() -> Self {
        Self { output: None }
    }
}

impl<T: Scalar> Default for LogSoftmax<T> {
    fn default() -> Self {
        Self::new()
    }
}

// ANCHOR: log_softmax
// yᵢ = xᵢ − ln Σⱼ exp(xⱼ). The logarithm's derivative by xⱼ is exp(xⱼ)/Σ = pⱼ, the probability
// itself, so dyᵢ/dxⱼ = [i = j] − pⱼ, and with g = dL/dy:
//
//   dL/dxⱼ = gⱼ − pⱼ·Σᵢ gᵢ    where pⱼ = exp(yⱼ): the output is all that need be kept
impl<T: Scalar> Layer<T> for LogSoftmax<T> {
    #[track_caller]
    fn predict(&self, input: &Tensor<T>) -> Tensor<T> {
        // input [.., classes] → the same shape
        input.log_softmax()
    }

    #[track_caller]
    fn forward(&mut self, input: &Tensor<T>) -> Tensor<T> {
        let output = input.log_softmax();
        self.output = Some(output.clone());
        output
    }

    #[track_caller]
    fn backward(&mut self, d_output: &Tensor<T>) -> Tensor<T> {
        // d_output [.., classes] → the same shape
        let output = take_saved(&mut self.output, "LogSoftmax");
        d_output - output.exp() * d_output.sum_axis(-1).unsqueeze(-1)
    }
    // ANCHOR_END: log_softmax

    fn function(&mut self, _input: &Tensor<T>) -> Function<'_, T> {
        Function::LogSoftmax
    }

    fn name(&self) -> String {
        "LogSoftmax".into()
    }

    fn forget(&mut self) {
        self.output = None;
    }
}
