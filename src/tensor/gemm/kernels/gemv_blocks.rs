//! One row of C by a B whose columns lie in one run each, by blocks that are transposed in
//! registers, as x86-64 has instructions for it (chapter 1).
//!
//! Each number of B is used once, so the speed is that of memory, and all that matters is to get by
//! with few instructions. Every element of C is the dot product of two runs. Its sum is one chain,
//! in which each addition waits for the one before, so the lanes of a register cannot share it
//! among them. They take L columns instead: a block of L steps of each column is loaded and
//! transposed, and then every register holds one step of L sums. Four blocks at a time keep enough
//! sums under way.

// Blocks and registers are counted, as the formulas do: `sums[s]` holds the sums of block s.
#![allow(clippy::needless_range_loop)]

use super::super::cut::Cut;
use super::super::simd::{Transpose, launder};
use super::compile::Kernel;
use super::gemv::Gemv;
use crate::Scalar;
use std::marker::PhantomData;
use std::sync::atomic::{Ordering::SeqCst, compiler_fence};

/// A column is short if it has no more numbers than this.
const SHORT: usize = 128;
/// How many bytes of short columns the caches hold. Beyond that the speed is that of memory, which
/// is fastest in the order in which it lies: then the blocks are taken one at a time and not four
/// side by side, unless C is added to and the last block overlaps the one before.
const CACHED: usize = 1 << 20;

/// How many bytes are surely in the first-level cache: there is nothing to prefetch.
const NEAR: usize = 24 << 10;

/// [`Gemv`] by blocks of L × L.
pub(crate) struct GemvBlocks<V, const L: usize>(PhantomData<V>);

impl<V: Transpose<L>, const L: usize> Kernel for GemvBlocks<V, L> {
    type Job = Gemv<V::Elem>;

    #[inline(always)]
    unsafe fn run(job: &Gemv<V::Elem>) {
        let &Gemv { k, stride, n, accumulate, .. } = job;
        if n < L {
            // SAFETY: the contract of `run` speaks of this very job, of n columns.
            return unsafe { group::<V, L, 1>(job, [0], n) };
        }
        let far = k <= SHORT && n * stride * size_of::<V::Elem>() > CACHED;
        let alone = far && (!accumulate || n.is_multiple_of(L));
        let groups = Cut::at_most(n.div_ceil(L), if alone { 1 } else { 4 });
        for g in 0..groups.count {
            let (first, blocks) = groups.get(g);
            // Where n is no multiple of L, the last block begins early and overlaps the one before.
            // If sums start from C, the two are in one group, which reads C before it writes: both
            // then come to the same sums.
            let at = |s: usize| ((first + s) * L).min(n - L);
            // SAFETY: the contract of `run` speaks of this very job, and at(s) ≤ n − L: L columns
            // from there on are among its n.
            unsafe {
                match blocks {
                    1 => group::<V, L, 1>(job, [0].map(at), L),
                    2 => group::<V, L, 2>(job, [0, 1].map(at), L),
                    3 => group::<V, L, 3>(job, [0, 1, 2].map(at), L),
                    _ => group::<V, L, 4>(job, [0, 1, 2, 3].map(at), L),
                }
            }
        }
    }
}

/// [`Gemv`] for N blocks of `wide` columns each, which begin at `columns`.
///
/// # Safety
/// - As for [`GemvBlocks::run`](Kernel::run).
/// - `wide` is 1 to L, and as many columns from each of `columns` on are among the job's n.
#[inline(always)]
unsafe fn group<V: Transpose<L>, const L: usize, const N: usize>(
    job: &Gemv<V::Elem>,
    columns: [usize; N],
    wide: usize,
) {
    let &Gemv { k, x, b, stride, n, c, accumulate } = job;
    debug_assert!(columns.iter().all(|&j| j + wide <= n));
    // SAFETY: the processor has the instruction set: the contract of `run`, which `group` shares;
    // and `wide` is 1 to L.
    let (zero, mask) = unsafe { (V::splat(V::Elem::ZERO), V::mask(wide)) };
    let mut sums = [zero; N];
    if accumulate {
        // SAFETY: C has `wide` numbers from each of `columns` on, as B has columns.
        sums = columns.map(|j| unsafe { V::load_masked(c.add(j), mask) });
    }
    let starts = columns.map(|j| b.wrapping_add(j * stride));
    // SAFETY: x has k numbers (`Gemv`), and p < k at both calls.
    let step = |p: usize| unsafe { V::splat(*x.add(p)) };
    // What to prefetch: further down the same columns or, where they are short, the next columns.
    let far = n * stride * size_of::<V::Elem>() > NEAR;
    let ahead = if k > SHORT { SHORT / 2 } else { 4 * L * stride };
    for p in (0..k / L * L).step_by(L) {
        for s in 0..N {
            if far && p & L == 0 {
                let next = launder(starts[s].wrapping_add(p + ahead));
                for i in 0..L {
                    V::prefetch(next.wrapping_add(i * stride));
                }
            }
            // One block after the other. All at once would need 32 addresses, more than there are
            // registers: `launder` and the fence keep the compiler from it.
            //
            // SAFETY: `wide` columns of B begin at `starts[s]`, and each has L numbers from p on.
            let block = unsafe { V::load_transposed(launder(starts[s].add(p)), stride, wide, L) };
            for i in 0..L {
                sums[s] = V::fma(block[i], step(p + i), sums[s]);
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
                sums[s] = V::fma(block[i], step(first + i), sums[s]);
            }
        }
    }
    for s in 0..N {
        // SAFETY: C has room for `wide` numbers from each of `columns` on.
        unsafe { sums[s].store_masked(c.add(columns[s]), mask) };
    }
}
