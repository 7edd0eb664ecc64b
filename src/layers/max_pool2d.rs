//! Max pooling: of each window, only the strongest answer goes on (chapter 6).

use super::{Function, Layer, take_saved};
use crate::tensor::{Maxima, Window};
use crate::{Scalar, Tensor};

/// The largest element of each window of each plane; ties go to the first, as in PyTorch.
///
/// ```
/// use longhand::layers::{Layer, MaxPool2d};
/// use longhand::tensor::Window;
/// use longhand::Tensor;
/// let x = Tensor::<f32>::zeros([64, 20, 24, 24]);
/// assert_eq!(MaxPool2d::new(Window::tiling(2)).forward(&x).shape(), [64, 20, 12, 12]);
/// ```
#[derive(Debug)]
pub struct MaxPool2d {
    window: Window,
    maxima: Option<Maxima>,
}

impl MaxPool2d {
    /// A pooling with this window.
    pub fn new(window: Window) -> Self {
        Self { window, maxima: None }
    }
}

// ANCHOR: max_pool2d
// yᵢ is a copy of one input, x_at(i), and does not feel the others. With g = dL/dy:
//
//   dL/dxⱼ = Σ gᵢ over the i with at(i) = j
//
// So where the maxima were is all that need be kept.
impl<T: Scalar> Layer<T> for MaxPool2d {
    #[track_caller]
    fn predict(&self, input: &Tensor<T>) -> Tensor<T> {
        // input [n, c, h, w] → output [n, c, oh, ow]
        input.max_pool2d(self.window).0
    }

    #[track_caller]
    fn forward(&mut self, input: &Tensor<T>) -> Tensor<T> {
        let (output, maxima) = input.max_pool2d(self.window);
        self.maxima = Some(maxima);
        output
    }

    #[track_caller]
    fn backward(&mut self, d_output: &Tensor<T>) -> Tensor<T> {
        // d_output [n, c, oh, ow] → d_input [n, c, h, w]
        take_saved(&mut self.maxima, "MaxPool2d").scatter(d_output)
    }
    // ANCHOR_END: max_pool2d

    fn function(&mut self, _input: &Tensor<T>) -> Function<'_, T> {
        Function::MaxPool2d { window: self.window }
    }

    fn name(&self) -> String {
        "MaxPool2d".into()
    }

    fn forget(&mut self) {
        self.maxima = None;
    }
}
