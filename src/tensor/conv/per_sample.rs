//! Convolutions in which every image has kernels of its own (chapter 10).
//!
//! They are the convolutions of chapter 6, one image each. Nothing is added up over the images.

use super::geometry::Geometry;
use crate::Scalar;
use crate::tensor::gemm::Matrix;
use crate::tensor::{Shape, Tensor, Window};

impl<T: Scalar> Tensor<T> {
    /// Image n under kernels n: x `[n, c, h, w]` and weight `[n, o, c, kh, kw]` give
    /// `[n, o, oh, ow]`.
    ///
    /// ```
    /// use longhand::Tensor;
    /// use longhand::tensor::Window;
    /// let images = Tensor::<f32>::arange(8).reshape([2, 1, 2, 2]);
    /// let kernels = Tensor::new([2, 1, 1, 1, 1], vec![1.0, 10.0]);
    /// let y = images.conv2d_per_sample(&kernels, Window::new([1, 1]));
    /// assert_eq!(y.data(), [0.0, 1.0, 2.0, 3.0, 40.0, 50.0, 60.0, 70.0]);
    /// ```
    ///
    /// # Panics
    /// If the shapes do not fit each other or the window.
    #[track_caller]
    #[must_use]
    pub fn conv2d_per_sample(&self, weight: &Self, window: Window) -> Self {
        // x [n, c, h, w], weight [n, o, c, kh, kw] → y [n, o, oh, ow]
        let geometry = Geometry::per_sample(self.shape(), weight.shape(), window);
        let begins = geometry.begins();
        Self::build(geometry.output(), |y| {
            geometry.for_each_image(y, geometry.outputs * geometry.area(), |n, y| {
                geometry.forward(geometry.kernels(weight, n), &begins, self.data(), n, y);
            });
        })
    }

    /// dL/d(input) of [`conv2d_per_sample`](Self::conv2d_per_sample), whose output has this
    /// gradient: `[n, o, oh, ow]` with weight `[n, o, c, kh, kw]` gives `[n, c, h, w]`, where
    /// `size` is h and w.
    ///
    /// # Panics
    /// If the shapes are not those of such convolutions.
    #[track_caller]
    #[must_use]
    pub fn conv2d_input_per_sample(&self, weight: &Self, window: Window, size: [usize; 2]) -> Self {
        // d_output [n, o, oh, ow], weight [n, o, c, kh, kw] → d_input [n, c, h, w]
        let (&[n, ..], &[_, _, c, _, _]) = (&*self.shape(), &*weight.shape()) else {
            panic!("conv2d_input_per_sample of shapes {} and {}", self.shape(), weight.shape());
        };
        let input = [n, c, size[0], size[1]];
        let geometry = Geometry::per_sample(input.into(), weight.shape(), window);
        geometry.check_output(self.shape());
        let begins = geometry.begins();
        Self::build(input, |d_input| {
            geometry.for_each_image(d_input, geometry.image_len(), |n, d_input| {
                let turned = geometry.kernels(weight, n).t();
                geometry.input(turned, &begins, self.data(), n, d_input);
            });
        })
    }

    /// dL/d(weight) of [`conv2d_per_sample`](Self::conv2d_per_sample), whose output has this
    /// gradient: `[n, c, h, w]` and `[n, o, oh, ow]` give `[n, o, c, kh, kw]`. The sum over the
    /// places of an image is taken as in [`conv2d_weight`](Self::conv2d_weight) of that image
    /// alone.
    ///
    /// # Panics
    /// If the shapes are not those of such convolutions.
    #[track_caller]
    #[must_use]
    pub fn conv2d_weight_per_sample(&self, d_output: &Self, window: Window) -> Self {
        // x [n, c, h, w], d_output [n, o, oh, ow] → d_weight [n, o, c, kh, kw]
        let (&[n, c, _, _], &[_, o, _, _]) = (&*self.shape(), &*d_output.shape()) else {
            panic!("conv2d_weight_per_sample of shapes {} and {}", self.shape(), d_output.shape());
        };
        let weight = [n, o, c, window.kernel[0], window.kernel[1]];
        let geometry = Geometry::per_sample(self.shape(), weight.into(), window);
        geometry.check_output(d_output.shape());
        let (outputs, patch) = (geometry.outputs, geometry.patch());
        let one_image = Geometry { batch: 1, ..geometry };
        Self::build(weight, |d_weight| {
            geometry.for_each_image(d_weight, outputs * patch, |n, d_weight| {
                let x = &self.data()[n * geometry.image_len()..];
                let d_output = &d_output.data()[n * outputs * geometry.area()..];
                let turned = one_image.weight(x, d_output);
                for (o, row) in d_weight.chunks_mut(patch).enumerate() {
                    let column = turned.iter().skip(o).step_by(outputs);
                    row.iter_mut().zip(column).for_each(|(to, &from)| *to = from);
                }
            });
        })
    }
}

impl Geometry {
    /// From the input's shape `[n, c, h, w]` and the weight's, `[n, o, c, kh, kw]`.
    #[track_caller]
    fn per_sample(input: Shape, weight: Shape, window: Window) -> Self {
        match (&*input, &*weight) {
            (&[images, ..], &[n, o, c, kh, kw]) if images == n => {
                Self::new(input, [o, c, kh, kw].into(), window)
            }
            _ => panic!(
                "kernels for each image want [n, c, h, w] and [n, o, c, kh, kw], \
                 not {input} and {weight}"
            ),
        }
    }

    /// Kernels n, `[o, c·kh·kw]`.
    fn kernels<'a, T: Scalar>(&self, weight: &'a Tensor<T>, n: usize) -> Matrix<'a, T> {
        let len = self.outputs * self.patch();
        Matrix::new(&weight.data()[n * len..(n + 1) * len], self.outputs, self.patch())
    }
}
