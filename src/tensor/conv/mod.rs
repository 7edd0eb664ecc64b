//! Convolution in two dimensions, forward and both ways back (chapter 6).
//!
//! A convolution is a matrix product in disguise. Lay out the patch of the image that each place
//! of the window sees as one column, and the kernels, one a row, are multiplied with all columns
//! at once: Y = W·columns. So the gradients are those of a product, with the layout undone at the
//! end: d_columns = Wᵀ·dY, added back to where the patches came from, and dW = dY·columnsᵀ.
//!
//! Written down, the columns of a batch would take as many times the batch's memory as the window
//! has elements. They are not written down. The engine multiplies them where the image lies:
//! [`gemm::Im2col`]. Only their gradient has to be, a few rows' patches at a time, while they are
//! in the cache.
//!
//! `reference` says the same in plain loops, and in which order every sum is taken; the
//! functions here give the same bits.

mod columns;
mod gradients;
mod per_sample;
pub(super) mod reference;

use super::gemm::{self, Matrix, MatrixMut};
use super::{Shape, Tensor, Window, threads};
use crate::Scalar;
use columns::Padded;

/// The sizes of a convolution, checked against each other.
#[derive(Clone, Copy)]
struct Geometry {
    batch: usize,
    inputs: usize,
    outputs: usize,
    /// Height and width of an image, without the padding.
    image: [usize; 2],
    /// Height and width of the output.
    places: [usize; 2],
    window: Window,
}

impl Geometry {
    /// From the input's shape `[n, c, h, w]` and the weight's, `[o, c, kh, kw]`.
    #[track_caller]
    fn new(input: Shape, weight: Shape, window: Window) -> Self {
        let (&[batch, inputs, h, w], &[outputs, channels, kh, kw]) = (&*input, &*weight) else {
            panic!(
                "conv2d wants [n, c, h, w] and a weight [o, c, kh, kw], not {input} and {weight}"
            )
        };
        if channels != inputs {
            panic!("conv2d of {input} with weight {weight}: {inputs} and {channels} channels");
        }
        if [kh, kw] != window.kernel {
            panic!("conv2d with weight {weight} and another kernel: {window:?}");
        }
        if [inputs, outputs, h, w].contains(&0) {
            panic!("conv2d of {input} with weight {weight}: nothing to convolve");
        }
        let image = [h, w];
        Self { batch, inputs, outputs, image, places: window.output(image), window }
    }

    /// c·kh·kw: the elements of a patch.
    fn patch(&self) -> usize {
        self.inputs * self.window.kernel.iter().product::<usize>()
    }

    /// oh·ow: the places of the window.
    fn area(&self) -> usize {
        self.places.iter().product()
    }

    /// c·h·w: the elements of an image.
    fn image_len(&self) -> usize {
        self.inputs * self.image.iter().product::<usize>()
    }

    fn output(&self) -> [usize; 4] {
        [self.batch, self.outputs, self.places[0], self.places[1]]
    }

    #[track_caller]
    fn check_output(&self, d_output: Shape) {
        if d_output != self.output() {
            panic!("a gradient of shape {d_output} for an output {:?}", self.output());
        }
    }
}

impl<T: Scalar> Tensor<T> {
    /// Slides the kernels over the images: `[n, c, h, w]` with weight `[o, c, kh, kw]` and bias
    /// `[o]` gives `[n, o, oh, ow]`, where `oh` and `ow` are [`Window::output`].
    ///
    /// y\[n, o, i, j\] = Σ over c, kh, kw of weight\[o, c, kh, kw\] · x\[n, c, i·s + kh·d − p, …\] + bias\[o\],
    /// with zeros in the padding; one chain of fused multiply-adds, the bias added last. (As in
    /// all libraries of this kind the kernel is not turned over: strictly, a correlation.)
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
    pub fn conv2d(&self, weight: &Self, bias: Option<&Self>, window: Window) -> Self {
        // x [n, c, h, w], weight [o, c, kh, kw], bias [o] → y [n, o, oh, ow]
        let geometry = Geometry::new(self.shape, weight.shape, window);
        let (outputs, area) = (geometry.outputs, geometry.area());
        if let Some(bias) = bias.filter(|bias| bias.shape != [outputs]) {
            panic!("conv2d with weight {} and a bias of shape {}", weight.shape, bias.shape);
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
    fn forward<T: Scalar>(
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

    /// Calls `work` on the part of `out` that belongs to each image, `len` long. The threads share
    /// out the images, if there are enough; else each image's product is shared.
    fn for_each_image<T: Scalar>(
        &self,
        out: &mut [T],
        len: usize,
        work: impl Fn(usize, &mut [T]) + Sync,
    ) {
        let images = out.chunks_mut(len.max(1)).enumerate();
        if self.batch < threads::current() {
            images.for_each(|(n, out)| work(n, out));
        } else {
            threads::for_each(images, |(n, out)| work(n, out));
        }
    }
}
