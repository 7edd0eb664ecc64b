//! The im2col matrix of an image, which is never written down (chapter 6).
//!
//! im2col ("image to columns") turns a convolution into a product of matrices. Each column holds
//! what the window sees from one *place*, which is where it stands for one pixel of the output.
//! Each row holds what one element of the window sees from all places, and that is the image
//! itself, read from a certain pixel on. So it is enough to know where each row begins.

use crate::Scalar;
use std::ops::Range;

// ANCHOR: im2col
/// An im2col matrix: element (p, i·across + j) is `data[offsets[p] + i·step + j·stride]`. Row p is
/// what one element of the window sees from each of `down` × `across` places: the image, read from
/// offset p on.
#[derive(Clone, Copy, Debug)]
pub struct Im2col<'a, T> {
    /// The image.
    pub(super) data: &'a [T],
    /// Where each row of the factor begins in it.
    pub(super) offsets: &'a [usize],
    /// How many rows of places there are, and how many places in each: `down` and `across`.
    pub(super) places: [usize; 2],
    /// How far apart, in `data`, neighbouring rows of places begin.
    pub(super) step: usize,
    /// How far apart, in `data`, neighbouring places of a row are.
    pub(super) stride: usize,
}
// ANCHOR_END: im2col

impl<'a, T: Scalar> Im2col<'a, T> {
    /// An im2col matrix of `offsets.len()` rows and down·across columns, where `places` is
    /// `[down, across]`. `strides` says how far apart in `data` neighbouring places are, down and
    /// across.
    ///
    /// ```
    /// use longhand::tensor::gemm::{Im2col, Matrix, MatrixMut, matmul_im2col};
    /// // What a window of two sees of five numbers, from its four places.
    /// let numbers = [0.0, 1.0, 4.0, 9.0, 16.0];
    /// let columns = Im2col::new(&numbers, &[0, 1], [1, 4], [5, 1]);
    /// let (step, mut steps) = ([-1.0, 1.0], [0.0; 4]);
    /// matmul_im2col(Matrix::new(&step, 1, 2), columns, false, MatrixMut::new(&mut steps, 1, 4));
    /// assert_eq!(steps, [1.0, 3.0, 5.0, 7.0]);
    /// ```
    ///
    /// # Panics
    /// If some element would lie outside `data`.
    #[track_caller]
    pub fn new(
        data: &'a [T],
        offsets: &'a [usize],
        places: [usize; 2],
        strides: [usize; 2],
    ) -> Self {
        let ([down, across], [step, stride]) = (places, strides);
        let begin = offsets.iter().max().copied().unwrap_or(0);
        // None if more than can be counted.
        let end = || {
            if down.checked_mul(across)? == 0 || offsets.is_empty() {
                return Some(0);
            }
            let last =
                (down - 1).checked_mul(step)?.checked_add((across - 1).checked_mul(stride)?)?;
            last.checked_add(begin)?.checked_add(1)
        };
        assert!(
            end().is_some_and(|end| end <= data.len()),
            "{down}×{across} places with strides {step} and {stride}, the last row from {begin} on, \
             do not fit into {} elements",
            data.len()
        );
        Self { data, offsets, places, step, stride }
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.offsets.len()
    }

    /// The number of columns.
    pub fn cols(&self) -> usize {
        self.places[0] * self.places[1]
    }

    /// Element (p, col).
    ///
    /// # Panics
    /// If it is outside.
    #[track_caller]
    pub fn at(&self, p: usize, col: usize) -> T {
        assert!(col < self.cols(), "column {col} of {}", self.cols());
        self.data[self.offsets[p] + self.place(col)]
    }

    /// How far behind the beginning of its row, in `data`, the element of this column lies.
    pub(super) fn place(&self, col: usize) -> usize {
        col / self.places[1] * self.step + col % self.places[1] * self.stride
    }

    /// The columns `cols`, which are whole rows of places.
    pub(super) fn rows_of_places(self, cols: Range<usize>) -> Self {
        let across = self.places[1];
        debug_assert!(cols.start.is_multiple_of(across) && cols.end.is_multiple_of(across));
        let rows = cols.start / across..cols.end / across;
        Self { data: &self.data[rows.start * self.step..], places: [rows.len(), across], ..self }
    }
}
