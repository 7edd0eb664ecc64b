//! Sums, and the order that they are taken in (chapters 1 and 2).
//!
//! Floating-point addition is not associative, so a sum needs an order, and the order here is part
//! of the definition. It is chosen to be quick on vectors and to lose little. Where terms are added
//! one after another, what each addition rounds away can add up to the number of terms times half a
//! unit in the last place. So few terms are added in that way, and their sums in pairs: an error
//! then grows with the logarithm of the length and not with the length.

use super::threads::{PIECE, in_pieces};
use super::{Buffer, isa};
use crate::Scalar;
use std::hint::black_box;

// ANCHOR: sum
/// How many running sums there are. They take turns, so that neighbouring elements are added side
/// by side, each in a lane of a register.
pub(super) const LANES: usize = 32;
/// How many elements are added up before their sum joins the others.
pub(super) const BLOCK: usize = 4096;

/// Σ x, in this order: element `i` of a block is added to lane `i mod 32`; then the upper half of
/// the lanes is added to the lower half, and so on until one is left; the blocks' sums are halved
/// in the same way.
///
/// An error then grows with the logarithm of the length and not with the length.
pub(super) fn sum<T: Scalar>(x: &[T]) -> T {
    if x.len() <= BLOCK {
        return isa::vectorize(
            #[inline(always)]
            || sum_block(x),
        );
    }
    let mut sums = vec![T::ZERO; x.len().div_ceil(BLOCK)];
    in_pieces(&mut sums, 8, |first, sums| {
        let blocks = x[first * BLOCK..].chunks(BLOCK);
        isa::vectorize(
            #[inline(always)]
            || {
                for (sum, block) in sums.iter_mut().zip(blocks) {
                    *sum = sum_block(block);
                }
            },
        );
    });
    tree_sum(&mut sums, 1)[0]
}

/// Σ of at most one block.
#[inline(always)]
pub(super) fn sum_block<T: Scalar>(x: &[T]) -> T {
    let mut lanes = [T::ZERO; LANES];
    let rounds = x.chunks_exact(LANES);
    let rest = rounds.remainder();
    for round in rounds {
        lanes.iter_mut().zip(round).for_each(|(lane, &x)| *lane += x);
    }
    lanes.iter_mut().zip(rest).for_each(|(lane, &x)| *lane += x);
    // An optimiser that sees what becomes of the lanes turns them over in each round, to have them
    // ready for the end. `black_box` hides it.
    let mut lanes = black_box(lanes);
    // Lanes that were never used are zeros, which change nothing.
    tree_sum(&mut lanes, 1)[0]
}

/// Adds the upper half of the rows of `x`, which are `width` long, to the lower half, as if there
/// were 2ⁿ of them, and so on until one is left. At least one must be there.
#[inline(always)]
pub(super) fn tree_sum<T: Scalar>(x: &mut [T], width: usize) -> &[T] {
    let mut half = (x.len() / width).next_power_of_two() / 2;
    while half > 0 {
        let len = x.len().min(2 * half * width);
        let (lower, upper) = x[..len].split_at_mut(half * width);
        lower.iter_mut().zip(upper).for_each(|(lower, upper)| *lower += *upper);
        half /= 2;
    }
    &x[..width]
}
// ANCHOR_END: sum

/// How many rows are added up one after another before their sum joins the others.
const ROWS: usize = 64;

// ANCHOR: sum_rows
/// `out[i]` = Σ over rows of `x[row][i]`, in this order: one row after another within blocks of 64,
/// each beginning with 0; then the upper half of the blocks' sums is added to the lower half, and
/// so on until one is left.
pub(super) fn sum_rows<T: Scalar>(x: &[T], out: &mut [T]) {
    let width = out.len();
    let blocks = x.len().div_ceil(ROWS * width);
    if blocks <= 1 {
        return sum_blocks(x, width, out);
    }
    let mut sums = Buffer::stale(blocks * width);
    let piece = PIECE.div_ceil(ROWS * width);
    in_pieces(&mut sums, piece * width, |first, sums| sum_blocks(&x[first * ROWS..], width, sums));
    let sum = isa::vectorize(
        #[inline(always)]
        || tree_sum(&mut sums, width),
    );
    out.copy_from_slice(sum);
}

/// The sums of the first blocks of rows, as many as there is room for in `sums`.
fn sum_blocks<T: Scalar>(x: &[T], width: usize, sums: &mut [T]) {
    isa::vectorize(
        #[inline(always)]
        || {
            sums.fill(T::ZERO);
            for (block, rows) in sums.chunks_exact_mut(width).zip(x.chunks(ROWS * width)) {
                for row in rows.chunks_exact(width) {
                    block.iter_mut().zip(row).for_each(|(sum, &x)| *sum += x);
                }
            }
        },
    );
}
// ANCHOR_END: sum_rows

// ANCHOR: pairwise
/// A sum of many tensors of one size, in pairs: neighbours are added, then neighbouring sums of
/// two, of four, and so on; what has no partner is added last. They are handed over one by one, and
/// only one sum of each kind waits for its partner.
pub(super) struct Pairwise<T: Scalar> {
    /// The sums that wait for a partner, the largest first: k and the sum of 2ᵏ tensors.
    waiting: Vec<(u32, Buffer<T>)>,
    /// Buffers that have been added, to be used again.
    spare: Vec<Buffer<T>>,
}

impl<T: Scalar> Pairwise<T> {
    /// A sum of nothing yet.
    pub(super) fn new() -> Self {
        Self { waiting: Vec::new(), spare: Vec::new() }
    }

    /// A buffer of this length for the next, to be overwritten.
    pub(super) fn buffer(&mut self, len: usize) -> Buffer<T> {
        self.spare.pop().unwrap_or_else(|| Buffer::stale(len))
    }

    /// Adds the next tensor.
    pub(super) fn add(&mut self, mut sum: Buffer<T>) {
        let mut paired = 0;
        while let Some((_, left)) = self.waiting.pop_if(|&mut (times, _)| times == paired) {
            sum = self.pair(left, sum);
            paired += 1;
        }
        self.waiting.push((paired, sum));
    }

    /// The sum; none if nothing was added.
    pub(super) fn finish(mut self) -> Option<Buffer<T>> {
        let (_, mut sum) = self.waiting.pop()?;
        while let Some((_, left)) = self.waiting.pop() {
            sum = self.pair(left, sum);
        }
        Some(sum)
    }

    fn pair(&mut self, mut left: Buffer<T>, right: Buffer<T>) -> Buffer<T> {
        isa::vectorize(
            #[inline(always)]
            || left.iter_mut().zip(&*right).for_each(|(left, &right)| *left += right),
        );
        self.spare.push(right);
        left
    }
}
// ANCHOR_END: pairwise
