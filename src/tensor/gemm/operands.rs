//! What the loops work on: a right-hand factor of either kind, and a block of C (chapter 1).

use super::im2col::Im2col;
use super::view::{Matrix, MatrixMut};
use crate::Scalar;
use std::marker::PhantomData;
use std::ops::Range;

/// The right-hand factor, or a block of it.
#[derive(Clone, Copy)]
pub(super) enum Source<'a, T> {
    /// A matrix.
    Matrix(Matrix<'a, T>),
    /// Some columns of an image's im2col matrix.
    Im2col {
        /// The whole of it, or some of its rows.
        image: Im2col<'a, T>,
        /// The first of the columns.
        first: usize,
        /// How many there are.
        cols: usize,
    },
}

impl<T: Scalar> Source<'_, T> {
    /// The number of rows.
    pub(super) fn rows(&self) -> usize {
        match self {
            Source::Matrix(matrix) => matrix.rows,
            Source::Im2col { image, .. } => image.rows(),
        }
    }

    /// The number of columns.
    pub(super) fn cols(&self) -> usize {
        match *self {
            Source::Matrix(matrix) => matrix.cols,
            Source::Im2col { cols, .. } => cols,
        }
    }

    /// The block of these rows and columns.
    #[inline]
    pub(super) fn block(self, rows: Range<usize>, cols: Range<usize>) -> Self {
        match self {
            Source::Matrix(matrix) => Source::Matrix(matrix.block(rows, cols)),
            Source::Im2col { image, first, cols: all } => {
                assert!(cols.start <= cols.end && cols.end <= all, "columns {cols:?} of {all}");
                let image = Im2col { offsets: &image.offsets[rows], ..image };
                Source::Im2col { image, first: first + cols.start, cols: cols.len() }
            }
        }
    }
}

/// A block of C, row-major: as with `&mut`, whoever holds one may write to its elements, and
/// nobody else uses them meanwhile.
///
/// It is not a slice, for between its rows lie those of other blocks, which other threads write to
/// at the same time.
pub(super) struct Target<'a, T> {
    /// Element (0, 0).
    data: *mut T,
    /// The number of rows.
    rows: usize,
    /// The number of columns.
    cols: usize,
    /// How far apart the rows are.
    row_stride: usize,
    /// It borrows C.
    borrow: PhantomData<&'a mut [T]>,
}

// SAFETY: what writes to a `Target` borrows it mutably, so from a shared one a thread gets no more
// than addresses and, by `block`, blocks that share no element with any other in use: so its
// contract asks, and its callers see to it. Numbers may be written to by any thread (`T: Send`).
unsafe impl<T: Send> Sync for Target<'_, T> {}

impl<'a, T: Scalar> Target<'a, T> {
    /// The whole of C.
    #[inline]
    pub(super) fn new(c: &'a mut MatrixMut<T>) -> Self {
        let &mut MatrixMut { ref mut data, rows, cols, row_stride } = c;
        Self { data: data.as_mut_ptr(), rows, cols, row_stride, borrow: PhantomData }
    }

    /// The number of rows.
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// The number of columns.
    pub(super) fn cols(&self) -> usize {
        self.cols
    }

    /// How far apart the rows are.
    pub(super) fn row_stride(&self) -> usize {
        self.row_stride
    }

    /// Where element (i, j) lies.
    #[inline]
    pub(super) fn ptr(&self, i: usize, j: usize) -> *mut T {
        debug_assert!(i < self.rows && j < self.cols, "({i}, {j}) of {}×{}", self.rows, self.cols);
        self.data.wrapping_add(i * self.row_stride + j)
    }

    /// The block of these rows and columns, to be used at the same time as other blocks.
    ///
    /// # Safety
    /// - While it is in use, its elements are not used by way of `self` or of another block.
    #[inline]
    pub(super) unsafe fn block(&self, rows: Range<usize>, cols: Range<usize>) -> Target<'_, T> {
        debug_assert!(rows.start < rows.end && rows.end <= self.rows);
        debug_assert!(cols.start < cols.end && cols.end <= self.cols);
        Target {
            data: self.ptr(rows.start, cols.start),
            rows: rows.len(),
            cols: cols.len(),
            row_stride: self.row_stride,
            borrow: PhantomData,
        }
    }

    /// The block of these rows and columns.
    #[inline]
    pub(super) fn block_mut(&mut self, rows: Range<usize>, cols: Range<usize>) -> Target<'_, T> {
        // SAFETY: `self` is borrowed mutably for as long as the block lives, so nothing else
        // reaches C.
        unsafe { self.block(rows, cols) }
    }

    /// The same elements as one row, if they are a column without gaps.
    pub(super) fn column_as_row(&mut self) -> Option<Target<'_, T>> {
        let (data, cols) = (self.data, self.rows);
        (self.cols == 1 && (self.row_stride == 1 || self.rows == 1)).then_some(Target {
            data,
            rows: 1,
            cols,
            row_stride: cols,
            borrow: PhantomData,
        })
    }
}
