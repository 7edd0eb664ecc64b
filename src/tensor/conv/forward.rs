//! The forward pass of a convolution (chapter 6).

use super::columns::Padded;
use super::geometry::Geometry;
use crate::Scalar;
use crate::tensor::gemm::{self, Matrix, MatrixMut};
use crate::tensor::{Tensor, Window};

impl<T: Scalar> Tensor<T> {
    /// Slides the kernels over the images: `[n, c, h, w]` with weight `[o, c, kh, kw]` and bias
    /// `[o]` gives `[n, o, oh, ow]`, where `oh` and `ow` are [`Window::output`].
    ///
    /// y\[n, o, i, j\] = Σ over c, kh, kw of weight\[o, c, kh, kw\] · x\[n, c, i·s + kh·d − p, …\] +
    /// bias\[o\], with zeros in the padding; one chain of fused multiply-adds, the bias added
    /// last. (As in all libraries of this kind the kernel is not turned over: strictly, a
    /// correlation.)
    ///
    /// ```
    /// use longhand::Tensor;
    /// use longhand::tensor::Window;
    /// let image = Tensor::new([1, 1, 2, 3], vec![1.0_f32, 2.0, 3.0, 4.0, 5.0, 6.0]);
    /// let kernel = Tensor::new([1, 1, 1, 2], vec![-1.0, 1.0]); // the step to the right
    /// let steps = image.conv2d(&kernel, None, Window::new([1, 2]));
    /// assert_eq!(steps.shape(), [1, 1, 2, 2]);
    /// assert_eq!(steps.data(), [1.0, 1.0, 1.0, 1.0]);
    /// ```
    ///
    /// # Panics
    /// If the shapes do not fit each other or the window.
    #[track_caller]
    #[must_use]
    pub fn conv2d(&self, weight: &Self, bias: Option<&Self>, window: Window) -> Self {
        // x [n, c, h, w], weight [o, c, kh, kw], bias [o] → y [n, o, oh, ow]
        let geometry = Geometry::new(self.shape(), weight.shape(), window);
        let (outputs, area) = (geometry.outputs, geometry.area());
        if let Some(bias) = bias.filter(|bias| bias.shape() != [outputs]) {
            panic!("conv2d with weight {} and a bias of shape {}", weight.shape(), bias.shape());
        }
        let kernels = Matrix::new(weight.data(), outputs, geometry.patch());
        let begins = geometry.begins();
        Self::build(geometry.output(), |out| {
            geometry.for_each_image(out, outputs * area, |n, out| {
                geometry.forward(kernels, &begins, self.data(), n, out);
                for (plane, &bias) in out.chunks_mut(area).zip(bias.map_or(&[][..], Tensor::data)) {
                    plane.iter_mut().for_each(|y| *y += bias);
                }
            });
        })
    }
}

impl Geometry {
    // ANCHOR: forward
    /// Y = W·X for image n of `x`.
    pub(super) fn forward<T: Scalar>(
        &self,
        kernels: Matrix<T>,
        begins: &[usize],
        x: &[T],
        n: usize,
        y: &mut [T],
    ) {
        let image = Padded::new(self, &x[n * self.image_len()..]);
        let y = MatrixMut::new(y, self.outputs, self.area());
        gemm::matmul_im2col(kernels, self.columns(begins, &image), false, y);
    }
    // ANCHOR_END: forward
}
