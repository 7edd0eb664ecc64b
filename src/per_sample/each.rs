//! Convolution in which every sample has kernels of its own (chapter 10).
//!
//! It is N convolutions of one image each. With the columns X of an image (chapter 6), its kernels
//! W and its output Y as matrices, there are three products, and the pullback of each is made of
//! the other two:
//!
//! ```text
//! Y = W·X      W = Y·Xᵀ      X = Wᵀ·Y
//! ```
//!
//! They are recorded as any user of the crate would do it, by
//! [`Tape::operation`](crate::Tape::operation).

use crate::tape::Var;
use crate::tensor::gemm::{self, Matrix, MatrixMut};
use crate::tensor::{Shape, Window, threads};
use crate::{Scalar, Tensor};
use std::ops::Range;
use std::slice::ChunksExactMut;

/// The columns that are laid out at one time have about so many elements.
const GROUP: usize = 1 << 18;

// ANCHOR: each
/// Image n under kernels n: x `[n, c, h, w]` and weight `[n, o, c, kh, kw]` give `[n, o, oh, ow]`.
///
/// # Panics
/// If the shapes do not fit each other or the window.
#[track_caller]
pub fn conv2d_each<'t, T: Scalar>(x: Var<'t, T>, weight: Var<'t, T>, window: Window) -> Var<'t, T> {
    let sizes = Sizes::new(x.shape(), weight.shape(), window);
    let (images, kernels) = (x.value(), weight.value());
    let value =
        sizes.for_each(&[sizes.outputs, sizes.places[0], sizes.places[1]], |group, outputs| {
            let columns = images.rows(group.clone()).im2col(window);
            for ((i, n), y) in group.enumerate().zip(outputs) {
                product(sizes.w(&kernels, n), sizes.x(&columns, i), y);
            }
        });
    x.tape().operation("conv2d each", [x, weight], value, move |[x, weight], _, g| {
        [
            x.wants(|| conv2d_input_each(g, weight, window, sizes.image)),
            weight.wants(|| conv2d_weight_each(x, g, window)),
        ]
    })
}

/// The adjoint in the kernels: x `[n, c, h, w]` and y `[n, o, oh, ow]` give `[n, o, c, kh, kw]`.
/// Added up over n it is [`Var::conv2d_weight`].
///
/// # Panics
/// If the shapes do not fit each other or the window.
#[track_caller]
pub fn conv2d_weight_each<'t, T: Scalar>(
    x: Var<'t, T>,
    y: Var<'t, T>,
    window: Window,
) -> Var<'t, T> {
    let (of_x, of_y) = (four_axes(x.shape()), four_axes(y.shape()));
    let kernels = [of_y[1], of_x[1], window.kernel[0], window.kernel[1]];
    let weight: Shape = [of_x[0]].into_iter().chain(kernels).collect();
    let sizes = Sizes::new(x.shape(), weight, window);
    sizes.check_output(y.shape());
    let (images, outputs) = (x.value(), y.value());
    let value = sizes.for_each(&kernels, |group, kernels| {
        let columns = images.rows(group.clone()).im2col(window);
        for ((i, n), w) in group.enumerate().zip(kernels) {
            product(sizes.y(&outputs, n), sizes.x(&columns, i).t(), w);
        }
    });
    x.tape().operation("conv2d weight each", [x, y], value, move |[x, y], _, g| {
        [
            x.wants(|| conv2d_input_each(y, g, window, sizes.image)),
            y.wants(|| conv2d_each(x, g, window)),
        ]
    })
}

/// The adjoint in the images: y `[n, o, oh, ow]` and weight `[n, o, c, kh, kw]` give
/// `[n, c, h, w]`; `of` is the images' height and width.
///
/// # Panics
/// If the shapes do not fit each other or the window.
#[track_caller]
pub fn conv2d_input_each<'t, T: Scalar>(
    y: Var<'t, T>,
    weight: Var<'t, T>,
    window: Window,
    of: [usize; 2],
) -> Var<'t, T> {
    let inputs = weight.shape().get(2).copied().unwrap_or(0);
    let image = [four_axes(y.shape())[0], inputs, of[0], of[1]];
    let sizes = Sizes::new(image.into(), weight.shape(), window);
    sizes.check_output(y.shape());
    let (outputs, kernels) = (y.value(), weight.value());
    let value = sizes.for_each(&image[1..], |group, images| {
        for (n, x) in group.zip(images) {
            let mut columns = Tensor::zeros([1, sizes.patch, sizes.area()]);
            product(sizes.w(&kernels, n).t(), sizes.y(&outputs, n), columns.data_mut());
            x.copy_from_slice(columns.col2im(window, of).data());
        }
    });
    y.tape().operation("conv2d input each", [y, weight], value, move |[y, weight], _, g| {
        [
            y.wants(|| conv2d_each(g, weight, window)),
            weight.wants(|| conv2d_weight_each(g, y, window)),
        ]
    })
}
// ANCHOR_END: each

