//! How a block of C is computed: as it stands or as its transpose, and by which loops (chapter 1).

use super::super::kernels::{GEMV_ROWS, Kernels, Move};
use super::super::operands::{Source, Target};
use super::super::scratch::with_scratch;
use super::super::sizes::PACKED_ROWS;
use super::super::view::{Matrix, MatrixMut};
use super::blocked::blocked;
use super::direct::direct;
use super::vector::{gemv, ger};
use crate::Scalar;

/// C ← A·B, or C ← C + A·B.
pub(crate) fn multiply<T: Scalar>(
    kernels: &Kernels<T>,
    a: Matrix<T>,
    b: Source<T>,
    accumulate: bool,
    c: Target<T>,
) {
    if let Source::Matrix(b) = &b
        && (ger(kernels, &a, b, accumulate, &c)
            || gemv(kernels, &a, b, accumulate, &c)
            || direct(kernels, &a, b, accumulate, &c))
    {
        return;
    }
    blocked(kernels, a, b, accumulate, c);
}

/// Whether Cᵀ = BᵀAᵀ costs less than C = AB. The cost is counted in vector operations. For each step
/// of depth it is one for each register of C, where the last of a row costs as much as a full one,
/// and one for each number of a factor that must be transposed (which an A of few rows need not be);
/// half of one for a B that goes through [`gemv`], which does it in registers. And it is one for
/// each number of C, once, if that must be transposed.
pub(crate) fn transposing_is_cheaper<T: Scalar>(
    kernels: &Kernels<T>,
    a: Matrix<T>,
    b: Matrix<T>,
    c: &Target<T>,
) -> bool {
    let (m, n, k) = (c.rows(), c.cols(), a.cols);
    let cost = |[m, n]: [usize; 2], [a_in_runs, b_in_runs]: [bool; 2]| {
        let a = if a_in_runs || m < PACKED_ROWS { 0 } else { m };
        let b = match b_in_runs {
            true => 0,
            false if m <= GEMV_ROWS => n / 2,
            false => n,
        };
        m * kernels.vectors(n) + a + b
    };
    let as_it_stands = cost([m, n], [a.col_stride == 1, b.col_stride == 1]);
    let transposed = cost([n, m], [b.row_stride == 1, a.row_stride == 1]);
    let c = if n > 1 || c.row_stride() > 1 { m * n } else { 0 };
    transposed.saturating_mul(k).saturating_add(c) < as_it_stands.saturating_mul(k)
}

/// C ← A·B, or C ← C + A·B, by way of Cᵀ = BᵀAᵀ: into C itself if it is one column without gaps;
/// else, some rows of C at a time, into scratch, and from there, transposed, into C.
pub(crate) fn multiply_transposed<T: Scalar>(
    kernels: &Kernels<T>,
    a: Matrix<T>,
    b: Matrix<T>,
    accumulate: bool,
    mut c: Target<T>,
) {
    let (m, n, k) = (c.rows(), c.cols(), a.cols);
    if let Some(row) = c.column_as_row() {
        return multiply(kernels, b.t(), Source::Matrix(a.t()), accumulate, row);
    }
    let most = ((64 << 10) / n).max(256);
    for i in (0..m).step_by(most) {
        let rows = most.min(m - i);
        with_scratch(rows * n, |scratch: &mut [T]| {
            let (c_rows, c_stride, transposed) =
                (c.ptr(i, 0), c.row_stride(), scratch.as_mut_ptr());
            if accumulate {
                let (from, stride, out, width) = (c_rows, c_stride, transposed, rows);
                // SAFETY: these are `rows` rows of C, n long, which this `Target` alone may use,
                // and scratch for as many numbers; the kernel reads C's rows as the columns of what
                // it writes.
                unsafe {
                    (kernels.transpose)(&Move { from, stride, rows: n, cols: rows, out, width })
                };
            }
            let a = Source::Matrix(a.block(i..i + rows, 0..k).t());
            let to = &mut MatrixMut::new(scratch, n, rows);
            multiply(kernels, b.t(), a, accumulate, Target::new(to));
            let (from, stride, out, width) = (scratch.as_ptr(), rows, c_rows, c_stride);
            // SAFETY: scratch holds n rows of `rows` numbers, which the kernel reads as columns;
            // and it writes the same `rows` rows of C.
            unsafe { (kernels.transpose)(&Move { from, stride, rows, cols: n, out, width }) };
        });
    }
}
