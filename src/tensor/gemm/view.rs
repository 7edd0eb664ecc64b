//! Matrices as the engine sees them: a slice and two strides (chapter 1).
//!
//! Element (i, j) lies at `i·row_stride + j·col_stride`. So a transpose is the same slice with
//! the strides exchanged, a column or a block of a matrix is a view of it, and nothing is copied.

use crate::Scalar;
use std::ops::Range;

/// A view of a matrix to read from.
///
/// ```
/// use longhand::tensor::gemm::Matrix;
/// let a = Matrix::new(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 2, 3);
/// assert_eq!(a.at(0, 2), 3.0);
/// assert_eq!(a.t().at(2, 0), 3.0);
/// assert_eq!(a.block(1..2, 1..3).at(0, 1), 6.0);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Matrix<'a, T> {
    /// What the elements are part of. Those of all rows and columns lie within it: [`strided`]
    /// sees to that, and [`t`] and [`block`] keep to it.
    ///
    /// [`strided`]: Matrix::strided
    /// [`t`]: Matrix::t
    /// [`block`]: Matrix::block
    pub(super) data: &'a [T],
    /// The number of rows.
    pub(super) rows: usize,
    /// The number of columns.
    pub(super) cols: usize,
    /// How far apart the elements of a column are.
    pub(super) row_stride: usize,
    /// How far apart the elements of a row are.
    pub(super) col_stride: usize,
}

impl<'a, T: Scalar> Matrix<'a, T> {
    /// A row-major matrix: rows × cols.
    ///
    /// # Panics
    /// If `data` is too short.
    #[inline]
    #[track_caller]
    pub fn new(data: &'a [T], rows: usize, cols: usize) -> Self {
        Self::strided(data, rows, cols, cols, 1)
    }

    /// A matrix of rows × cols whose element (i, j) is `data[i·row_stride + j·col_stride]`.
    ///
    /// # Panics
    /// If some element would lie outside `data`.
    #[inline]
    #[track_caller]
    pub fn strided(
        data: &'a [T],
        rows: usize,
        cols: usize,
        row_stride: usize,
        col_stride: usize,
    ) -> Self {
        assert!(
            extent(rows, cols, row_stride, col_stride).is_some_and(|extent| extent <= data.len()),
            "a matrix of {rows}×{cols} with strides {row_stride} and {col_stride} \
             does not fit into {} elements",
            data.len()
        );
        Self { data, rows, cols, row_stride, col_stride }
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The number of columns.
    pub fn cols(&self) -> usize {
        self.cols
    }

    /// Element (i, j).
    ///
    /// # Panics
    /// If it is outside.
    #[track_caller]
    pub fn at(&self, i: usize, j: usize) -> T {
        assert!(i < self.rows && j < self.cols, "({i}, {j}) of {}×{}", self.rows, self.cols);
        self.data[i * self.row_stride + j * self.col_stride]
    }

    /// Where element (i, j) lies.
    #[inline]
    pub(super) fn ptr(&self, i: usize, j: usize) -> *const T {
        debug_assert!(i < self.rows && j < self.cols, "({i}, {j}) of {}×{}", self.rows, self.cols);
        self.data.as_ptr().wrapping_add(i * self.row_stride + j * self.col_stride)
    }

    /// The transpose.
    pub fn t(self) -> Self {
        Self {
            rows: self.cols,
            cols: self.rows,
            row_stride: self.col_stride,
            col_stride: self.row_stride,
            ..self
        }
    }

    /// The block of these rows and columns.
    ///
    /// # Panics
    /// If it reaches outside.
    #[track_caller]
    pub fn block(self, rows: Range<usize>, cols: Range<usize>) -> Self {
        assert!(
            rows.start <= rows.end
                && rows.end <= self.rows
                && cols.start <= cols.end
                && cols.end <= self.cols,
            "rows {rows:?} and columns {cols:?} of {}×{}",
            self.rows,
            self.cols
        );
        let start = match rows.is_empty() || cols.is_empty() {
            true => 0,
            false => rows.start * self.row_stride + cols.start * self.col_stride,
        };
        Self { data: &self.data[start..], rows: rows.len(), cols: cols.len(), ..self }
    }
}

/// A row-major matrix to write to; its rows may lie further apart than they are long.
#[derive(Debug)]
pub struct MatrixMut<'a, T> {
    /// What the elements are part of. Those of all rows and columns lie within it, and no two rows
    /// overlap: [`strided`](MatrixMut::strided) sees to that.
    pub(super) data: &'a mut [T],
    /// The number of rows.
    pub(super) rows: usize,
    /// The number of columns.
    pub(super) cols: usize,
    /// How far apart the rows are.
    pub(super) row_stride: usize,
}

impl<'a, T: Scalar> MatrixMut<'a, T> {
    /// A row-major matrix: rows × cols.
    ///
    /// # Panics
    /// If `data` is too short.
    #[inline]
    #[track_caller]
    pub fn new(data: &'a mut [T], rows: usize, cols: usize) -> Self {
        Self::strided(data, rows, cols, cols)
    }

    /// A matrix of rows × cols whose element (i, j) is `data[i·row_stride + j]`.
    ///
    /// # Panics
    /// If some element would lie outside `data`, or in two rows.
    #[inline]
    #[track_caller]
    pub fn strided(data: &'a mut [T], rows: usize, cols: usize, row_stride: usize) -> Self {
        assert!(rows < 2 || row_stride >= cols, "rows of {cols} at a stride of {row_stride}");
        assert!(
            extent(rows, cols, row_stride, 1).is_some_and(|extent| extent <= data.len()),
            "a matrix of {rows}×{cols} with stride {row_stride} does not fit into {} elements",
            data.len()
        );
        Self { data, rows, cols, row_stride }
    }
}

/// How many elements a matrix reaches over: `None` if more than can be counted.
#[inline]
fn extent(rows: usize, cols: usize, row_stride: usize, col_stride: usize) -> Option<usize> {
    if rows == 0 || cols == 0 {
        return Some(0);
    }
    let last_row = (rows - 1).checked_mul(row_stride)?;
    let last_col = (cols - 1).checked_mul(col_stride)?;
    last_row.checked_add(last_col)?.checked_add(1)
}
