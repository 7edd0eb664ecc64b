//! C is cut into blocks, one or more for each thread (chapter 1).

use super::im2col::Im2col;
use super::kernels::Kernels;
use super::loops;
use super::operands::{Source, Target};
use super::view::Matrix;
use crate::Scalar;
use crate::tensor::threads;
use std::ops::Range;

// ANCHOR: split
/// Below this many multiply-adds a product stays on the caller's thread: it is done in less time
/// than it takes to hand half of it over and wait.
const SMALL: usize = 1 << 19;
/// Multiply-adds in a block of C, where a product has plenty: then there are more blocks than
/// threads, up to four for each, and a thread that is held up leaves some to the others.
const AMPLE: usize = 1 << 23;
/// Numbers of C in such a block, at least.
const LARGE: usize = 1 << 15;

/// C ← A·B, or C ← C + A·B: cuts C into blocks and hands them out to the threads. A block is
/// computed as it stands or as its transpose, whichever is cheaper.
pub(super) fn split<T: Scalar>(
    kernels: &Kernels<T>,
    a: Matrix<T>,
    b: Source<T>,
    accumulate: bool,
    c: Target<T>,
) {
    let (m, n, k) = (c.rows(), c.cols(), a.cols);
    let work = m.saturating_mul(n).saturating_mul(k);
    let how = How::choose(kernels, a, &b, accumulate, &c);
    let run = |rows: Range<usize>, cols: Range<usize>, c: Target<T>| {
        let a = a.block(rows, 0..k);
        match how {
            How::AsItStands => {
                loops::multiply(kernels, a, b.block(0..k, cols), accumulate, c);
            }
            How::Transposed(b) => {
                loops::multiply_transposed(kernels, a, b.block(0..k, cols), accumulate, c);
            }
            // An im2col matrix, in chapter 6.
            How::InPlace(b) => {
                loops::multiply_im2col_right(kernels, a, b, cols, accumulate, &c);
            }
        }
    };
    if work < SMALL || threads::current() == 1 {
        return run(0..m, 0..n, c);
    }
    let most = 4 * threads::current();
    let pieces = (work / AMPLE).min(m * n / LARGE).clamp(threads::pieces(work, SMALL / 2), most);
    let (row_blocks, col_blocks) = grid(m, n, pieces);
    let height = m.div_ceil(row_blocks).next_multiple_of(12);
    let unit = match how {
        How::InPlace(b) => b.places[1],
        _ => 4 * kernels.lanes,
    };
    let width = n.div_ceil(col_blocks).next_multiple_of(unit);
    let (row_blocks, col_blocks) = (m.div_ceil(height), n.div_ceil(width));
    threads::parallel(row_blocks * col_blocks, |task| {
        let (i, j) = (task / col_blocks * height, task % col_blocks * width);
        let (rows, cols) = (i..(i + height).min(m), j..(j + width).min(n));
        // SAFETY: `parallel` runs each task once, and no two tasks' blocks share an element.
        let block = unsafe { c.block(rows.clone(), cols.clone()) };
        run(rows, cols, block);
    });
}
// ANCHOR_END: split

/// How blocks of C are computed.
#[derive(Clone, Copy)]
enum How<'a, T> {
    /// As A·B.
    AsItStands,
    /// As the transpose of BᵀAᵀ, with this B.
    Transposed(Matrix<'a, T>),
    /// With this im2col matrix for B, read in place.
    InPlace(Im2col<'a, T>),
}

impl<'a, T: Scalar> How<'a, T> {
    /// The cheapest way.
    fn choose(
        kernels: &Kernels<T>,
        a: Matrix<T>,
        b: &Source<'a, T>,
        accumulate: bool,
        c: &Target<T>,
    ) -> Self {
        match *b {
            Source::Matrix(b) if loops::transposing_is_cheaper(kernels, a, b, c) => {
                How::Transposed(b)
            }
            Source::Im2col { image, .. }
                if loops::in_place_is_cheaper(kernels, c.rows(), &image, accumulate) =>
            {
                How::InPlace(image)
            }
            _ => How::AsItStands,
        }
    }
}

/// As [`split`], with an im2col matrix for A, which is read in place, and sums in chains of at most
/// `chain` places.
pub(super) fn split_im2col<T: Scalar>(
    kernels: &Kernels<T>,
    a: Im2col<T>,
    b: Matrix<T>,
    chain: usize,
    accumulate: bool,
    c: Target<T>,
) {
    let work = c.rows().saturating_mul(c.cols()).saturating_mul(b.rows);
    let pieces = threads::pieces(work, SMALL / 2);
    let height = c.rows().div_ceil(pieces).next_multiple_of(12);
    threads::parallel(a.rows().div_ceil(height), |task| {
        let rows = task * height..((task + 1) * height).min(a.rows());
        let a = Im2col { offsets: &a.offsets[rows.clone()], ..a };
        // SAFETY: `parallel` runs each task once, and no two tasks have a row of C in common.
        let block = unsafe { c.block(rows, 0..c.cols()) };
        loops::multiply_im2col_left(kernels, a, b, chain, accumulate, &block);
    });
}

/// Into how many row blocks and column blocks to cut m × n, to make `pieces` blocks that are as
/// square as can be.
fn grid(m: usize, n: usize, pieces: usize) -> (usize, usize) {
    let mut best = (1, 1);
    let mut least = usize::MAX;
    for row_blocks in 1..=pieces {
        let col_blocks = pieces / row_blocks;
        let border = m.div_ceil(row_blocks) + n.div_ceil(col_blocks);
        if row_blocks * col_blocks == pieces && border < least {
            (best, least) = ((row_blocks, col_blocks), border);
        }
    }
    best
}
