//! A row times a matrix, which BLAS calls gemv (chapter 1).

/// `c[j] = Σₚ x[p]·b[j·stride + p]` for j < n, from 0 or from what C held.
///
/// Kernels rely on this: `x` is valid for reads of k numbers, `b + j·stride` of k numbers for each
/// j < n, and `c` for reads and writes of n numbers, which neither `x` nor `b` reaches; k and n are
/// at least 1.
#[cfg_attr(not(target_arch = "x86_64"), allow(dead_code))] // Elsewhere there is no kernel for it.
pub(crate) struct Gemv<T> {
    /// The length of the sums.
    pub k: usize,
    /// A's row: k numbers in one run.
    pub x: *const T,
    /// Where column 0 of B begins: each column lies in one run.
    pub b: *const T,
    /// How far apart the beginnings of B's columns are.
    pub stride: usize,
    /// How many columns B has.
    pub n: usize,
    /// C's row: n numbers in one run.
    pub c: *mut T,
    /// Whether the sums start from what C holds, and not from 0.
    pub accumulate: bool,
}
