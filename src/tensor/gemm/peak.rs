//! What no product can pass: fused multiply-adds that never leave the registers (chapter 1).
//!
//! A processor begins one or two of them in each cycle (some Arm cores four) and has the result of
//! each some four cycles later. A sum that adds to itself has to wait for that result, so it takes
//! about as many independent sums as *instructions per cycle × cycles of latency* to keep the
//! processor busy: 8 to 16. Here there are as many as the registers hold. Nothing is loaded and
//! nothing stored, so what is left is the rate of the instruction itself.

use super::simd::Simd;
use crate::Scalar;
use std::hint::black_box;

/// Independent sums, in a register each: with `x` and `y` they nearly fill 16 registers, or 32.
pub(super) const CHAINS_OF_16: usize = 12;
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
pub(super) const CHAINS_OF_32: usize = 24;

// ANCHOR: chains
/// `links` links of each of CHAINS sums: s ← s·x + y, lane by lane. Returns the number of fused
/// multiply-adds.
///
/// The sums move towards 1, so that no link meets a subnormal number, which some processors are
/// slow with. [`black_box`] hides from the compiler what it could work out beforehand, and makes
/// it believe that somebody wants the sums.
///
/// # Safety
/// The processor has the instruction set of `V`.
#[inline(always)]
pub(super) unsafe fn chains<V: Simd, const CHAINS: usize>(links: usize) -> usize {
    let [x, y] = [0.999, 0.001].map(|number| black_box(V::Elem::from_f64(number)));
    // SAFETY: the caller has seen to it that the processor has the instruction set.
    let (x, y) = unsafe { (V::splat(x), V::splat(y)) };
    let mut sums = [y; CHAINS];
    for _ in 0..links {
        for sum in &mut sums {
            // SAFETY: as for `splat`.
            *sum = unsafe { V::fma(*sum, x, y) };
        }
    }
    black_box(sums);
    links * CHAINS * V::LANES
}
// ANCHOR_END: chains
