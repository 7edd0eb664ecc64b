//! The rectifier: negative values become zero (chapters 2 to 4).

use super::{Function, Layer, take_saved};
use crate::{Scalar, Tensor};

/// y = max(x, 0) − shift, element by element; any shape. The shift is 0 unless asked for.
///
/// A rectified value has a mean above zero. Taking ½ off moves it back near zero, which is what
/// the shift is for (chapter 2).
///
/// ```
/// use longhand::layers::{Layer, Relu};
/// use longhand::Tensor;
/// let x = Tensor::vector(&[-1.0_f32, 0.0, 2.0]);
/// assert_eq!(Relu::new().forward(&x).data(), [0.0, 0.0, 2.0]);
/// assert_eq!(Relu::shifted(0.5).forward(&x).data(), [-0.5, -0.5, 1.5]);
/// ```
#[derive(Debug)]
pub struct Relu<T: Scalar = f32> {
    shift: T,
    input: Option<Tensor<T>>,
}

impl<T: Scalar> Relu<T> {
    /// max(x, 0)
    pub fn new() -> Self {
        Self::shifted(T::ZERO)
    }

    /// max(x, 0) − `shift`
    pub fn shifted(shift: T) -> Self {
        Self { shift, input: None }
    }
}

impl<T: Scalar> Default for Relu<T> {
    fn default() -> Self {
        Self::new()
    }
}

// ANCHOR: relu
// y = max(x, 0) − s has slope 1 where x > 0 and 0 where x < 0. At 0 it has none; the convention
// is 0. With g = dL/dy:
//
//   dL/dx = 0 where x ≤ 0, else g
impl<T: Scalar> Layer<T> for Relu<T> {
    fn predict(&self, input: &Tensor<T>) -> Tensor<T> {
        // any shape → the same shape
        let shift = self.shift;
        input.map(|x| if x < T::ZERO { T::ZERO - shift } else { x - shift })
    }

    fn forward(&mut self, input: &Tensor<T>) -> Tensor<T> {
        self.input = Some(input.clone());
        self.predict(input)
    }

    #[track_caller]
    fn backward(&mut self, d_output: &Tensor<T>) -> Tensor<T> {
        // the output's shape → the same shape
        let input = take_saved(&mut self.input, "Relu");
        d_output.zip(&input, |g, x| if x <= T::ZERO { T::ZERO } else { g })
    }
    // ANCHOR_END: relu

    fn function(&mut self, _input: &Tensor<T>) -> Function<'_, T> {
        Function::Relu { shift: self.shift }
    }

    fn name(&self) -> String {
        "Relu".into()
    }

    fn forget(&mut self) {
        self.input = None;
    }
}
