//! Packing: copying a block of a matrix so that the micro-kernel reads it in one stream (chapter 1).
//!
//! A block of 256 × 16 of a large matrix lies in 256 places, each in a page of memory of its own.
//! Copied together it is 16 KiB in one run, which stays in the first-level cache while it is
//! multiplied with block after block of A. Both factors are packed by the same routine: a block
//! row by row. What differs is how it lies in the source. Rows that lie in one run are copied.
//! Columns that lie in one run (a transposed factor) are read a register at a time, eight at a
//! time, and turned over in registers.

use super::matrix::Matrix;
use super::shifted::Im2col;
use super::simd::{Simd, Square};
use super::tables::Kernels;
use crate::Scalar;
use std::ops::Range;

/// The right-hand factor: a matrix, or the columns of an image.
#[derive(Clone, Copy)]
pub(super) enum Source<'a, T> {
    Strided(Matrix<'a, T>),
    /// From this column on.
    Im2col(Im2col<'a, T>, usize),
}

/// Writes `rows` × `cols` numbers, p < rows and j < cols, row by row, the rows `width` apart:
/// `out[p·width + j] = from[p·stride + j]` if it copies, `= from[j·stride + p]` if it transposes.
///
/// If there are more columns than `width`, copying writes them in strips of that width, one behind
/// the other, each of `rows` rows.
///
/// # Safety
/// The processor has the instruction set; every element named is valid; no overlap.
pub(super) type Move<T> =
    unsafe fn(from: *const T, stride: usize, rows: usize, cols: usize, out: *mut T, width: usize);

// ANCHOR: pack
/// Copies the block of these rows and columns into strips of `width` columns, each of them row by
/// row, one behind the other. (The last may be narrower; what fills it up is used by nobody.)
pub(super) fn pack<T: Scalar>(
    from: &Source<T>,
    rows: Range<usize>,
    cols: Range<usize>,
    out: &mut [T],
    width: usize,
    kernels: &Kernels<T>,
) {
    let depth = rows.len();
    assert!(cols.len().div_ceil(width) * depth * width <= out.len());
    match from {
        Source::Strided(matrix) if matrix.col_stride == 1 => {
            let from = matrix.block(rows, cols);
            let (start, stride) = (from.data.as_ptr(), from.row_stride);
            // SAFETY: a `Matrix` lies within its slice, the assertion holds `out`, and the
            // instruction set is the current one.
            unsafe { (kernels.copy)(start, stride, depth, from.cols, out.as_mut_ptr(), width) }
        }
        _ => {
            for (j, out) in cols.clone().step_by(width).zip(out.chunks_mut(depth * width)) {
                pack_strip(from, rows.clone(), j..(j + width).min(cols.end), out, width, kernels);
            }
        }
    }
}
// ANCHOR_END: pack

/// One strip of a factor whose rows do not lie in one run each.
fn pack_strip<T: Scalar>(
    from: &Source<T>,
    rows: Range<usize>,
    cols: Range<usize>,
    out: &mut [T],
    width: usize,
    kernels: &Kernels<T>,
) {
    if cols.len() < width {
        out[..rows.len() * width].fill(T::ZERO);
    }
    let from = match from {
        Source::Strided(matrix) => matrix.block(rows, cols),
        Source::Im2col(shifted, first) => {
            return shifted.copy_block(rows, first + cols.start..first + cols.end, out, width);
        }
    };
    if from.row_stride == 1 {
        let (start, stride) = (from.data.as_ptr(), from.col_stride);
        // SAFETY: a `Matrix` lies within its slice, `pack` asserted that `out` is large enough,
        // and the instruction set is the current one.
        unsafe { (kernels.transpose)(start, stride, from.rows, from.cols, out.as_mut_ptr(), width) }
    } else {
        for (p, out) in out.chunks_mut(width).enumerate() {
            for (j, out) in out.iter_mut().enumerate().take(from.cols) {
                *out = from.data[p * from.row_stride + j * from.col_stride];
            }
        }
    }
}

/// So many rows before it copies them, [`copy`] asks for them.
const AHEAD: usize = 16;

/// The copying [`Move`]: for rows as short as a strip's a call of `memcpy` would cost more than the
/// copy.
///
/// # Safety
/// As [`Move`].
#[inline(always)]
pub(super) unsafe fn copy<V: Simd>(
    from: *const V::Elem,
    stride: usize,
    rows: usize,
    cols: usize,
    out: *mut V::Elem,
    width: usize,
) {
    // SAFETY: the caller's promise.
    unsafe {
        // Nearly every strip is two registers wide: then nothing is left to be counted.
        match width == 2 * V::LANES {
            true => copy_strips::<V>(from, stride, rows, cols, out, 2 * V::LANES),
            false => copy_strips::<V>(from, stride, rows, cols, out, width),
        }
    }
}

/// # Safety
/// As [`Move`].
#[inline(always)]
unsafe fn copy_strips<V: Simd>(
    from: *const V::Elem,
    stride: usize,
    rows: usize,
    cols: usize,
    out: *mut V::Elem,
    width: usize,
) {
    let whole = cols / width * width;
    // SAFETY: the caller's promise.
    unsafe {
        for p in 0..rows {
            let (from, mut out) = (from.add(p * stride), out.add(p * width));
            // Further down, or if the end is near what will be packed next: to the right.
            let ahead = if p + AHEAD < rows { AHEAD * stride } else { cols };
            for j in (0..whole).step_by(width) {
                V::prefetch(from.wrapping_add(j + ahead));
                copy_run::<V>(from.add(j), width, out);
                out = out.wrapping_add(rows * width);
            }
            if whole < cols {
                copy_run::<V>(from.add(whole), cols - whole, out);
            }
        }
    }
}

/// Copies numbers that lie in one run, and fills the last register up with zeros.
///
/// # Safety
/// As [`Move`].
#[inline(always)]
unsafe fn copy_run<V: Simd>(from: *const V::Elem, count: usize, out: *mut V::Elem) {
    let mut j = 0;
    // SAFETY: the caller's promise.
    unsafe {
        while j + V::LANES <= count {
            V::load(from.add(j)).store(out.add(j));
            j += V::LANES;
        }
        if j < count {
            V::load_masked(from.add(j), V::mask(count - j)).store(out.add(j));
        }
    }
}

/// The plain copying [`Move`].
///
/// # Safety
/// As [`Move`].
pub(super) unsafe fn copy_plain<T: Scalar>(
    from: *const T,
    stride: usize,
    rows: usize,
    cols: usize,
    out: *mut T,
    width: usize,
) {
    for first in (0..cols).step_by(width) {
        for p in 0..rows {
            // SAFETY: the caller's promise.
            unsafe {
                let (from, to) = (from.add(p * stride + first), out.add(first * rows + p * width));
                to.copy_from_nonoverlapping(from, width.min(cols - first));
            }
        }
    }
}

/// The plain transposing [`Move`].
///
/// # Safety
/// As [`Move`].
pub(super) unsafe fn transpose_plain<T: Scalar>(
    from: *const T,
    stride: usize,
    rows: usize,
    cols: usize,
    out: *mut T,
    width: usize,
) {
    for j in 0..cols {
        for p in 0..rows {
            // SAFETY: the caller's promise.
            unsafe { *out.add(p * width + j) = *from.add(j * stride + p) }
        }
    }
}

/// The transposing [`Move`] by squares of L × L, turned over in registers.
///
/// # Safety
/// As [`Move`].
#[inline(always)]
pub(super) unsafe fn transpose<V: Square<L>, const L: usize>(
    from: *const V::Elem,
    stride: usize,
    rows: usize,
    cols: usize,
    out: *mut V::Elem,
    width: usize,
) {
    if rows < L || cols < L {
        // SAFETY: the caller's promise.
        return unsafe { transpose_plain(from, stride, rows, cols, out, width) };
    }
    // The last squares reach back over what the ones before have done.
    for j in (0..cols).step_by(L).map(|j| j.min(cols - L)) {
        for p in (0..rows).step_by(L).map(|p| p.min(rows - L)) {
            // SAFETY: the caller's promise, for a part of the same block.
            unsafe {
                let square = V::square(from.add(j * stride + p), stride);
                for (i, register) in square.into_iter().enumerate() {
                    register.store(out.add((p + i) * width + j));
                }
            }
        }
    }
}
