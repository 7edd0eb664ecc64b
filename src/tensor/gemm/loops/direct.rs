//! Products for which no panels are packed (chapter 1).
//!
//! Of a small product the call can take longer than the work: sizes of blocks are chosen, scratch
//! is looked for, pieces are cut and counted. But where B's rows lie in runs and all of B is in the
//! first-level cache, or where it is read only once, packing gains nothing, and a few loops around
//! the micro-kernel are enough. A B that is as small, but whose columns lie in runs, is packed as a
//! whole.
//!
//! It is the way for short sums too. Then the time goes into writing C, which is written best as it
//! lies, a few rows at a time.

use super::super::cut::{Cut, pieces};
use super::super::kernels::Kernels;
use super::super::operands::{Source, Target};
use super::super::pack::pack;
use super::super::panel::MicroPanel;
use super::super::scratch::with_scratch;
use super::super::sizes::{direct_depth, is_direct};
use super::super::view::{Matrix, MatrixMut};
use super::macro_kernel::{micro_panel_loop, tile};
use super::vector::ger;
use crate::Scalar;

/// Rows that meet all of B before the next ones do: C is written in bands of this height.
const BAND: usize = 12;

/// What it takes to arrange for a product by the transpose, in registers of multiply-adds.
const ARRANGING: usize = 128;

/// Below this many multiply-adds a product is so soon over that it is not even asked whether it
/// could be done in a better way, if it can be done at once.
const TINY: usize = 1 << 15;

/// C ← A·B, or C ← C + A·B, for a small product that is not empty, unless another way is likely to
/// be better. `false`, and nothing done, then. What is asked takes no time, and the views are not
/// copied: a product of 4 × 4 would feel it.
#[inline(always)]
pub(crate) fn at_once<T: Scalar>(
    kernels: &Kernels<T>,
    a: &Matrix<T>,
    b: &Matrix<T>,
    accumulate: bool,
    c: &mut MatrixMut<T>,
) -> bool {
    let work = a.rows.saturating_mul(b.cols).saturating_mul(a.cols);
    if work == 0 || work >= TINY {
        return false;
    }
    // Otherwise the transpose has nothing to transpose, or a few rows meet columns in runs.
    let lies_well = b.col_stride == 1 || a.row_stride != 1 && a.rows > 1;
    lies_well && (one_tile(kernels, a, b, accumulate, c) || tiny(kernels, a, b, accumulate, c))
}

/// A product that is one tile. `false`, and nothing done, if it is none.
#[inline(always)]
fn one_tile<T: Scalar>(
    kernels: &Kernels<T>,
    a: &Matrix<T>,
    b: &Matrix<T>,
    accumulate: bool,
    c: &mut MatrixMut<T>,
) -> bool {
    let (rows, vectors) = (a.rows, kernels.vectors(b.cols));
    if b.col_stride != 1 || vectors > kernels.nr(rows) || rows > kernels.mr(vectors) {
        return false;
    }
    // It might be fewer registers by the transpose, which takes some time to arrange.
    if (rows * vectors).saturating_sub(b.cols * kernels.vectors(rows)) * a.cols > ARRANGING {
        return false;
    }
    let all =
        MicroPanel { data: b.ptr(0, 0), row_stride: b.row_stride, first: 0, cols: b.cols, vectors };
    let c = Target::new(c);
    tile(kernels, a, 0..rows, &all, accumulate, &c);
    true
}

/// [`ger`] or [`direct`], unless the transpose has fewer registers of C. Of a product of depth one
/// it is taken only where C is a column: then it is a row, with nothing to transpose.
#[inline(never)] // It wants room for much that a single tile does not need.
fn tiny<T: Scalar>(
    kernels: &Kernels<T>,
    a: &Matrix<T>,
    b: &Matrix<T>,
    accumulate: bool,
    c: &mut MatrixMut<T>,
) -> bool {
    let (m, n) = (a.rows, b.cols);
    let c = &Target::new(c);
    let as_it_stands = m * kernels.vectors(n) <= n * kernels.vectors(m);
    if n == 1 && !as_it_stands {
        return false;
    }
    ger(kernels, a, b, accumulate, c) || as_it_stands && direct(kernels, a, b, accumulate, c)
}

/// C ← A·B, or C ← C + A·B, by nothing but tiles. `false`, and nothing done, where it pays to cut
/// and to pack.
#[inline(always)]
pub(crate) fn direct<T: Scalar>(
    kernels: &Kernels<T>,
    a: &Matrix<T>,
    b: &Matrix<T>,
    accumulate: bool,
    c: &Target<T>,
) -> bool {
    if !is_direct(kernels, a, b) {
        return false;
    }
    if b.col_stride == 1 {
        multiply_tiles(kernels, a, b, accumulate, c);
    } else {
        let width = kernels.vectors(b.cols) * kernels.lanes;
        with_scratch(b.rows * width, |packed: &mut [T]| {
            pack(kernels, Source::Matrix(*b), packed, width);
            let b = &Matrix::strided(packed, b.rows, b.cols, width, 1);
            multiply_tiles(kernels, a, b, accumulate, c);
        });
    }
    true
}

/// C ← A·B, or C ← C + A·B, for a B whose rows lie in one run each.
#[inline]
fn multiply_tiles<T: Scalar>(
    kernels: &Kernels<T>,
    a: &Matrix<T>,
    b: &Matrix<T>,
    accumulate: bool,
    c: &Target<T>,
) {
    let cut = Cut::at_most(kernels.vectors(b.cols), kernels.nr(a.rows));
    for depth in pieces(b.rows, direct_depth(b)) {
        let (a, accumulate) = (&a.block(0..a.rows, depth.clone()), accumulate || depth.start > 0);
        for rows in pieces(a.rows, BAND) {
            for s in 0..cut.count {
                let (register, vectors) = cut.get(s);
                let first = register * kernels.lanes;
                let cols = (vectors * kernels.lanes).min(b.cols - first);
                let data = b.ptr(depth.start, first);
                let micro_panel =
                    MicroPanel { data, row_stride: b.row_stride, first, cols, vectors };
                micro_panel_loop(kernels, a, rows.clone(), &micro_panel, accumulate, c);
            }
        }
    }
}
