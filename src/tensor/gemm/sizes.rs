//! How large the blocks are that the five loops cut the factors into, and what decides it
//! (chapter 1).
//!
//! BLIS calls them mc (rows of A's block), kc (depth of both factors' blocks) and nc (columns of
//! B's panel). They were found by measuring, and they decide the speed alone: every product comes
//! out the same whatever they are.

use super::cut::{Cut, even};
use super::kernels::Kernels;
use super::operands::Source;
use super::view::Matrix;
use crate::Scalar;

/// kc, the depth of a block, in numbers: 2 KiB of a row of A in `f32`. It is more where A's rows lie
/// in runs and B is so narrow that a deeper panel still has no more bytes than [`PANEL`]: with
/// each cut C is read and written once more, and A's rows are visited again.
const KC: usize = 512;
/// mc, rows of A in a block: 48 KiB of it where kc is [`KC`], of which two rows of tiles stay in the
/// first-level cache while B streams by. A multiple of every height of tile.
const MC: usize = 24;
/// mc, if A is packed and the sums are [`LONG`]. A transposed A is read in runs of mc numbers, which
/// should be longer than a cache line or two. A multiple of every height of tile, too.
const PACKED_MC: usize = 96;
/// With fewer steps of depth than this, the time goes into C, which is best written a few rows at a
/// time.
const LONG: usize = 128;
/// A of up to this many rows is one block. Then it is B's micro-panel that stays in the first-level
/// cache while the rows pass: with half the depth, 16 KiB.
const ONE_BLOCK: usize = 96;
/// Bytes of a packed panel of B, kc × nc, which is read over and over in one stream: from the
/// second-level cache, where that holds as much beside A.
const PANEL: usize = 1 << 20;
/// Micro-panels packed at one go, so that B's rows are read in runs of four micro-panels' width.
pub(super) const GROUP: usize = 4;
/// With fewer rows than this, one tile is as tall as A, and wider than others: there is room for
/// it in the registers.
const ONE_TILE: usize = 4;
/// Bytes of a packed micro-panel in that case.
const ONE_TILE_MICRO_PANEL: usize = 16 << 10;
/// With up to this many rows, B is not packed: a micro-panel would be used by two tiles at most,
/// and copying it takes longer than reading it twice where it lies.
const DIRECT_ROWS: usize = 12;
/// With up to [`ONE_BLOCK`] it is not packed either, if A's rows times the numbers from one row of B
/// to the next are at most so many times a micro-panel's columns. The nearer to each other B's rows
/// lie, the more it is as if packed; and the fewer rows A has, the less often it is read.
const NEAR: usize = 96;
/// However many rows there are, B is not packed if it has no more bytes than this: it is in the
/// first-level cache as it is.
const DIRECT_BYTES: usize = 32 << 10;
/// From so many rows on, A may be packed. With fewer, it would be read too few times.
pub(super) const PACKED_ROWS: usize = 17;
/// A transposed A is packed if it has more bytes than this: more than the first-level cache holds.
const CACHED: usize = 64 << 10;
/// Bytes of a page of memory.
const PAGE: usize = 4 << 10;
/// So many pages a processor finds without looking them up anew, with some to spare.
const PAGES: usize = 512;

/// Numbers between the rows of a packed block of A, so that the rows do not all fall into the same
/// few places of the cache.
pub(super) const PADDING: usize = 16;

/// The sizes of blocks for one product, and how much scratch the packed ones take.
pub(super) struct Sizes {
    /// Rows of A's block.
    pub mc: usize,
    /// Columns of A's block, rows of B's panel.
    pub kc: usize,
    /// Columns of B's panel.
    pub nc: usize,
    /// Registers in a micro-panel of B.
    nr: usize,
    /// Whether a panel stays packed for the next block of A's rows.
    pub keep: bool,
    /// Numbers in a packed block of A; 0 if it is read where it lies.
    pub packed_a: usize,
    /// Numbers in the packed part of a panel of B; 0 if B is read where it lies.
    pub packed_b: usize,
}

