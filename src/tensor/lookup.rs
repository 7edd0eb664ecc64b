//! Small tables, looked up for many numbers at once (chapter 4).
//!
//! From a table in memory a processor reads one number after another. A table that fits into a
//! register or two needs no memory: there are instructions that permute a register's lanes by the
//! numbers in another, so that each lane is handed any entry. Plain Rust cannot say that, so here
//! are the processor's own instructions.

use super::isa::Compiled;
#[cfg(target_arch = "x86_64")]
use super::isa::Isa;
use std::ops::{Deref, DerefMut};

/// How many numbers a [`Block`] holds.
pub(crate) const LEN: usize = 128;

/// A block of numbers on their way from one loop to the next. It begins where a cache line does,
/// for a register that straddles two of them is read and written at half the speed.
#[derive(Clone, Copy)]
#[repr(align(64))]
pub(crate) struct Block<T>([T; LEN]);

impl<T: Copy + Default> Block<T> {
    #[inline(always)]
    pub(crate) fn new() -> Self {
        Self([T::default(); LEN])
    }
}

impl<T> Deref for Block<T> {
    type Target = [T; LEN];
    #[inline(always)]
    fn deref(&self) -> &[T; LEN] {
        &self.0
    }
}

impl<T> DerefMut for Block<T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut [T; LEN] {
        &mut self.0
    }
}

/// The entry of a table of N at each index, of which the last log₂ N bits count.
#[inline(always)]
pub(crate) fn lookup<const N: usize>(
    compiled: Compiled,
    table: &[f32; N],
    index: &Block<u32>,
) -> Block<f32> {
    const { assert!(N.is_power_of_two()) };
    let mut out = Block::new();
    #[cfg(target_arch = "x86_64")]
    match (compiled.isa(), N) {
        (Isa::Avx512, 32) => {
            // SAFETY: `vectorize_with` made `compiled` on a processor with AVX-512, and N is 32.
            unsafe { x86::two_of_512(table.as_ptr(), index, &mut out) };
            return out;
        }
        (Isa::Avx2, 16) => {
            // SAFETY: `vectorize_with` made `compiled` on a processor with AVX2, and N is 16.
            unsafe { x86::two_of_256(table.as_ptr(), index, &mut out) };
            return out;
        }
        _ => (),
    }
    let _ = compiled;
    for (out, &index) in out.iter_mut().zip(&**index) {
        *out = table[index as usize % N];
    }
    out
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::{Block, LEN};
    use std::arch::x86_64::*;

    /// A table of two registers of 16.
    ///
    /// # Safety
    /// - The processor has AVX-512F.
    /// - `table` is valid for reads of 32 numbers.
    #[inline(always)]
    pub(super) unsafe fn two_of_512(table: *const f32, index: &Block<u32>, out: &mut Block<f32>) {
        // SAFETY: this function's contract has the instruction set and 32 numbers. A block begins on
        // a multiple of 64 bytes and has 8 times 16 numbers, as index and out have.
        unsafe {
            let (low, high) = (_mm512_loadu_ps(table), _mm512_loadu_ps(table.add(16)));
            for i in (0..LEN).step_by(16) {
                let index = _mm512_load_si512(index.as_ptr().add(i).cast());
                let found = _mm512_permutex2var_ps(low, index, high);
                _mm512_store_ps(out.as_mut_ptr().add(i), found);
            }
        }
    }

    /// A table of two registers of 8.
    ///
    /// # Safety
    /// - The processor has AVX2.
    /// - `table` is valid for reads of 16 numbers.
    #[inline(always)]
    pub(super) unsafe fn two_of_256(table: *const f32, index: &Block<u32>, out: &mut Block<f32>) {
        // SAFETY: this function's contract has the instruction set and 16 numbers. A block begins on
        // a multiple of 64 bytes and has 16 times 8 numbers, as index and out have.
        unsafe {
            let (low, high) = (_mm256_loadu_ps(table), _mm256_loadu_ps(table.add(8)));
            for i in (0..LEN).step_by(8) {
                let index = _mm256_load_si256(index.as_ptr().add(i).cast());
                let low = _mm256_permutevar8x32_ps(low, index);
                let high = _mm256_permutevar8x32_ps(high, index);
                // A permutation minds the last three bits of an index. The fourth says which of the
                // two it is, to a blend that looks at the first.
                let which = _mm256_castsi256_ps(_mm256_slli_epi32::<28>(index));
                _mm256_store_ps(out.as_mut_ptr().add(i), _mm256_blendv_ps(low, high, which));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Block, lookup};
    use crate::tensor::isa::{self, Isa};

    #[test]
    fn every_entry_wherever_it_is_asked_for() {
        fn hold<const N: usize>() {
            let table: [f32; N] = std::array::from_fn(|i| i as f32 + 0.5);
            for shift in 0..N as u32 {
                let mut index = Block::new();
                // The first bits do not count.
                (0_u32..).zip(&mut *index).for_each(|(i, at)| *at = i * 0x0101_0001 + shift);
                for isa in Isa::supported() {
                    let found = isa::with(isa, || {
                        isa::vectorize_with(|compiled| lookup(compiled, &table, &index))
                    });
                    for (found, &index) in found.iter().zip(&*index) {
                        assert_eq!(*found, table[index as usize % N], "{isa}, {index:#x} of {N}");
                    }
                }
            }
        }
        hold::<16>();
        hold::<32>();
    }
}
