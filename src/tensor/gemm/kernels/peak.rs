//! What no product can pass: fused multiply-adds that never leave the registers (chapter 1).
//!
//! A processor begins one or two of them in each cycle (some Arm cores four) and has the result of
//! each some four cycles later. A sum that adds to itself has to wait for that result, so it takes
//! about as many independent sums as *instructions per cycle × cycles of latency* to keep the
//! processor busy: 8 to 16. Here there are twelve with 16 registers, 24 with 32: with `x` and `y`
//! they nearly fill them. Nothing is loaded and nothing stored, so what is left is the rate of the
//! instruction itself.

use super::super::simd::Simd;
use super::compile::Kernel;
use crate::Scalar;
use std::hint::black_box;
use std::marker::PhantomData;

/// CHAINS sums side by side, in a register each. The job is how often to add to each of them.
pub(crate) struct Peak<V, const CHAINS: usize>(PhantomData<V>);

// ANCHOR: peak
impl<V: Simd, const CHAINS: usize> Kernel for Peak<V, CHAINS> {
    type Job = usize;

    /// `links` times s ← s·x + y for each of the sums, lane by lane.
    ///
    /// The sums move towards 1, so that no link meets a subnormal number, which some processors are
    /// slow with. [`black_box`] hides from the compiler what it could work out beforehand, and
    /// makes it believe that somebody wants the sums.
    #[inline(always)]
    unsafe fn run(&links: &usize) {
        let [x, y] = [0.999, 0.001].map(|number| black_box(V::Elem::from_f64(number)));
        // SAFETY: that the processor has the instruction set is in the contract of `Kernel::run`.
        let (x, y) = unsafe { (V::splat(x), V::splat(y)) };
        let mut sums = [y; CHAINS];
        for _ in 0..links {
            for sum in &mut sums {
                *sum = V::fma(*sum, x, y);
            }
        }
        black_box(sums);
    }
}
// ANCHOR_END: peak
