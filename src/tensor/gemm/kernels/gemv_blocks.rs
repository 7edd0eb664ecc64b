//! A few rows of C by a B whose columns lie in one run each, by blocks that are transposed in
//! registers, as x86-64 has instructions for it (chapter 1).
//!
//! Each number of B is used once for each row, so the speed is that of memory, and all that matters
//! is to get by with few instructions. Every element of C is the dot product of two runs. Its sum
//! is one chain, in which each addition waits for the one before, so the lanes of a register cannot
//! share it among them. They take L columns instead: a block of L steps of each column is loaded
//! and transposed, and then every register holds one step of L sums, for each row. Several blocks
//! at a time keep more sums under way.

// Blocks and registers are counted, as the formulas do: `sums[s]` holds the sums of block s.
#![allow(clippy::needless_range_loop)]

use super::super::cut::Cut;
use super::super::simd::{Transpose, launder};
use super::compile::Kernel;
use super::gemv::{GEMV_ROWS, Gemv};
use crate::Scalar;
use std::marker::PhantomData;
use std::sync::atomic::{Ordering::SeqCst, compiler_fence};

/// A column is short if it has no more numbers than this.
const SHORT: usize = 128;
/// How many bytes of short columns the caches hold. Beyond that the speed is that of memory, which
/// is fastest in the order in which it lies: then the blocks are taken one at a time.
const CACHED: usize = 1 << 20;

/// How many blocks are taken side by side, by the number of rows: found by measuring.
const BLOCKS: [usize; 1 + GEMV_ROWS] = [0, 4, 3, 2, 2];
/// How many bytes are surely in the first-level cache: there is nothing to prefetch.
const NEAR: usize = 24 << 10;

/// [`Gemv`] by blocks of L × L, for R rows; RUNS if each of them lies in one run.
pub(crate) struct GemvBlocks<V, const L: usize, const R: usize, const RUNS: bool>(PhantomData<V>);

impl<V: Transpose<L>, const L: usize, const R: usize, const RUNS: bool> Kernel
    for GemvBlocks<V, L, R, RUNS>
{
    type Job = Gemv<V::Elem>;

    #[inline(always)]
    unsafe fn run(job: &Gemv<V::Elem>) {
        let &Gemv { k, stride, n, accumulate, .. } = job;
        debug_assert!(job.rows == R && (!RUNS || job.x_col == 1));
        // Where n is no multiple of L, the last block begins early and overlaps the one before:
        // what both write is the same. It would not be where sums start from C: then the last is
        // narrow.
        let narrow = if n < L || accumulate { n % L } else { 0 };
        let far = k <= SHORT && n.saturating_mul(stride) > CACHED / size_of::<V::Elem>();
        let groups = Cut::at_most((n - narrow).div_ceil(L), if far { 1 } else { BLOCKS[R] });
        for g in 0..groups.count {
            let (first, blocks) = groups.get(g);
            let at = |s: usize| ((first + s) * L).min(n - L);
            // SAFETY: the contract of `run` speaks of this very job. If there is a block, n ≥ L,
            // and at(s) ≤ n − L: L columns from there on are among its n.
            unsafe {
                match blocks {
                    1 => group::<V, L, R, 1, RUNS>(job, [0].map(at), L),
                    2 => group::<V, L, R, 2, RUNS>(job, [0, 1].map(at), L),
                    3 if BLOCKS[R] >= 3 => group::<V, L, R, 3, RUNS>(job, [0, 1, 2].map(at), L),
                    4 if BLOCKS[R] >= 4 => group::<V, L, R, 4, RUNS>(job, [0, 1, 2, 3].map(at), L),
                    _ => (),
                }
            }
        }
        if narrow > 0 {
            // SAFETY: the contract of `run` speaks of this very job, of n columns; `narrow` is one
            // of 1 to L − 1.
            unsafe { group::<V, L, R, 1, RUNS>(job, [n - narrow], narrow) };
        }
    }
}

/// [`Gemv`] for R rows and N blocks of `wide` columns each, which begin at `columns`.
///
/// # Safety
/// - As for [`GemvBlocks::run`](Kernel::run).
/// - `wide` is 1 to L, and as many columns from each of `columns` on are among the job's n.
#[inline(always)]
unsafe fn group<
    V: Transpose<L>,
    const L: usize,
    const R: usize,
    const N: usize,
    const RUNS: bool,
>(
    job: &Gemv<V::Elem>,
    columns: [usize; N],
    wide: usize,
) {
    let &Gemv { k, x, x_row, b, stride, n, c, c_row, accumulate, .. } = job;
    debug_assert!(columns.iter().all(|&j| j + wide <= n));
    // SAFETY: the processor has the instruction set: the contract of `run`, which `group` shares;
    // and `wide` is 1 to L.
    let (zero, mask) = unsafe { (V::splat(V::Elem::ZERO), V::mask(wide)) };
    let mut sums = [[zero; R]; N];
    if accumulate {
        for s in 0..N {
            for r in 0..R {
                let from = c.wrapping_add(r * c_row + columns[s]);
                // SAFETY: row r of C has `wide` numbers from each of `columns` on.
                sums[s][r] = unsafe { V::load_masked(from, mask) };
            }
        }
    }
    let x_col = if RUNS { 1 } else { job.x_col };
    let starts = columns.map(|j| b.wrapping_add(j * stride));
    // SAFETY: row r of x has k numbers (`Gemv`), and r < R and p < k at both calls.
    let step = |r: usize, p: usize| unsafe { V::splat(*x.wrapping_add(r * x_row + p * x_col)) };
    // What to prefetch: further down the same columns or, where they are short, the next columns.
    let far = n.saturating_mul(stride) > NEAR / size_of::<V::Elem>();
    let ahead = if k > SHORT { SHORT / 2 } else { stride.wrapping_mul(4 * L) };
    for p in (0..k / L * L).step_by(L) {
        for s in 0..N {
            if far && p & L == 0 {
                let next = launder(starts[s].wrapping_add(p + ahead));
                for i in 0..L {
                    V::prefetch(next.wrapping_add(stride.wrapping_mul(i)));
                }
            }
            // One block after the other. All at once would need 32 addresses, more than there are
            // registers: `launder` and the fence keep the compiler from it.
            //
            // SAFETY: `wide` columns of B begin at `starts[s]`, and each has L numbers from p on.
            let block = unsafe { V::load_transposed(launder(starts[s].add(p)), stride, wide, L) };
            for i in 0..L {
                for r in 0..R {
                    sums[s][r] = V::fma(block[i], step(r, p + i), sums[s][r]);
                }
            }
            compiler_fence(SeqCst);
        }
    }
    // The last k mod L steps, from a block that begins early, if it can. Its first steps have been
    // added before.
    if !k.is_multiple_of(L) {
        let (first, high) = (k.saturating_sub(L), k.min(L));
        for s in 0..N {
            // SAFETY: `wide` columns of B begin at `starts[s]`, each of k numbers: these are its
            // last ones.
            let block = unsafe { V::load_transposed(starts[s].add(first), stride, wide, high) };
            for i in high - k % L..high {
                for r in 0..R {
                    sums[s][r] = V::fma(block[i], step(r, first + i), sums[s][r]);
                }
            }
        }
    }
    for s in 0..N {
        for r in 0..R {
            // SAFETY: row r of C has room for `wide` numbers from each of `columns` on.
            unsafe { sums[s][r].store_masked(c.wrapping_add(r * c_row + columns[s]), mask) };
        }
    }
}
