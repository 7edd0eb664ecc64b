//! Vector registers behind one small trait, so that one micro-kernel serves them all (chapter 1).
//!
//! These are the processor's own instructions under neutral names. Plain arrays would do for a
//! small kernel; for a large one the compiler stops keeping them in registers, and the kernel
//! becomes a hundred times slower.

use crate::Scalar;

/// A register of [`LANES`](Simd::LANES) numbers.
///
/// # Safety
/// Every method needs a processor with the register's instruction set. Pointers must be valid
/// for as many elements as are read or written; they need not be aligned.
pub(super) trait Simd: Copy {
    type Elem: Scalar;
    /// Which lanes of the last register of a row are in use.
    type Mask: Copy;
    const LANES: usize;
    /// How many there are.
    const REGISTERS: usize;
    /// Every lane `x`.
    unsafe fn splat(x: Self::Elem) -> Self;
    /// a·b + c with one rounding.
    unsafe fn fma(a: Self, b: Self, c: Self) -> Self;
    unsafe fn load(from: *const Self::Elem) -> Self;
    unsafe fn store(self, to: *mut Self::Elem);
    /// The first `lanes` lanes, 1 to [`LANES`](Simd::LANES).
    unsafe fn mask(lanes: usize) -> Self::Mask;
    /// The masked lanes; the others are 0, and their memory is not touched.
    unsafe fn load_masked(from: *const Self::Elem, mask: Self::Mask) -> Self;
    /// Writes the masked lanes only.
    unsafe fn store_masked(self, to: *mut Self::Elem, mask: Self::Mask);
    /// Asks for the cache line at `place`, which may be anywhere: a hint.
    #[inline(always)]
    fn prefetch(place: *const Self::Elem) {
        // SAFETY: part of every x86-64; it never faults.
        #[cfg(target_arch = "x86_64")]
        unsafe {
            std::arch::x86_64::_mm_prefetch::<{ std::arch::x86_64::_MM_HINT_T0 }>(place.cast())
        };
        let _ = place;
    }
}

/// Eight numbers in plain Rust, for processors without registers of their own here.
#[derive(Clone, Copy)]
pub(super) struct Plain<T>([T; 8]);

impl<T: Scalar> Simd for Plain<T> {
    type Elem = T;
    type Mask = usize;
    const LANES: usize = 8;
    const REGISTERS: usize = 16;
    #[inline(always)]
    unsafe fn splat(x: T) -> Self {
        Self([x; 8])
    }
    #[inline(always)]
    unsafe fn fma(a: Self, b: Self, c: Self) -> Self {
        Self(std::array::from_fn(|i| a.0[i].mul_add_portable(b.0[i], c.0[i])))
    }
    #[inline(always)]
    unsafe fn load(from: *const T) -> Self {
        // SAFETY: the caller's promise; an array has no stricter alignment than its elements.
        Self(unsafe { *from.cast() })
    }
    #[inline(always)]
    unsafe fn store(self, to: *mut T) {
        // SAFETY: as for `load`.
        unsafe { *to.cast() = self.0 }
    }
    #[inline(always)]
    unsafe fn mask(lanes: usize) -> usize {
        lanes
    }
    #[inline(always)]
    unsafe fn load_masked(from: *const T, lanes: usize) -> Self {
        // SAFETY: the caller's promise.
        Self(std::array::from_fn(|i| if i < lanes { unsafe { *from.add(i) } } else { T::ZERO }))
    }
    #[inline(always)]
    unsafe fn store_masked(self, to: *mut T, lanes: usize) {
        for (i, x) in self.0.into_iter().enumerate().take(lanes) {
            // SAFETY: the caller's promise.
            unsafe { *to.add(i) = x }
        }
    }
}

/// The same pointer, of which the compiler no longer knows where it came from. Given several
/// pointers that differ by a multiple of a stride it would keep them all in step by adding up, or
/// keep dozens of them in memory.
#[inline(always)]
#[allow(clippy::pointers_in_nomem_asm_block)] // Nothing is read through it.
pub(super) fn opaque<T>(mut pointer: *const T) -> *const T {
    // SAFETY: does nothing.
    #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
    unsafe {
        std::arch::asm!("/* {0} */", inout(reg) pointer, options(pure, nomem, nostack, preserves_flags));
    }
    pointer
}

/// A register that L of can be turned over at once, L being its lanes.
pub(super) trait Square<const L: usize>: Simd {
    /// Loads L runs of L numbers, `stride` apart: register i holds number i of each.
    ///
    /// # Safety
    /// As for the other methods.
    unsafe fn square(from: *const Self::Elem, stride: usize) -> [Self; L];
}
