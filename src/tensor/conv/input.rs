//! The gradient of a convolution by its input (chapter 6).
//!
//! With the columns X of an image, Y = W·X, so dX = Wᵀ·dY. It is made for a few rows of places at a
//! time, so few that it stays in the cache, and added back to the image.

use super::columns::add_back;
use super::geometry::Geometry;
use crate::Scalar;
use crate::tensor::gemm::{self, Matrix, MatrixMut};
use crate::tensor::{Buffer, Tensor, Window};
use std::ops::Range;

/// About how many elements the columns of a block have.
const BLOCK: usize = 1 << 16;

impl Geometry {
    /// The rows of places in runs, the columns of each run about as large as a block.
    fn blocks(self) -> impl DoubleEndedIterator<Item = Range<usize>> {
        let [down, across] = self.places;
        let rows = (BLOCK / (self.patch() * across).max(1)).clamp(1, down);
        let count = down.div_ceil(rows);
        (0..count).map(move |block| block * down / count..(block + 1) * down / count)
    }
}

impl<T: Scalar> Tensor<T> {
    /// dL/d(input) of a convolution whose output has this gradient: `[n, o, oh, ow]` with weight
    /// `[o, c, kh, kw]` gives `[n, c, h, w]`, where `size` is h and w.
    ///
    /// # Panics
    /// If the shapes are not those of such a convolution.
    #[track_caller]
    #[must_use]
    pub fn conv2d_input(&self, weight: &Self, window: Window, size: [usize; 2]) -> Self {
        // d_output [n, o, oh, ow], weight [o, c, kh, kw] → d_input [n, c, h, w]
        if (self.rank(), weight.rank()) != (4, 4) {
            panic!("conv2d_input of shapes {} and {}", self.shape(), weight.shape());
        }
        let input = [self.shape()[0], weight.shape()[1], size[0], size[1]];
        let geometry = Geometry::new(input.into(), weight.shape(), window);
        geometry.check_output(self.shape());
        let (outputs, patch) = (geometry.outputs, geometry.patch());
        let turned = weight.reshape([outputs, patch]).t();
        let turned = Matrix::new(turned.data(), patch, outputs);
        let begins = geometry.begins();
        Self::build(input, |out| {
            geometry.for_each_image(out, geometry.image_len(), |n, d_input| {
                geometry.input(turned, &begins, self.data(), n, d_input);
            });
        })
    }
}

impl Geometry {
    // ANCHOR: input
    /// dX = Wᵀ·dY for image n, added back to its pixels.
    pub(super) fn input<T: Scalar>(
        &self,
        turned: Matrix<T>,
        begins: &[usize],
        d_output: &[T],
        n: usize,
        d_input: &mut [T],
    ) {
        let d_output = self.d_output(d_output, n);
        self.with_border(d_input, |pixels| {
            // From the last rows up: a pixel then gets its terms in the window's order, wherever
            // one block ends and the next begins.
            for rows in self.blocks().rev() {
                let places = rows.start * self.places[1]..rows.end * self.places[1];
                let mut columns = Buffer::stale(self.patch() * places.len());
                let to = MatrixMut::new(&mut columns, self.patch(), places.len());
                gemm::matmul(turned, d_output.block(0..self.outputs, places), false, to);
                add_back(self, begins, &columns, rows, pixels);
            }
        });
    }
    // ANCHOR_END: input

    /// dY of image n, `[o, oh·ow]`.
    fn d_output<'a, T: Scalar>(&self, d_output: &'a [T], n: usize) -> Matrix<'a, T> {
        let len = self.outputs * self.area();
        Matrix::new(&d_output[n * len..(n + 1) * len], self.outputs, self.area())
    }
}
