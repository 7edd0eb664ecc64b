//! Products with a vector, where there is nothing to block (chapter 1).
//!
//! BLAS calls a matrix times a vector gemv. Each number of the matrix is used once, so the speed is
//! that of memory, and all that matters is to get by with few instructions.

use super::super::kernels::{Gemv, Kernels};
use super::super::operands::Target;
use super::super::view::Matrix;
use crate::Scalar;

/// gemv, one row of C by a B whose columns lie in one run each. `false`, and nothing done, if the
/// operands lie in another way or there is no kernel for it.
pub(crate) fn gemv<T: Scalar>(
    kernels: &Kernels<T>,
    a: Matrix<T>,
    b: Matrix<T>,
    accumulate: bool,
    c: &Target<T>,
) -> bool {
    let Some(gemv) = kernels.gemv else { return false };
    let lies_so = c.rows() == 1 && a.col_stride == 1 && b.row_stride == 1;
    if !lies_so {
        return false;
    }
    let (x, c) = (a.ptr(0, 0), c.ptr(0, 0));
    let job = Gemv { k: b.rows, x, b: b.ptr(0, 0), stride: b.col_stride, n: b.cols, c, accumulate };
    // SAFETY: A's row and B's columns lie in runs (`lies_so`) within the slices of a `Matrix`, and
    // C's row within what its `Target` alone may write to; tables of kernels are given out only for the processor's instruction set.
    unsafe { gemv(&job) };
    true
}
