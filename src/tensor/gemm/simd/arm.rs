//! The registers of 64-bit Arm: NEON (chapter 1).
//!
//! NEON is part of every 64-bit Arm processor that Rust's targets know, so what the contracts ask
//! about the instruction set always holds.

use super::{Simd, Unaligned};
use std::arch::aarch64::*;

/// [`Simd`] for a register of 128 bits.
macro_rules! neon {
    ($register:ident: [$t:ident; $lanes:literal],
     $set1:ident $fma:ident) => {
        impl Simd for $register {
            type Elem = $t;
            /// How many lanes; there are no masked instructions, so they go one by one.
            type Mask = usize;
            const LANES: usize = $lanes;

            #[inline(always)]
            unsafe fn splat(x: $t) -> Self {
                // SAFETY: every 64-bit Arm processor has NEON.
                unsafe { $set1(x) }
            }

            #[inline(always)]
            fn fma(a: Self, b: Self, c: Self) -> Self {
                // SAFETY: every 64-bit Arm processor has NEON.
                unsafe { $fma(c, a, b) }
            }

            #[inline(always)]
            unsafe fn load(from: *const $t) -> Self {
                // SAFETY: the contract of `load` is a register's numbers at `from`;
                // `Unaligned` may lie anywhere.
                unsafe { (*from.cast::<Unaligned<Self>>()).0 }
            }

            #[inline(always)]
            unsafe fn store(self, to: *mut $t) {
                // SAFETY: the contract of `store` is room for a register's numbers at `to`;
                // `Unaligned` may lie anywhere.
                unsafe { *to.cast() = Unaligned(self) }
            }

            #[inline(always)]
            unsafe fn mask(lanes: usize) -> usize {
                debug_assert!((1..=$lanes).contains(&lanes));
                lanes
            }

            #[inline(always)]
            unsafe fn load_masked(from: *const $t, mask: usize) -> Self {
                let mut lanes = [0.0; $lanes];
                for (i, lane) in lanes.iter_mut().enumerate().take(mask) {
                    // SAFETY: the contract of `load_masked` is `mask` readable numbers at `from`,
                    // and i is less.
                    *lane = unsafe { *from.add(i) };
                }
                // SAFETY: the array is a register's numbers.
                unsafe { Self::load(lanes.as_ptr()) }
            }

            #[inline(always)]
            unsafe fn store_masked(self, to: *mut $t, mask: usize) {
                let mut lanes = [0.0; $lanes];
                // SAFETY: the array is room for a register's numbers.
                unsafe { self.store(lanes.as_mut_ptr()) };
                for (i, lane) in lanes.iter().enumerate().take(mask) {
                    // SAFETY: the contract of `store_masked` is room for `mask` numbers at `to`,
                    // and i is less.
                    unsafe { *to.add(i) = *lane };
                }
            }
        }
    };
}
neon!(float32x4_t: [f32; 4], vdupq_n_f32 vfmaq_f32);
neon!(float64x2_t: [f64; 2], vdupq_n_f64 vfmaq_f64);
