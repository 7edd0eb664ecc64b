//! Products with the im2col matrix of an image, which is read where the image lies (chapter 6).
//!
//! Packing such a factor copies each pixel once for every element of the window. With few rows or
//! columns in the other factor that takes longer than the product itself. But a micro-kernel
//! needs no more than registers full of neighbours, as a right-hand factor, or single numbers one
//! after the other, as a left-hand one; and both are in the image.

use super::super::cut::{Cut, pieces};
use super::super::im2col::Im2col;
use super::super::kernels::{
    Kernels, LeftTile, MAX_IM2COL_ROWS, MAX_IM2COL_VECTORS, RightTile, WHOLE_TILE,
};
use super::super::operands::{Source, Target};
use super::super::pack::pack;
use super::super::scratch::with_scratch;
use super::super::view::Matrix;
use crate::Scalar;
use std::ops::Range;

/// How deep a block is at most: so many places of an im2col matrix on the left, so many rows of one
/// on the right. (But the depth on the right is not cut where registers overlap: a place computed
/// twice must not be added to C twice.)
const KC: usize = 256;

/// Whether reading B in place costs less than packing it, for an A of m rows. A row of places is
/// read in whole registers. If they do not come out even, the last one begins early and overlaps
/// the one before: some places are computed twice, which takes time, and must not be where C is
/// added to. Packing costs about as much as the product with `PACKING` rows of A.
pub(crate) fn in_place_is_cheaper<T: Scalar>(
    kernels: &Kernels<T>,
    m: usize,
    b: &Im2col<T>,
    accumulate: bool,
) -> bool {
    const PACKING: usize = 6;
    let [_, across] = b.places;
    let twice = across.next_multiple_of(kernels.lanes) - across;
    b.stride == 1
        && across >= kernels.lanes
        && m * twice <= PACKING * across
        && !(accumulate && twice > 0)
}

/// C ← A·B, or C ← C + A·B, for these columns of B, which are whole rows of places: for a B of
/// which [`in_place_is_cheaper`] says so.
pub(crate) fn multiply_im2col_right<T: Scalar>(
    kernels: &Kernels<T>,
    a: Matrix<T>,
    b: Im2col<T>,
    cols: Range<usize>,
    accumulate: bool,
    c: &Target<T>,
) {
    let b = b.rows_of_places(cols);
    let ([down, across], lanes) = (b.places, kernels.lanes);
    assert!(b.stride == 1 && across >= lanes && c.cols() == down * across);
    // A register holds a run of neighbours in a row of places: so many cover the row.
    let runs = across.div_ceil(lanes);
    assert!(!accumulate || across.is_multiple_of(lanes));
    let registers = Cut::at_most(down * runs, kernels.nr_im2col());
    let deepest = if across.is_multiple_of(lanes) { KC } else { a.cols };
    for depth in pieces(a.cols, deepest) {
        for s in 0..registers.count {
            let (first, vectors) = registers.get(s);
            let mut from = [b.data.as_ptr(); MAX_IM2COL_VECTORS];
            let mut to = [c.ptr(0, 0); MAX_IM2COL_VECTORS];
            for v in 0..vectors {
                let (i, run) = ((first + v) / runs, (first + v) % runs);
                let j = (run * lanes).min(across - lanes);
                from[v] = from[v].wrapping_add(i * b.step + j);
                to[v] = c.ptr(0, i * across + j);
            }
            let tiles = Cut::at_most(c.rows(), kernels.mr_im2col(vectors));
            for t in 0..tiles.count {
                let (i, rows) = tiles.get(t);
                let tile = RightTile {
                    a: a.ptr(i, depth.start),
                    a_row: a.row_stride,
                    a_col: a.col_stride,
                    b: from,
                    offsets: &b.offsets[depth.clone()],
                    c: to.map(|run| run.wrapping_add(i * c.row_stride())),
                    c_row: c.row_stride(),
                    accumulate: accumulate || depth.start > 0,
                };
                // SAFETY: `tiles` cuts the rows of A and C. Register v is `lanes` neighbours of row
                // of places i from j on, j + lanes ≤ across: columns of B, all of whose elements
                // lie in the image (`Im2col::new`), and of C, which its `Target` alone may write
                // to. Tables of kernels are given out only for the processor's instruction set.
                unsafe { kernels.im2col_right[rows][vectors](&tile) };
            }
        }
    }
}

