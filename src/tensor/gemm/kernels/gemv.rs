//! A few rows times a matrix; of one row BLAS calls it gemv (chapter 1).

use super::compile::Compiled;

/// Rows of A at most.
pub(crate) const GEMV_ROWS: usize = 4;

/// The kernels for 1 to [`GEMV_ROWS`] rows: each for rows that do not lie in runs, and for such as
/// do.
pub(crate) type ByRows<T> = [[Compiled<Gemv<T>>; 2]; GEMV_ROWS];

/// `c[r·c_row + j] = Σₚ x[r·x_row + p·x_col]·b[j·stride + p]` for r < rows and j < n, from 0 or
/// from what C held.
///
/// Kernels rely on this: all that is read of x and b by that formula is valid for reads, and what
/// is named of c for reads and writes, and neither `x` nor `b` reaches it; k and n are at least 1,
/// and `rows` and `x_col` are those that the kernel is for.
#[cfg_attr(not(target_arch = "x86_64"), allow(dead_code))] // Elsewhere there is no kernel for it.
pub(crate) struct Gemv<T> {
    /// The length of the sums.
    pub k: usize,
    /// Where A begins.
    pub x: *const T,
    /// How far apart A's rows are.
    pub x_row: usize,
    /// How far apart A's columns are.
    pub x_col: usize,
    /// How many rows A has.
    pub rows: usize,
    /// Where column 0 of B begins: each column lies in one run.
    pub b: *const T,
    /// How far apart the beginnings of B's columns are.
    pub stride: usize,
    /// How many columns B has.
    pub n: usize,
    /// Where C begins: its rows lie in one run each.
    pub c: *mut T,
    /// How far apart C's rows are.
    pub c_row: usize,
    /// Whether the sums start from what C holds, and not from 0.
    pub accumulate: bool,
}
