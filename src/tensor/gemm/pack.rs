//! Packing: a block of a matrix copied so that the micro-kernel reads it in one stream (chapter 1).
//!
//! A block of 256 × 16 of a large matrix lies in 256 places, each in a page of memory of its own.
//! Copied together it is 16 KiB in one run, which stays in the first-level cache while it is
//! multiplied with block after block of A. Both factors are packed by the same routine: a block
//! row by row. What differs is how it lies in the source. Rows that lie in one run are copied.
//! Columns that lie in one run (a transposed factor) are read a register at a time, eight at a
//! time, and transposed in registers.

use super::im2col::Im2col;
use super::kernels::{Kernels, Move};
use super::operands::Source;
use super::view::Matrix;
use crate::Scalar;
use crate::tensor::isa::vectorize;
use std::ops::Range;

/// Copies a block into micro-panels of `width` columns, each of them row by row, one behind the
/// other. (The last may be narrower; what fills it up is used by nobody.)
pub(super) fn pack<T: Scalar>(kernels: &Kernels<T>, from: Source<T>, out: &mut [T], width: usize) {
    let (rows, cols) = (from.rows(), from.cols());
    assert!(cols.div_ceil(width) * rows * width <= out.len());
    if let Source::Matrix(matrix) = from
        && matrix.col_stride == 1
    {
        let (from, stride, out) = (matrix.ptr(0, 0), matrix.row_stride, out.as_mut_ptr());
        // SAFETY: a `Matrix` lies within its slice; `out` has room for whole micro-panels
        // (asserted above), and no other slice overlaps one that is borrowed to write to.
        return unsafe { (kernels.copy)(&Move { from, stride, rows, cols, out, width }) };
    }
    for (j, out) in (0..cols).step_by(width).zip(out.chunks_mut(rows * width)) {
        let cols = j..(j + width).min(cols);
        match from {
            Source::Matrix(matrix) => {
                pack_columns(kernels, matrix.block(0..rows, cols), out, width);
            }
            Source::Im2col { image, first, .. } => {
                pack_im2col(image, first + cols.start..first + cols.end, out, width);
            }
        }
    }
}

/// One micro-panel of a matrix whose rows do not lie in one run each.
fn pack_columns<T: Scalar>(kernels: &Kernels<T>, from: Matrix<T>, out: &mut [T], width: usize) {
    let Matrix { rows, cols, row_stride, col_stride, .. } = from;
    assert!(cols <= width && rows * width <= out.len());
    if row_stride == 1 {
        let (from, stride, out) = (from.ptr(0, 0), col_stride, out.as_mut_ptr());
        // SAFETY: a `Matrix` lies within its slice; `out` has room (asserted above), and no other
        // slice overlaps one that is borrowed to write to.
        unsafe { (kernels.transpose)(&Move { from, stride, rows, cols, out, width }) }
    } else {
        for (p, out) in out.chunks_mut(width).enumerate().take(rows) {
            for (j, out) in out.iter_mut().enumerate().take(cols) {
                *out = from.data[p * row_stride + j * col_stride];
            }
        }
    }
}

/// One micro-panel of an im2col matrix, straight from the image: element (p, j) goes to
/// `out[p·width + (j − cols.start)]`. Whatever else `out` holds stays.
fn pack_im2col<T: Scalar>(from: Im2col<T>, cols: Range<usize>, out: &mut [T], width: usize) {
    let [_, across] = from.places;
    // Eight neighbours at a time, and what is left one by one: the column, and how far behind
    // the row's beginning it lies.
    let (mut eights, mut ones) = (Vec::with_capacity(8), Vec::with_capacity(8));
    let mut col = cols.start;
    while col < cols.end {
        let run = (across - col % across).min(cols.end - col);
        let (list, step) =
            if run >= 8 && from.stride == 1 { (&mut eights, 8) } else { (&mut ones, 1) };
        list.push((col - cols.start, from.place(col)));
        col += step;
    }
    assert!(cols.end <= from.cols());
    assert!(cols.len() <= width && from.rows() * width <= out.len());
    vectorize(
        #[inline(always)]
        || {
            for (&offset, out) in from.offsets.iter().zip(out.chunks_exact_mut(width)) {
                let (from, to) = (from.data[offset..].as_ptr(), out.as_mut_ptr());
                // Without checks a convolution is a tenth faster.
                for &(col, place) in &eights {
                    // SAFETY: eight columns of the block from `col` on, so within the row of
                    // `out`; neighbours in `from`, where all elements are (`Im2col::new`).
                    unsafe { *to.add(col).cast() = *from.add(place).cast::<[T; 8]>() }
                }
                for &(col, place) in &ones {
                    // SAFETY: column `col` of the block, so within the row of `out`; and an element
                    // in `from`.
                    unsafe { *to.add(col) = *from.add(place) }
                }
            }
        },
    );
}
