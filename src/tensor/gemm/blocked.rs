//! The loops around the micro-kernel: one thread's share of a product (chapter 1).
//!
//! ```text
//! for each run of columns jc             B's block is packed: read over and over in one stream
//!   for each run of depth pc             all sums stop here, and go on in the next round
//!     for each run of rows ic            A's block: a few rows, as deep as the first cache allows
//!       for each strip j of columns      one or two registers' width, packed the first time round
//!         for each tile i of rows        micro-kernel: C's tile += A's rows · B's strip
//! ```
//!
//! Which factor rests in the first-level cache? With many rows it is A's block: B's strips, packed
//! one behind the other, stream past it, and the processor sees what comes next and fetches it.
//! With few rows all of A is one block, and each strip of B rests while the rows pass.
//!
//! A tile of C leaves the registers only once for each run of depth. It comes back to go on with
//! the same sum: cutting the depth changes nothing in any result.

use super::dots::outer;
use super::kernel::Tile;
use super::matrix::Matrix;
use super::pack::{Source, pack};
use super::scratch::with_scratch;
use super::sizes::{Cut, GROUP, PADDING, Sizes};
use super::tables::Kernels;
use crate::Scalar;
use std::ops::Range;

/// Where one thread's share of C lies: row-major.
#[derive(Clone, Copy)]
pub(super) struct Target<T> {
    pub data: *mut T,
    pub row: usize,
    pub rows: usize,
    pub cols: usize,
}

// ANCHOR: blocked
/// C ← A·B, or C ← C + A·B, on the caller's thread.
///
/// # Safety
/// `kernels` are for an instruction set that the processor has. C is valid and nobody else uses
/// it; its size is A's rows by B's columns.
pub(super) unsafe fn blocked<T: Scalar>(
    kernels: &Kernels<T>,
    a: Matrix<T>,
    b: Source<T>,
    accumulate: bool,
    c: Target<T>,
) {
    if let Source::Strided(b) = b {
        let down = a.col_stride == 1 && b.row_stride == 1 && b.rows.min(b.cols) >= kernels.square;
        match kernels.dots {
            Some(dots) if c.rows == 1 && down => {
                let (x, from, stride) = (a.data.as_ptr(), b.data.as_ptr(), b.col_stride);
                // SAFETY: A's one row, B and C, which are large enough.
                return unsafe { dots(b.rows, x, from, stride, c.cols, c.data, accumulate) };
            }
            // SAFETY: the caller's promise.
            _ if b.rows == 1 && b.col_stride == 1 => return unsafe { outer(a, b, accumulate, c) },
            _ => {}
        }
    }
    let sizes = Sizes::choose(kernels, &a, &b, c.cols);
    let lanes = kernels.lanes;
    with_scratch(sizes.scratch_a + sizes.scratch_b, |scratch: &mut [T]| {
        let (packed_a, packed_b) = scratch.split_at_mut(sizes.scratch_a);
        for jc in (0..c.cols).step_by(sizes.width) {
            let width = sizes.width.min(c.cols - jc);
            let strips = sizes.strips(width.div_ceil(lanes));
            for pc in (0..a.cols).step_by(sizes.depth) {
                let depth = sizes.depth.min(a.cols - pc);
                for ic in (0..a.rows).step_by(sizes.height) {
                    let height = sizes.height.min(a.rows - ic);
                    let mut block = a.block(ic..ic + height, pc..pc + depth);
                    if sizes.scratch_a > 0 {
                        let row = depth + PADDING;
                        pack(&Source::Strided(block), 0..height, 0..depth, packed_a, row, kernels);
                        block = Matrix::strided(packed_a, height, depth, row, 1);
                    }
                    let tiles = [0, 1].map(|i| {
                        let vectors = (strips.size + i).min(kernels.tallest.len() - 1);
                        Cut::at_most(height, kernels.tallest[vectors])
                    });
                    for s in 0..strips.count {
                        let (first, vectors) = strips.get(s);
                        let j = first * lanes;
                        let cols = (vectors * lanes).min(width - j);
                        let (b_from, b_row) = match sizes.direct(&b) {
                            Some(b) => {
                                (b.data[pc * b.row_stride + jc + j..].as_ptr(), b.row_stride)
                            }
                            None => {
                                let begins = s - s % GROUP;
                                let kept =
                                    if sizes.keep { 0 } else { strips.get(begins).0 * lanes };
                                if ic == 0 && s == begins {
                                    let group = s..(s + GROUP).min(strips.count);
                                    let cols = jc..jc + width;
                                    let to = &mut packed_b[(j - kept) * depth..];
                                    pack_group(
                                        &b,
                                        pc..pc + depth,
                                        cols,
                                        strips,
                                        group,
                                        to,
                                        kernels,
                                    );
                                }
                                (packed_b[(j - kept) * depth..].as_ptr(), vectors * lanes)
                            }
                        };
                        let tiles = tiles[vectors - strips.size];
                        for t in 0..tiles.count {
                            let (i, rows) = tiles.get(t);
                            let tile = Tile {
                                k: depth,
                                // SAFETY: row i is one of the block's.
                                a: unsafe { block.data.as_ptr().add(i * block.row_stride) },
                                a_row: block.row_stride,
                                a_col: block.col_stride,
                                b: b_from,
                                b_row,
                                // SAFETY: row ic + i and column jc + j are C's.
                                c: unsafe { c.data.add((ic + i) * c.row + jc + j) },
                                c_row: c.row,
                                rows,
                                cols,
                                accumulate: accumulate || pc > 0,
                            };
                            // SAFETY: the tile lies within the blocks, which are A's, B's and C's;
                            // `tiles` keeps to the height of this kernel.
                            unsafe { kernels.run(vectors, &tile) };
                        }
                    }
                }
            }
        }
    });
}
// ANCHOR_END: blocked

/// Packs the strips of `group` one behind the other; those of the same width at one go.
fn pack_group<T: Scalar>(
    b: &Source<T>,
    rows: Range<usize>,
    cols: Range<usize>,
    strips: Cut,
    group: Range<usize>,
    out: &mut [T],
    kernels: &Kernels<T>,
) {
    let begins = strips.get(group.start).0;
    for wide in [true, false] {
        let mut alike = group.clone().filter(|&s| (strips.get(s).1 > strips.size) == wide);
        let Some(start) = alike.next() else { continue };
        let (first, vectors) = strips.get(start);
        let end = first + vectors * (1 + alike.count());
        let (first, end) = (first * kernels.lanes, end * kernels.lanes);
        let out = &mut out[(first - begins * kernels.lanes) * rows.len()..];
        let cols = cols.start + first..(cols.start + end).min(cols.end);
        pack(b, rows.clone(), cols, out, vectors * kernels.lanes, kernels);
    }
}
