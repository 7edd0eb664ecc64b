//! Vector registers behind one small trait, so that one micro-kernel serves them all (chapter 1).
//!
//! These are the processor's own instructions under neutral names. Plain arrays would do for a
//! small kernel; for a large one the compiler stops keeping them in registers, and the kernel
//! becomes a hundred times slower.

#[cfg(target_arch = "aarch64")]
mod arm;
#[cfg(target_arch = "x86_64")]
mod x86;

use crate::Scalar;

/// A register of [`LANES`](Simd::LANES) numbers.
///
/// Whoever holds one has shown that the processor has its instruction set: all methods that make
/// one demand it. So arithmetic between registers is safe.
///
/// Pointers need no more alignment than their numbers have.
pub(crate) trait Simd: Copy {
    /// Of what the numbers are: `f32` or `f64`.
    type Elem: Scalar;
    /// Which lanes of the last register of a row are in use. As with a register, whoever holds
    /// one has shown that the processor has the instruction set.
    type Mask: Copy;
    /// How many numbers a register holds.
    const LANES: usize;

    /// Every lane `x`.
    ///
    /// # Safety
    /// - The processor has the register's instruction set.
    unsafe fn splat(x: Self::Elem) -> Self;

    /// a·b + c with one rounding.
    fn fma(a: Self, b: Self, c: Self) -> Self;

    /// The numbers at `from` and behind it.
    ///
    /// # Safety
    /// - The processor has the register's instruction set.
    /// - `from` is valid for reads of `LANES` numbers.
    unsafe fn load(from: *const Self::Elem) -> Self;

    /// Writes all lanes.
    ///
    /// # Safety
    /// - `to` is valid for writes of `LANES` numbers.
    unsafe fn store(self, to: *mut Self::Elem);

    /// The first `lanes` lanes.
    ///
    /// # Safety
    /// - The processor has the register's instruction set.
    /// - `lanes` is 1 to `LANES`.
    unsafe fn mask(lanes: usize) -> Self::Mask;

    /// The masked lanes; the others are 0, and their memory is not touched.
    ///
    /// # Safety
    /// - `from` is valid for reads of as many numbers as the mask has lanes.
    unsafe fn load_masked(from: *const Self::Elem, mask: Self::Mask) -> Self;

    /// Writes the masked lanes only.
    ///
    /// # Safety
    /// - `to` is valid for writes of as many numbers as the mask has lanes.
    unsafe fn store_masked(self, to: *mut Self::Elem, mask: Self::Mask);

    /// Prefetches: asks for the cache line at `place` before it is needed. It is a hint, so `place`
    /// may be any address.
    #[inline(always)]
    fn prefetch(place: *const Self::Elem) {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: every x86-64 has the instruction, and it never faults, whatever the address.
        unsafe {
            std::arch::x86_64::_mm_prefetch::<{ std::arch::x86_64::_MM_HINT_T0 }>(place.cast())
        };
        let _ = place;
    }
}

/// A register in memory, at any address. Reading and writing it is what `_mm512_loadu_ps` and its
/// like do. Those are library functions, however, which in a program with debug assertions look
/// each time, by way of memory, whether what they copy overlaps itself.
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
#[derive(Clone, Copy)]
#[repr(C, packed)]
struct Unaligned<V>(V);

/// Registers that can be transposed L at a time, L being their lanes.
#[cfg(target_arch = "x86_64")]
pub(crate) trait Transpose<const L: usize>: Simd {
    /// Loads runs of numbers, `stride` apart, and transposes them: register i holds number i of
    /// each run. There are `runs` of them, of `numbers` each, 1 to L; lanes and registers for which
    /// there is none hold anything.
    ///
    /// # Safety
    /// - The processor has the register's instruction set.
    /// - `from + i·stride` is valid for reads of `numbers` numbers, for each i below `runs`.
    unsafe fn load_transposed(
        from: *const Self::Elem,
        stride: usize,
        runs: usize,
        numbers: usize,
    ) -> [Self; L];
}

/// Eight numbers in plain Rust, for processors whose vector registers are not written out here.
#[derive(Clone, Copy)]
pub(crate) struct Plain<T>([T; 8]);

impl<T: Scalar> Simd for Plain<T> {
    type Elem = T;
    /// How many lanes.
    type Mask = usize;
    const LANES: usize = 8;

    #[inline(always)]
    unsafe fn splat(x: T) -> Self {
        Self([x; 8])
    }

    #[inline(always)]
    fn fma(a: Self, b: Self, c: Self) -> Self {
        Self(T::mul_add_portable(a.0, b.0, c.0))
    }

    #[inline(always)]
    unsafe fn load(from: *const T) -> Self {
        // SAFETY: the contract of `load` is eight readable numbers at `from`; an array of them has
        // no stricter alignment than they have.
        Self(unsafe { *from.cast() })
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut T) {
        // SAFETY: the contract of `store` is room for eight numbers at `to`; an array of them has
        // no stricter alignment than they have.
        unsafe { *to.cast() = self.0 }
    }

    #[inline(always)]
    unsafe fn mask(lanes: usize) -> usize {
        debug_assert!((1..=8).contains(&lanes));
        lanes
    }

    #[inline(always)]
    unsafe fn load_masked(from: *const T, lanes: usize) -> Self {
        Self(std::array::from_fn(|i| match i < lanes {
            // SAFETY: the contract of `load_masked` is `lanes` readable numbers, and i is less.
            true => unsafe { *from.add(i) },
            false => T::ZERO,
        }))
    }

    #[inline(always)]
    unsafe fn store_masked(self, to: *mut T, lanes: usize) {
        for (i, x) in self.0.into_iter().enumerate().take(lanes) {
            // SAFETY: the contract of `store_masked` is room for `lanes` numbers, and i is less.
            unsafe { *to.add(i) = x }
        }
    }
}

/// The same pointer, of which the compiler no longer knows where it came from (as with
/// `std::hint::black_box`, but without a detour through memory).
///
/// Given several pointers that differ by a multiple of a stride, the compiler would keep them all
/// in step by adding to each in every round, or keep dozens of them in memory.
#[inline(always)]
#[allow(clippy::pointers_in_nomem_asm_block)] // Nothing is read through it.
pub(crate) fn launder<T>(pointer: *const T) -> *const T {
    #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
    let pointer = {
        let laundered;
        // SAFETY: the assembly is a comment: there is no instruction in it, so it does nothing.
        unsafe {
            std::arch::asm!("/* {0} */", inout(reg) pointer => laundered,
                options(pure, nomem, nostack, preserves_flags));
        }
        laundered
    };
    pointer
}