/// C ← A·B, or C ← C + A·B, in chains of at most `chain` places.
pub(crate) fn multiply_im2col_left<T: Scalar>(
    kernels: &Kernels<T>,
    a: Im2col<T>,
    b: Matrix<T>,
    chain: usize,
    accumulate: bool,
    c: &Target<T>,
) {
    let ([down, across], lanes) = (a.places, kernels.lanes);
    assert!(c.rows() == a.rows() && c.cols() == b.cols && b.rows == down * across);
    // A chain is some whole rows of places or, where a row is longer than a chain, part of a row.
    let (chain, long) = ((chain / across).max(1), across.min(chain));
    let high = (KC / (chain * across)).max(1) * chain;
    let high = if across > long { 1 } else { high.min(down) };
    let blocks = pieces(down, high).flat_map(|i| pieces(across, long).map(move |j| (i.clone(), j)));
    let micro_panels = Cut::at_most(c.cols().div_ceil(lanes), kernels.nr_im2col());
    with_scratch(high * long * kernels.nr_im2col() * lanes, |packed: &mut [T]| {
        for (i, j) in blocks {
            let depth = i.start * across + j.start..(i.end - 1) * across + j.end;
            for s in 0..micro_panels.count {
                let (register, vectors) = micro_panels.get(s);
                let (first, width) = (register * lanes, vectors * lanes);
                let cols = first..(first + width).min(c.cols());
                let block = Source::Matrix(b.block(depth.clone(), cols.clone()));
                pack(kernels, block, packed, width);
                let tiles = Cut::at_most(c.rows(), kernels.mr_im2col(vectors));
                for t in 0..tiles.count {
                    let (row, rows) = tiles.get(t);
                    let mut from = [a.data.as_ptr(); MAX_IM2COL_ROWS];
                    for (from, offset) in from.iter_mut().zip(&a.offsets[row..row + rows]) {
                        *from = from.wrapping_add(offset + i.start * a.step + j.start * a.stride);
                    }
                    let tile = LeftTile {
                        a: from,
                        places: [i.len(), j.len()],
                        chain,
                        a_step: a.step,
                        a_stride: a.stride,
                        b: packed.as_ptr(),
                        c: c.ptr(row, first),
                        c_row: c.row_stride(),
                        accumulate: accumulate || depth.start > 0,
                    };
                    // SAFETY: `tiles` cuts the rows of A and C. Places i by j of A lie in the image
                    // (`Im2col::new`), B's rows for them in `packed`, and the columns `cols` of C
                    // in what its `Target` alone may write to. Tables of kernels are given out
                    // only for the processor's instruction set.
                    unsafe { multiply_left_tile(kernels, tile, rows, vectors, cols.len()) };
                }
            }
        }
    });
}

/// Computes one tile, of which C has only the first `cols` columns. If its registers hold more (a
/// remainder tile), it is computed whole in memory of its own, and C's columns are copied.
///
/// # Safety
/// - What [`LeftTile`] says about its fields holds, but that C has only `cols` columns.
/// - The tile has so many rows, and `vectors` registers are the fewest that hold `cols`.
unsafe fn multiply_left_tile<T: Scalar>(
    kernels: &Kernels<T>,
    mut tile: LeftTile<T>,
    rows: usize,
    vectors: usize,
    cols: usize,
) {
    let width = vectors * kernels.lanes;
    debug_assert!(0 < cols && cols <= width && rows <= kernels.mr_im2col(vectors));
    if cols == width {
        // SAFETY: C has as many columns as the registers hold; all else that `LeftTile` and the
        // table ask for is in this function's own contract.
        return unsafe { kernels.im2col_left[rows][vectors](&tile) };
    }
    let mut whole = [T::ZERO; WHOLE_TILE];
    let whole = &mut whole[..rows * width];
    let (c, c_row) = (tile.c, tile.c_row);
    (tile.c, tile.c_row) = (whole.as_mut_ptr(), width);
    if tile.accumulate {
        for (r, row) in whole.chunks_exact_mut(width).enumerate() {
            // SAFETY: row r of the tile is `cols` numbers of C, valid as `LeftTile` says, and
            // nobody else uses them meanwhile.
            let from = unsafe { std::slice::from_raw_parts(c.add(r * c_row), cols) };
            row[..cols].copy_from_slice(from);
        }
    }
    // SAFETY: `whole` stands in for C and has as many columns as the registers hold; all else is in
    // this function's own contract.
    unsafe { kernels.im2col_left[rows][vectors](&tile) };
    for (r, row) in whole.chunks_exact(width).enumerate() {
        // SAFETY: row r of the tile is `cols` numbers of C, which `LeftTile` says may be written
        // to.
        let to = unsafe { std::slice::from_raw_parts_mut(c.add(r * c_row), cols) };
        to.copy_from_slice(&row[..cols]);
    }
}
