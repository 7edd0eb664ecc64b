//! Average pooling: each window becomes its mean (chapter 6).

use super::{Function, Layer, take_saved};
use crate::tensor::{Divisor, Window};
use crate::{Scalar, Tensor};

/// The mean of each window of each plane.
///
/// ```
/// use longhand::layers::{AvgPool2d, Layer};
/// use longhand::tensor::Window;
/// use longhand::Tensor;
/// let x = Tensor::new([1, 1, 2, 2], vec![1.0_f32, 2.0, 3.0, 6.0]);
/// assert_eq!(AvgPool2d::new(Window::tiling(2)).forward(&x).data(), [3.0]);
/// ```
#[derive(Debug)]
pub struct AvgPool2d {
    window: Window,
    divisor: Divisor,
    image: Option<[usize; 2]>,
}

impl AvgPool2d {
    /// A pooling with this window. Padding counts as zeros.
    pub fn new(window: Window) -> Self {
        Self { window, divisor: Divisor::Window, image: None }
    }

    /// The same with padding left out of the means.
    #[must_use]
    pub fn without_padding(self) -> Self {
        Self { divisor: Divisor::Image, ..self }
    }
}

// ANCHOR: avg_pool2d
// yᵢ = (1/nᵢ) Σ xⱼ over window i, so dyᵢ/dxⱼ = 1/nᵢ inside it. With g = dL/dy:
//
//   dL/dxⱼ = Σ gᵢ/nᵢ over the windows i that hold j
impl<T: Scalar> Layer<T> for AvgPool2d {
    #[track_caller]
    fn predict(&self, input: &Tensor<T>) -> Tensor<T> {
        // input [n, c, h, w] → output [n, c, oh, ow]
        input.avg_pool2d(self.window, self.divisor)
    }

    #[track_caller]
    fn forward(&mut self, input: &Tensor<T>) -> Tensor<T> {
        let output = input.avg_pool2d(self.window, self.divisor);
        self.image = Some([input.shape()[2], input.shape()[3]]);
        output
    }

    #[track_caller]
    fn backward(&mut self, d_output: &Tensor<T>) -> Tensor<T> {
        // d_output [n, c, oh, ow] → d_input [n, c, h, w]
        let image = take_saved(&mut self.image, "AvgPool2d");
        d_output.avg_pool2d_adjoint(self.window, self.divisor, image)
    }
    // ANCHOR_END: avg_pool2d

    fn function(&mut self, _input: &Tensor<T>) -> Function<'_, T> {
        Function::AvgPool2d { window: self.window, divisor: self.divisor }
    }

    fn name(&self) -> String {
        "AvgPool2d".into()
    }

    fn forget(&mut self) {
        self.image = None;
    }
}
