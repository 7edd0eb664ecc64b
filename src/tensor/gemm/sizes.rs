//! How far each of the loops steps: the sizes of blocks, and what decides them (chapter 1).
//!
//! They were found by measuring, and they decide the speed alone: every product comes out the same
//! whatever they are.

use super::matrix::Matrix;
use super::pack::Source;
use super::tables::Kernels;
use crate::Scalar;

// ANCHOR: sizes
/// The depth of a block, in numbers: 2 KiB of a row of A in `f32`.
const DEEP: usize = 512;
/// Rows of A in a block: 48 KiB of it, of which two rows of tiles stay in the first-level cache
/// while B streams by. A multiple of every height of tile.
const ROWS: usize = 24;
/// Up to this many rows are one block. Then it is B's strip that stays in the first-level cache
/// while the rows pass: half as deep, 16 KiB.
const FEW_ROWS: usize = 96;
/// Bytes of a packed block of B, read over and over in one stream.
const BLOCK: usize = 2 << 20;
/// Strips packed at one go, so that B's rows are read in runs of four strips' width.
pub(super) const GROUP: usize = 4;
/// Bytes of a packed strip when there are fewer rows than a strip needs to be worth keeping.
const THIN: usize = 16 << 10;
/// Up to this many rows, B's rows are read where they lie: packing would cost more than it saves.
const DIRECT_ROWS: usize = 12;
/// So are they for a few more rows if B has no more bytes than this.
const DIRECT: usize = 32 << 10;
/// From so many rows on, A is packed: if it is transposed and has more bytes than are at hand
/// anyway; and if its rows begin more than a page apart and there are enough columns to pay for it.
pub(super) const PACKED_ROWS: usize = 17;
const AT_HAND: usize = 64 << 10;
const PAGE: usize = 4 << 10;
const PAYING_COLS: usize = 64;
// ANCHOR_END: sizes

/// Space between the rows of a packed block of A, so that they do not all fall into the same few
/// places of the cache.
pub(super) const PADDING: usize = 16;

/// How the loops step, and how much scratch the packed blocks take.
pub(super) struct Sizes {
    /// Rows of A's block.
    pub height: usize,
    /// Columns of A's block, rows of B's.
    pub depth: usize,
    /// Columns of B's block.
    pub width: usize,
    /// Registers in a strip.
    strip: usize,
    /// Whether a tile is as tall as all of A.
    thin: bool,
    /// Whether packed strips are kept, for the next block of rows.
    pub keep: bool,
    /// Whether B is read where it lies.
    direct: bool,
    /// Numbers in the packed blocks; 0 if there is nothing to pack.
    pub scratch_a: usize,
    pub scratch_b: usize,
}

impl Sizes {
    pub fn choose<T: Scalar>(kernels: &Kernels<T>, a: &Matrix<T>, b: &Source<T>, n: usize) -> Self {
        let (m, k) = (a.rows, a.cols);
        let size = size_of::<T>();
        let thin = m < 4;
        let direct = match b {
            Source::Strided(b) if b.col_stride == 1 => {
                m <= DIRECT_ROWS || m <= FEW_ROWS && b.row_stride * k * size <= DIRECT
            }
            _ => false,
        };
        let strip = kernels.strip[m.min(4) - 1];
        let deepest = match m {
            _ if direct && m <= 6 => k,
            0..4 => THIN / size / (strip * kernels.lanes),
            4..=FEW_ROWS => DEEP / 2,
            _ => DEEP,
        };
        let depth = even(k, deepest, 1);
        let height = if m <= FEW_ROWS { m } else { even(m, ROWS, 12) };
        let unit = strip * kernels.lanes;
        let widest = match m {
            _ if direct => n,
            0..4 => unit,
            _ => BLOCK / size / depth,
        };
        let width = even(n, widest, unit);
        let far = a.row_stride * size >= PAGE && n >= PAYING_COLS;
        let near = a.row_stride == 1 && a.col_stride * k * size <= AT_HAND;
        let pack_a = m >= PACKED_ROWS && (a.col_stride != 1 && !near || far);
        let scratch_a = if pack_a { height * (depth + PADDING) } else { 0 };
        let keep = m > height;
        let scratch_b = match (direct, keep) {
            (true, _) => 0,
            (false, true) => width.next_multiple_of(unit) * depth,
            (false, false) => (GROUP * (unit + kernels.lanes)) * depth,
        };
        Self { height, depth, width, strip, thin, keep, direct, scratch_a, scratch_b }
    }

    /// B, if it is to be read where it lies.
    pub fn direct<'a, 'b, T>(&self, b: &'b Source<'a, T>) -> Option<&'b Matrix<'a, T>> {
        match b {
            Source::Strided(b) if self.direct => Some(b),
            _ => None,
        }
    }

    /// Cuts this many registers into strips. A packed strip may be wider than usual, so that none
    /// is narrower. (In place it may not: for a tile that fills all registers, B must be padded.)
    pub fn strips(&self, registers: usize) -> Cut {
        match self.thin || self.direct {
            true => Cut::at_most(registers, self.strip),
            false => Cut::into(registers, (registers / self.strip).max(1)),
        }
    }
}

/// The size of the pieces when `total` is cut into as few as need be of at most `most`, alike in
/// size, each a multiple of `unit` but the last.
fn even(total: usize, most: usize, unit: usize) -> usize {
    let most = (most / unit).max(1) * unit;
    total.div_ceil(total.div_ceil(most).max(1)).next_multiple_of(unit)
}

/// A run cut into pieces that differ by one at most, the larger ones first.
#[derive(Clone, Copy)]
pub(super) struct Cut {
    pub count: usize,
    /// Of the smaller ones.
    pub size: usize,
    larger: usize,
}

impl Cut {
    fn into(total: usize, count: usize) -> Self {
        Self { count, size: total / count, larger: total % count }
    }

    /// As few pieces as need be, none larger than `most`.
    #[inline]
    pub fn at_most(total: usize, most: usize) -> Self {
        Self::into(total, total.div_ceil(most))
    }

    /// Where piece i begins, and its size.
    #[inline]
    pub fn get(self, i: usize) -> (usize, usize) {
        (i * self.size + i.min(self.larger), self.size + usize::from(i < self.larger))
    }
}
