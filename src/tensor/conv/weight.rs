//! The gradient of a convolution by its weight (chapter 6).
//!
//! With the columns X of an image, Y = W·X, so dW = dY·Xᵀ, added up over the images. That is a sum
//! over every place of every image: ten million terms, if there are forty images of 512×512. Added
//! one after another they would lose two digits of seven. So only a few of them are added in one
//! chain, each on top of the one before, and the sums of most chains are added in pairs.

use super::columns::Padded;
use super::geometry::Geometry;
use crate::Scalar;
use crate::tensor::gemm::{self, Matrix, MatrixMut};
use crate::tensor::sum::Pairwise;
use crate::tensor::{Buffer, Tensor, Window, threads};
use std::ops::Range;

/// The most terms in one chain.
pub(super) const CHAIN: usize = 64;

/// The most places in a group, whose chains' sums are added one after another.
pub(super) const GROUP: usize = 256;

/// The places of one group.
struct Group {
    /// The images: several, if the group holds whole images.
    images: Range<usize>,
    /// The rows of places of each image: all, or several, or one of which the group holds a part.
    rows: Range<usize>,
    /// The places of each row: all, or a part of the one row.
    cols: Range<usize>,
}

impl Geometry {
    /// How many images a group holds, how many rows of places of each, and how many places of each.
    fn group_sizes(&self) -> [usize; 3] {
        let [down, across] = self.places;
        let images = (GROUP / self.area()).max(1);
        [images, (GROUP / across).clamp(1, down), GROUP.min(across)]
    }

    /// How many groups there are.
    fn group_count(&self) -> usize {
        let ([images, rows, cols], [down, across]) = (self.group_sizes(), self.places);
        self.batch.div_ceil(images) * down.div_ceil(rows) * across.div_ceil(cols)
    }

    /// Group `number`. They lie image after image, and in each row after row.
    fn group(&self, number: usize) -> Group {
        let ([images, rows, cols], [down, across]) = (self.group_sizes(), self.places);
        let part =
            |number: usize, size: usize, end: usize| number * size..((number + 1) * size).min(end);
        let (below, beside) = (down.div_ceil(rows), across.div_ceil(cols));
        Group {
            images: part(number / beside / below, images, self.batch),
            rows: part(number / beside % below, rows, down),
            cols: part(number % beside, cols, across),
        }
    }
}

impl<T: Scalar> Tensor<T> {
    // ANCHOR: conv2d_weight
    /// dL/d(weight) of the convolution of this input, whose output has this gradient:
    /// `[n, c, h, w]` and `[n, o, oh, ow]` give `[o, c, kh, kw]`.
    ///
    /// The order of the sum over all places: at most 256 places are a group. These are the places
    /// of several whole images, if they are small; or several rows of places of one image; or a
    /// part of such a row. Within a group at most 64 places of one image are one chain of fused
    /// multiply-adds: several rows, or a part of one. Each begins at 0, and their sums are added
    /// one after another. The sums of neighbouring groups are added in pairs, and their sums in
    /// pairs, and so on; what has no partner waits for the next round.
    ///
    /// # Panics
    /// If the shapes are not those of such a convolution.
    #[track_caller]
    #[must_use]
    pub fn conv2d_weight(&self, d_output: &Self, window: Window) -> Self {
        // x [n, c, h, w], d_output [n, o, oh, ow] → d_weight [o, c, kh, kw]
        if (self.rank(), d_output.rank()) != (4, 4) {
            panic!("conv2d_weight of shapes {} and {}", self.shape(), d_output.shape());
        }
        let [kh, kw] = window.kernel;
        let weight = [d_output.shape()[1], self.shape()[1], kh, kw];
        let geometry = Geometry::new(self.shape(), weight.into(), window);
        geometry.check_output(d_output.shape());
        let sum = geometry.weight(self.data(), d_output.data());
        Tensor::from_buffer([geometry.patch(), geometry.outputs].into(), sum).t().reshape(weight)
    }
    // ANCHOR_END: conv2d_weight
}

impl Geometry {
    // ANCHOR: weight
    /// dWᵀ, `[c·kh·kw, o]`: the sum of X·dYᵀ over the images. The columns X, of which there is more
    /// than of dY, are read where they lie.
    pub(super) fn weight<T: Scalar>(&self, x: &[T], d_output: &[T]) -> Buffer<T> {
        let (groups, threads) = (self.group_count(), threads::current());
        // A thread takes 2ᵏ groups, which are a branch of the tree of pairs. The result does not
        // depend on k.
        let branch = groups.div_ceil(4 * threads).next_power_of_two();
        let branches: Vec<_> = (0..groups).step_by(branch).collect();
        let mut sum = Pairwise::new();
        for round in branches.chunks(threads) {
            let mut sums: Vec<_> = round.iter().map(|_| None).collect();
            threads::for_each(sums.iter_mut().zip(round), |(sum, &first)| {
                *sum = self.weight_of(first..(first + branch).min(groups), x, d_output);
            });
            sums.into_iter().flatten().for_each(|branch| sum.add(branch));
        }
        sum.finish().unwrap_or_else(|| vec![T::ZERO; self.patch() * self.outputs].into())
    }

    /// What these groups add to it; `None` if there is no group.
    fn weight_of<T: Scalar>(
        &self,
        groups: Range<usize>,
        x: &[T],
        d_output: &[T],
    ) -> Option<Buffer<T>> {
        let (begins, area) = (self.begins(), self.area());
        let mut sum = Pairwise::new();
        let mut padded = None;
        for group in groups.map(|number| self.group(number)) {
            let mut product = sum.buffer(self.patch() * self.outputs);
            for n in group.images.clone() {
                // Groups of one image follow each other: it is padded once.
                let (_, image) = match padded.take() {
                    Some((image, pixels)) if image == n => padded.insert((n, pixels)),
                    _ => padded.insert((n, Padded::new(self, &x[n * self.image_len()..]))),
                };
                let columns =
                    self.columns_of(&begins, image, group.rows.clone(), group.cols.clone());
                let first = group.rows.start * self.places[1] + group.cols.start;
                let d_output = Matrix::strided(
                    &d_output[n * self.outputs * area + first..],
                    self.outputs,
                    columns.cols(),
                    area,
                    1,
                );
                let to = MatrixMut::new(&mut product, self.patch(), self.outputs);
                gemm::im2col_matmul(columns, d_output.t(), CHAIN, n > group.images.start, to);
            }
            sum.add(product);
        }
        sum.finish()
    }
    // ANCHOR_END: weight
}
