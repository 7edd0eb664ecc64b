//! Products with a vector, or of two, where there is nothing to block (chapter 1).
//!
//! BLAS calls a matrix times a vector gemv; a few vectors are as good as one. Each number of the
//! matrix is used once or a few times, so the speed is that of memory, and all that matters is to
//! get by with few instructions.

use super::super::kernels::{Gemv, Ger, Kernels};
use super::super::operands::{Source, Target};
use super::super::pack::pack;
use super::super::scratch::with_scratch;
use super::super::view::Matrix;
use crate::Scalar;

/// With fewer terms than this, several rows are better served by a B that is transposed as a whole.
const FEW_TERMS: usize = 16;
/// So many columns of B make up for copying rows of A that do not lie in runs.
const MANY_COLS: usize = 64;

/// gemv, a few rows of C by a B whose columns lie in one run each. `false`, and nothing done, if
/// the operands lie in another way or there is no kernel for it.
pub(crate) fn gemv<T: Scalar>(
    kernels: &Kernels<T>,
    a: &Matrix<T>,
    b: &Matrix<T>,
    accumulate: bool,
    c: &Target<T>,
) -> bool {
    let in_runs = a.col_stride == 1 || b.cols >= MANY_COLS;
    let Some(gemv) = kernels.gemv(c.rows(), in_runs) else { return false };
    if b.row_stride != 1 || a.rows > 1 && a.cols < FEW_TERMS {
        return false;
    }
    let run = |a: &Matrix<T>| {
        let job = Gemv {
            k: b.rows,
            x: a.ptr(0, 0),
            x_row: a.row_stride,
            x_col: a.col_stride,
            rows: a.rows,
            b: b.ptr(0, 0),
            stride: b.col_stride,
            n: b.cols,
            c: c.ptr(0, 0),
            c_row: c.row_stride(),
            accumulate,
        };
        // SAFETY: A has as many rows as C and as many columns as B rows, and lies within the slice
        // of a `Matrix`, in runs if the kernel is for such; so do B's columns, in one run each, as
        // was asked. C's rows lie within what its `Target` alone may write to. Tables of kernels
        // are given out only for the processor's instruction set.
        unsafe { gemv(&job) };
    };
    if in_runs && a.col_stride != 1 {
        with_scratch(a.rows * a.cols, |packed: &mut [T]| {
            pack(kernels, Source::Matrix(*a), packed, a.cols);
            run(&Matrix::new(packed, a.rows, a.cols));
        });
    } else {
        run(a);
    }
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
    // SAFETY: A's column has m numbers within the slice of a `Matrix`, and B's row n, in one run,
    // as was asked; C's rows lie within what its `Target` alone may write to; tables of kernels are
    // given out only for the processor's instruction set.
    unsafe { (kernels.ger)(&Ger { a, a_row, b, c, c_row, m, n, accumulate }) };
    true
}
