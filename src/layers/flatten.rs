//! From images to rows: everything but the batch becomes one axis (chapter 6).

use super::{Function, Layer, take_saved};
use crate::tensor::Shape;
use crate::{Scalar, Tensor};

/// `[n, ..]` becomes `[n, rest]`; no element moves.
///
/// ```
/// use longhand::layers::{Flatten, Layer};
/// use longhand::Tensor;
/// let x = Tensor::<f32>::zeros([64, 50, 4, 4]);
/// assert_eq!(Flatten::new().forward(&x).shape(), [64, 800]);
/// ```
#[derive(Debug, Default)]
pub struct Flatten {
    input: Option<Shape>,
}

impl Flatten {
    /// A layer that keeps the first axis and joins all others.
    pub fn new() -> Self {
        Self::default()
    }
}

// ANCHOR: flatten
// The elements are the same ones in the same order, and so are their gradients.
impl<T: Scalar> Layer<T> for Flatten {
    #[track_caller]
    fn predict(&self, input: &Tensor<T>) -> Tensor<T> {
        // input [n, ..] → output [n, rest]
        input.flatten(1)
    }

    #[track_caller]
    fn forward(&mut self, input: &Tensor<T>) -> Tensor<T> {
        let output = input.flatten(1);
        self.input = Some(input.shape());
        output
    }

    #[track_caller]
    fn backward(&mut self, d_output: &Tensor<T>) -> Tensor<T> {
        // d_output [n, rest] → d_input [n, ..]
        d_output.reshape(take_saved(&mut self.input, "Flatten"))
    }
    // ANCHOR_END: flatten

    fn function(&mut self, _input: &Tensor<T>) -> Function<'_, T> {
        Function::Flatten
    }

    fn name(&self) -> String {
        "Flatten".into()
    }

    fn forget(&mut self) {
        self.input = None;
    }
}