/// The sizes of one sample's convolution, and how many samples there are.
#[derive(Clone, Copy)]
struct Sizes {
    samples: usize,
    outputs: usize,
    /// c·kh·kw: the elements that a window sees.
    patch: usize,
    image: [usize; 2],
    places: [usize; 2],
}

impl Sizes {
    /// Of images `[n, c, h, w]` under kernels `[n, o, c, kh, kw]`.
    #[track_caller]
    fn new(x: Shape, weight: Shape, window: Window) -> Self {
        let [samples, inputs, height, width] = four_axes(x);
        let [kh, kw] = window.kernel;
        match *weight {
            [n, outputs, c, h, w] if [n, c, h, w] == [samples, inputs, kh, kw] => {
                let image = [height, width];
                let (patch, places) = (inputs * kh * kw, window.output(image));
                Self { samples, outputs, patch, image, places }
            }
            _ => panic!(
                "images {x} want kernels [{samples}, outputs, {inputs}, {kh}, {kw}], not {weight}"
            ),
        }
    }

    #[track_caller]
    fn check_output(&self, y: Shape) {
        let expected = [self.samples, self.outputs, self.places[0], self.places[1]];
        if y != expected {
            panic!("an output of shape {y}, where these images and kernels give {expected:?}");
        }
    }

    fn area(&self) -> usize {
        self.places[0] * self.places[1]
    }

    /// X of image i of these columns.
    fn x<'a, T: Scalar>(&self, columns: &'a Tensor<T>, i: usize) -> Matrix<'a, T> {
        let one = self.patch * self.area();
        Matrix::new(&columns.data()[i * one..(i + 1) * one], self.patch, self.area())
    }

    /// W of sample n.
    fn w<'a, T: Scalar>(&self, kernels: &'a Tensor<T>, n: usize) -> Matrix<'a, T> {
        let one = self.outputs * self.patch;
        Matrix::new(&kernels.data()[n * one..(n + 1) * one], self.outputs, self.patch)
    }

    /// Y of sample n.
    fn y<'a, T: Scalar>(&self, outputs: &'a Tensor<T>, n: usize) -> Matrix<'a, T> {
        let one = self.outputs * self.area();
        Matrix::new(&outputs.data()[n * one..(n + 1) * one], self.outputs, self.area())
    }

    /// A tensor of one part of this shape for each sample. `write` is handed a group of samples
    /// and fills in their parts; the columns of a group are [`GROUP`] elements or one sample's.
    #[track_caller]
    fn for_each<T: Scalar>(
        &self,
        part: &[usize],
        write: impl Fn(Range<usize>, ChunksExactMut<T>) + Sync,
    ) -> Tensor<T> {
        let shape: Shape = [self.samples].iter().chain(part).copied().collect();
        let len = part.iter().product::<usize>();
        if len == 0 || self.patch * self.area() == 0 {
            return Tensor::zeros(shape);
        }
        let shared = self.samples.div_ceil(threads::current());
        let group = (GROUP / (self.patch * self.area())).clamp(1, shared.max(1));
        Tensor::build(shape, |out| {
            threads::for_each(out.chunks_mut(group * len).enumerate(), |(i, parts)| {
                let first = i * group;
                write(first..first + parts.len() / len, parts.chunks_exact_mut(len));
            });
        })
    }
}

fn product<T: Scalar>(a: Matrix<T>, b: Matrix<T>, to: &mut [T]) {
    let (rows, cols) = (a.rows(), b.cols());
    gemm::matmul(a, b, false, MatrixMut::new(to, rows, cols));
}

#[track_caller]
fn four_axes(shape: Shape) -> [usize; 4] {
    match *shape {
        [a, b, c, d] => [a, b, c, d],
        _ => panic!("images have the shape [n, c, h, w], not {shape}"),
    }
}
