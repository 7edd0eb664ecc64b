//! Products with a vector, or of two, where there is nothing to block (chapter 1).
//!
//! BLAS calls a matrix times a vector gemv. Each number of the matrix is used once, so the speed is
//! that of memory, and all that matters is to get by with few instructions.

use super::super::kernels::{Gemv, Ger, Kernels};
use super::super::operands::Target;
use super::super::view::Matrix;
use crate::Scalar;

/// gemv, one row of C by a B whose columns lie in one run each. `false`, and nothing done, if the
/// operands lie in another way or there is no kernel for it.
pub(crate) fn gemv<T: Scalar>(
    kernels: &Kernels<T>,
    a: &Matrix<T>,
    b: &Matrix<T>,
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

/// ger, a column times a row: a product of depth one. `false`, and nothing done, if it is none, or
/// B's row does not lie in one run.
#[inline]
pub(crate) fn ger<T: Scalar>(
    kernels: &Kernels<T>,
    a: &Matrix<T>,
    b: &Matrix<T>,
    accumulate: bool,
    c: &Target<T>,
) -> bool {
    if a.cols != 1 || b.col_stride != 1 {
        return false;
    }
    let (m, n, a_row, c_row) = (c.rows(), c.cols(), a.row_stride, c.row_stride());
    let (a, b, c) = (a.ptr(0, 0), b.ptr(0, 0), c.ptr(0, 0));
    // SAFETY: A's column has m numbers within the slice of a `Matrix`, and B's row n, in one run, as
    // was asked; C's rows lie within what its `Target` alone may write to; tables of kernels are
    // given out only for the processor's instruction set.
    unsafe { (kernels.ger)(&Ger { a, a_row, b, c, c_row, m, n, accumulate }) };
    true
}
