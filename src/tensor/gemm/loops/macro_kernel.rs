//! The macro-kernel: a block of A times a panel of B, tile by tile (chapter 1).

use super::super::cut::Cut;
use super::super::kernels::{Kernels, Tile};
use super::super::operands::Target;
use super::super::panel::{MicroPanel, Panel};
use super::super::view::Matrix;
use crate::Scalar;
use std::ops::Range;

/// C ← A·B, or C ← C + A·B, for A's block, mc × kc, B's panel, kc × nc, and their block of C.
#[inline(always)] // A call would pass the views by way of memory, once for each block.
pub(crate) fn macro_kernel<T: Scalar>(
    kernels: &Kernels<T>,
    a: Matrix<T>,
    b: &mut Panel<T>,
    accumulate: bool,
    c: &Target<T>,
) {
    // LOOP 2: through the micro-panels of B, nr columns each. Where A has few rows, one rests in
    // the first-level cache during LOOP 1.
    for s in 0..b.count() {
        let micro_panel = b.get(kernels, s);
        micro_panel_loop(kernels, &a, 0..a.rows, &micro_panel, accumulate, c);
    }
}

/// C ← A·B, or C ← C + A·B, for these rows of A and C, and a micro-panel of B.
#[inline(always)]
pub(super) fn micro_panel_loop<T: Scalar>(
    kernels: &Kernels<T>,
    a: &Matrix<T>,
    rows: Range<usize>,
    b: &MicroPanel<T>,
    accumulate: bool,
    c: &Target<T>,
) {
    // LOOP 1: through A's rows, mr at a time, with the micro-panel of B. The last micro-panels may
    // be narrower than the first: then there are registers for taller tiles.
    let tiles = Cut::at_most(rows.len(), kernels.mr(b.vectors));
    for t in 0..tiles.count {
        let (i, height) = tiles.get(t);
        let i = rows.start + i;
        tile(kernels, a, i..i + height, b, accumulate, c);
    }
}

/// One tile: these rows of A and C, as many as a tile may have, and a micro-panel of B.
#[inline(always)]
pub(super) fn tile<T: Scalar>(
    kernels: &Kernels<T>,
    a: &Matrix<T>,
    rows: Range<usize>,
    b: &MicroPanel<T>,
    accumulate: bool,
    c: &Target<T>,
) {
    debug_assert!(rows.end <= a.rows && rows.end <= c.rows() && b.first + b.cols <= c.cols());
    let tile = Tile {
        k: a.cols,
        a: a.ptr(rows.start, 0),
        a_row: a.row_stride,
        a_col: a.col_stride,
        b: b.data,
        b_row: b.row_stride,
        c: c.ptr(rows.start, b.first),
        c_row: c.row_stride(),
        rows: rows.len(),
        cols: b.cols,
        accumulate,
    };
    // SAFETY: these are rows of A and of C, and a micro-panel is columns of B and of C, in the
    // fewest registers that hold them; B has as many rows as A has columns. A `Matrix` and a
    // `Panel` lie within slices, and C within what its `Target` alone may write to.
    unsafe { kernels.multiply(b.vectors, &tile) };
}
