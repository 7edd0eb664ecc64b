//! The registers of 64-bit ARM: NEON (chapter 1).

use super::simd::Simd;
use std::arch::aarch64::*;

macro_rules! neon {
    ($register:ident: [$t:ident; $lanes:literal],
     $set1:ident $fma:ident $load:ident $store:ident) => {
        impl Simd for $register {
            type Elem = $t;
            /// How many lanes; there are no masked instructions, so they go one by one.
            type Mask = usize;
            const LANES: usize = $lanes;
            const REGISTERS: usize = 32;
            #[inline(always)]
            unsafe fn splat(x: $t) -> Self {
                unsafe { $set1(x) }
            }
            #[inline(always)]
            unsafe fn fma(a: Self, b: Self, c: Self) -> Self {
                unsafe { $fma(c, a, b) }
            }
            #[inline(always)]
            unsafe fn load(from: *const $t) -> Self {
                unsafe { $load(from) }
            }
            #[inline(always)]
            unsafe fn store(self, to: *mut $t) {
                unsafe { $store(to, self) }
            }
            #[inline(always)]
            unsafe fn mask(lanes: usize) -> usize {
                lanes
            }
            #[inline(always)]
            unsafe fn load_masked(from: *const $t, mask: usize) -> Self {
                let mut lanes = [0.0; $lanes];
                for (i, lane) in lanes.iter_mut().enumerate().take(mask) {
                    *lane = unsafe { *from.add(i) };
                }
                unsafe { $load(lanes.as_ptr()) }
            }
            #[inline(always)]
            unsafe fn store_masked(self, to: *mut $t, mask: usize) {
                let mut lanes = [0.0; $lanes];
                unsafe { $store(lanes.as_mut_ptr(), self) };
                for (i, lane) in lanes.iter().enumerate().take(mask) {
                    unsafe { *to.add(i) = *lane };
                }
            }
        }
    };
}
neon!(float32x4_t: [f32; 4], vdupq_n_f32 vfmaq_f32 vld1q_f32 vst1q_f32);
neon!(float64x2_t: [f64; 2], vdupq_n_f64 vfmaq_f64 vld1q_f64 vst1q_f64);