/// Whether A is packed: if its rows do not lie in runs, and it is large.
#[inline]
fn packs_a<T: Scalar>(a: &Matrix<T>) -> bool {
    let near = a.row_stride == 1 && a.col_stride * a.cols * size_of::<T>() <= CACHED;
    a.rows >= PACKED_ROWS && a.col_stride != 1 && !near
}

/// Whether A·B is best computed with B as it lies, or packed as a whole if its rows are not in
/// runs. So it is if all of A's rows are one tile, which uses each number of B once; or if B is in
/// the first-level cache (see [`DIRECT_BYTES`]) and A is not to be packed.
#[inline]
pub(super) fn is_direct<T: Scalar>(kernels: &Kernels<T>, a: &Matrix<T>, b: &Matrix<T>) -> bool {
    let in_runs = b.col_stride == 1;
    let row = if in_runs { b.row_stride } else { kernels.vectors(b.cols) * kernels.lanes };
    let small = row.saturating_mul(b.rows * size_of::<T>()) <= DIRECT_BYTES;
    in_runs && kernels.mr(kernels.nr(a.rows)) >= a.rows || small && !packs_a(a)
}

/// How many rows of B a micro-panel has, if B is not packed. One micro-panel is read from top to
/// bottom, then the next. If that is too many pages for the processor to keep in mind, each of them
/// is looked up again for the next one, and it is better to take fewer rows at a time.
#[inline]
pub(super) fn direct_depth<T: Scalar>(b: &Matrix<T>) -> usize {
    let step = b.row_stride.clamp(1, PAGE / size_of::<T>()) * size_of::<T>();
    if b.rows * step <= PAGES * PAGE { b.rows } else { even(b.rows, PAGES * PAGE / step, 1) }
}

impl Sizes {
    /// The sizes for A·B.
    pub(super) fn choose<T: Scalar>(kernels: &Kernels<T>, a: &Matrix<T>, b: &Source<T>) -> Self {
        let (m, n, k) = (a.rows, b.cols(), a.cols);
        let size = size_of::<T>();
        let nr = kernels.nr(m);
        let unit = nr * kernels.lanes;
        let near = |b: &Matrix<T>| m.saturating_mul(b.row_stride) <= NEAR * unit;
        let direct = matches!(b, Source::Matrix(b) if b.col_stride == 1
            && (m <= DIRECT_ROWS || m <= ONE_BLOCK && near(b)));
        let packs_a = packs_a(a);
        let deepest = match m {
            0..ONE_TILE => ONE_TILE_MICRO_PANEL / size / unit,
            ONE_TILE..=ONE_BLOCK => KC / 2,
            _ if a.col_stride == 1 => KC.max(PANEL / size / n.next_multiple_of(unit)),
            _ => KC,
        };
        let kc = even(k, deepest, 1);
        let mc = match m {
            ..=ONE_BLOCK => m,
            _ => even(m, if packs_a && k >= LONG { PACKED_MC } else { MC }, 12),
        };
        let widest = match m {
            _ if direct => n,
            0..ONE_TILE => unit,
            _ => PANEL / size / kc,
        };
        let nc = even(n, widest, unit);
        let packed_a = if packs_a { mc * (kc + PADDING) } else { 0 };
        let keep = m > mc;
        let packed_b = match (direct, keep) {
            (true, _) => 0,
            (false, true) => nc * kc,
            (false, false) => (GROUP * (unit + kernels.lanes)) * kc,
        };
        Self { mc, kc, nc, nr, keep, packed_a, packed_b }
    }

    /// Cuts the registers that a row of B takes into micro-panels.
    pub(super) fn micro_panels(&self, registers: usize) -> Cut {
        Cut::at_most(registers, self.nr)
    }
}
