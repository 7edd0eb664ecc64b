//! The registers of x86-64: AVX2 with FMA, and AVX-512F (chapter 1).

use super::{Simd, Transpose, Unaligned};
use std::arch::x86_64::*;

/// Eight ones, then eight zeros, as 32-bit words: a mask of n words starts n before the first zero.
static ONES_ZEROS: [i32; 16] = [-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0];

/// Writes the first `lanes` lanes: a half of the register, a quarter, an eighth.
///
/// # Safety
/// - The processor has AVX2.
/// - `to` is valid for writes of `lanes` numbers, 1 to 8.
#[inline(always)]
unsafe fn store_first_f32(from: __m256, to: *mut f32, lanes: usize) {
    // SAFETY: AVX2 is in the contract. Four, two and one number are written only if `lanes` has
    // that binary digit, each behind what was written before: `lanes` numbers together.
    unsafe {
        if lanes == 8 {
            return _mm256_storeu_ps(to, from);
        }
        let (mut rest, mut to) = (_mm256_castps256_ps128(from), to);
        if lanes & 4 > 0 {
            _mm_storeu_ps(to, rest);
            (rest, to) = (_mm256_extractf128_ps::<1>(from), to.add(4));
        }
        if lanes & 2 > 0 {
            _mm_storel_pd(to.cast(), _mm_castps_pd(rest));
            (rest, to) = (_mm_movehl_ps(rest, rest), to.add(2));
        }
        if lanes & 1 > 0 {
            _mm_store_ss(to, rest);
        }
    }
}

/// Writes the first `lanes` lanes: a half of the register, a quarter.
///
/// # Safety
/// - The processor has AVX2.
/// - `to` is valid for writes of `lanes` numbers, 1 to 4.
#[inline(always)]
unsafe fn store_first_f64(from: __m256d, to: *mut f64, lanes: usize) {
    // SAFETY: AVX2 is in the contract. Two numbers and one are written only if `lanes` has that
    // binary digit, the one behind the two: `lanes` numbers together.
    unsafe {
        if lanes == 4 {
            return _mm256_storeu_pd(to, from);
        }
        let (mut rest, mut to) = (_mm256_castpd256_pd128(from), to);
        if lanes & 2 > 0 {
            _mm_storeu_pd(to, rest);
            (rest, to) = (_mm256_extractf128_pd::<1>(from), to.add(2));
        }
        if lanes & 1 > 0 {
            _mm_store_sd(to, rest);
        }
    }
}

/// [`Simd`] for a register of 256 bits; a lane of it is `words` words of 32 bits.
macro_rules! avx2 {
    ($register:ident: [$t:ident; $lanes:literal], $words:literal,
     $set1:ident $fma:ident $maskload:ident $store_first:ident) => {
        impl Simd for $register {
            type Elem = $t;
            /// The mask twice: as a register, for loads; and as a number of lanes, for stores,
            /// since some processors take twenty times as long over a masked store as over a store.
            type Mask = (__m256i, usize);
            const LANES: usize = $lanes;

            #[inline(always)]
            unsafe fn splat(x: $t) -> Self {
                // SAFETY: the contract of `splat` is that the processor has AVX2.
                unsafe { $set1(x) }
            }

            #[inline(always)]
            fn fma(a: Self, b: Self, c: Self) -> Self {
                // SAFETY: the registers a, b, c are there, and all that make one demand AVX2 with
                // FMA.
                unsafe { $fma(a, b, c) }
            }

            #[inline(always)]
            unsafe fn load(from: *const $t) -> Self {
                // SAFETY: the contract of `load` is AVX2 and a register's numbers at `from`;
                // `Unaligned` may lie anywhere.
                unsafe { (*from.cast::<Unaligned<Self>>()).0 }
            }

            #[inline(always)]
            unsafe fn store(self, to: *mut $t) {
                // SAFETY: this register shows that there is AVX2; the contract of `store` is room
                // for its numbers at `to`; `Unaligned` may lie anywhere.
                unsafe { *to.cast() = Unaligned(self) }
            }

            #[inline(always)]
            unsafe fn mask(lanes: usize) -> (__m256i, usize) {
                debug_assert!((1..=$lanes).contains(&lanes));
                let first = ONES_ZEROS.as_ptr().wrapping_add(8 - lanes * $words);
                // SAFETY: the contract of `mask` is AVX2 and 1 to LANES lanes, so the mask begins
                // at word 0 to 7, and its eight words lie within the sixteen.
                (unsafe { _mm256_loadu_si256(first.cast()) }, lanes)
            }

            #[inline(always)]
            unsafe fn load_masked(from: *const $t, mask: (__m256i, usize)) -> Self {
                // SAFETY: the mask shows that there is AVX2; the contract of `load_masked` is a
                // number for each of its lanes at `from`, and no other is read.
                unsafe { $maskload(from, mask.0) }
            }

            #[inline(always)]
            unsafe fn store_masked(self, to: *mut $t, mask: (__m256i, usize)) {
                // SAFETY: this register shows that there is AVX2; the contract of `store_masked`
                // is room for as many numbers at `to` as the mask has lanes.
                unsafe { $store_first(self, to, mask.1) }
            }
        }
    };
}
avx2!(__m256: [f32; 8], 1, _mm256_set1_ps _mm256_fmadd_ps _mm256_maskload_ps store_first_f32);
avx2!(__m256d: [f64; 4], 2, _mm256_set1_pd _mm256_fmadd_pd _mm256_maskload_pd store_first_f64);

/// [`Simd`] for a register of 512 bits.
macro_rules! avx512 {
    ($register:ident: [$t:ident; $lanes:literal], $mask:ident,
     $set1:ident $fma:ident $maskload:ident $maskstore:ident) => {
        impl Simd for $register {
            type Elem = $t;
            /// A binary digit for each lane.
            type Mask = $mask;
            const LANES: usize = $lanes;

            #[inline(always)]
            unsafe fn splat(x: $t) -> Self {
                // SAFETY: the contract of `splat` is that the processor has AVX-512F.
                unsafe { $set1(x) }
            }

            #[inline(always)]
            fn fma(a: Self, b: Self, c: Self) -> Self {
                // SAFETY: the registers a, b, c are there, and all that make one demand AVX-512F.
                unsafe { $fma(a, b, c) }
            }

            #[inline(always)]
            unsafe fn load(from: *const $t) -> Self {
                // SAFETY: the contract of `load` is AVX-512F and a register's numbers at `from`;
                // `Unaligned` may lie anywhere.
                unsafe { (*from.cast::<Unaligned<Self>>()).0 }
            }

            #[inline(always)]
            unsafe fn store(self, to: *mut $t) {
                // SAFETY: this register shows that there is AVX-512F; the contract of `store` is
                // room for its numbers at `to`; `Unaligned` may lie anywhere.
                unsafe { *to.cast() = Unaligned(self) }
            }

            #[inline(always)]
            unsafe fn mask(lanes: usize) -> $mask {
                debug_assert!((1..=$lanes).contains(&lanes));
                $mask::MAX >> ($lanes - lanes)
            }

            #[inline(always)]
            unsafe fn load_masked(from: *const $t, mask: $mask) -> Self {
                // SAFETY: the mask shows that there is AVX-512F; the contract of `load_masked` is
                // a number for each of its lanes at `from`, and no other is read.
                unsafe { $maskload(mask, from) }
            }

            #[inline(always)]
            unsafe fn store_masked(self, to: *mut $t, mask: $mask) {
                // SAFETY: this register shows that there is AVX-512F; the contract of
                // `store_masked` is room for the mask's lanes at `to`, and no other is written.
                unsafe { $maskstore(to, mask, self) }
            }
        }
    };
}
avx512!(__m512: [f32; 16], __mmask16, _mm512_set1_ps _mm512_fmadd_ps
        _mm512_maskz_loadu_ps _mm512_mask_storeu_ps);
avx512!(__m512d: [f64; 8], __mmask8, _mm512_set1_pd _mm512_fmadd_pd
        _mm512_maskz_loadu_pd _mm512_mask_storeu_pd);

/// Runs of numbers, which [`Transpose::load_transposed`] loads by halves of a register: `numbers`
/// from each of `from + i·stride` on, for i below `runs`.
#[derive(Clone, Copy)]
struct Runs<T> {
    from: *const T,
    stride: usize,
    runs: usize,
    numbers: usize,
}

/// How half a run is loaded, and two of them into one register.
macro_rules! halves {
    ($half:ident $register:ident: [$t:ident; $lanes:literal], $words:literal,
     $maskload:ident $cast:ident $insert:ident) => {
        impl Runs<$t> {
            /// What a run holds from `offset` on, half a register of it; lanes for which there is
            /// no number are 0. For a run that is not there the last one stands in.
            ///
            /// # Safety
            /// - The processor has AVX2.
            /// - The runs are valid for reads.
            #[inline(always)]
            unsafe fn half(self, run: usize, offset: usize) -> $half {
                let count = self.numbers.saturating_sub(offset);
                let from = self.from.wrapping_add(run.min(self.runs - 1) * self.stride + offset);
                if count >= $lanes {
                    // SAFETY: AVX2 is in the contract, and the run has half a register's numbers
                    // from `offset` on; `Unaligned` may lie anywhere.
                    return unsafe { (*from.cast::<Unaligned<$half>>()).0 };
                }
                let mask = ONES_ZEROS.as_ptr().wrapping_add(8 - count * $words);
                // SAFETY: AVX2 is in the contract. `count` numbers are less than four words, so the
                // mask's four lie within the sixteen; it lets through the run's own numbers only.
                unsafe { $maskload(from, _mm_loadu_si128(mask.cast())) }
            }

            /// Half of run i, and beside it the same half of the run half a register's lanes
            /// further down.
            ///
            /// # Safety
            /// - As for `half`.
            #[inline(always)]
            unsafe fn pair(self, i: usize, offset: usize) -> $register {
                // SAFETY: all that is asked for is in this function's own contract.
                unsafe {
                    let (low, high) = (self.half(i, offset), self.half(i + $lanes, offset));
                    $insert::<1>($cast(low), high)
                }
            }
        }
    };
}
halves!(__m128 __m256: [f32; 4], 1,
        _mm_maskload_ps _mm256_castps128_ps256 _mm256_insertf128_ps);
halves!(__m128d __m256d: [f64; 2], 2,
        _mm_maskload_pd _mm256_castpd128_pd256 _mm256_insertf128_pd);

impl Transpose<8> for __m256 {
    #[inline(always)]
    unsafe fn load_transposed(
        from: *const f32,
        stride: usize,
        runs: usize,
        numbers: usize,
    ) -> [__m256; 8] {
        debug_assert!((1..=8).contains(&runs) && (1..=8).contains(&numbers));
        let runs = Runs { from, stride, runs, numbers };
        // SAFETY: the contract of `load_transposed` is AVX2, and that the runs are valid. Setting
        // registers to zero touches no memory, and the rest works on registers alone.
        unsafe {
            let mut out = [_mm256_setzero_ps(); 8];
            for offset in [0, 4] {
                let (x0, x1) = (runs.pair(0, offset), runs.pair(1, offset));
                let (x2, x3) = (runs.pair(2, offset), runs.pair(3, offset));
                let (a, b) = (_mm256_unpacklo_ps(x0, x1), _mm256_unpackhi_ps(x0, x1));
                let (c, d) = (_mm256_unpacklo_ps(x2, x3), _mm256_unpackhi_ps(x2, x3));
                out[offset] = _mm256_shuffle_ps::<0x44>(a, c);
                out[offset + 1] = _mm256_shuffle_ps::<0xEE>(a, c);
                out[offset + 2] = _mm256_shuffle_ps::<0x44>(b, d);
                out[offset + 3] = _mm256_shuffle_ps::<0xEE>(b, d);
            }
            out
        }
    }
}

impl Transpose<4> for __m256d {
    #[inline(always)]
    unsafe fn load_transposed(
        from: *const f64,
        stride: usize,
        runs: usize,
        numbers: usize,
    ) -> [__m256d; 4] {
        debug_assert!((1..=4).contains(&runs) && (1..=4).contains(&numbers));
        let runs = Runs { from, stride, runs, numbers };
        // SAFETY: the contract of `load_transposed` is AVX2, and that the runs are valid; the rest
        // works on registers alone.
        unsafe {
            let (a, b) = (runs.pair(0, 0), runs.pair(1, 0));
            let (c, d) = (runs.pair(0, 2), runs.pair(1, 2));
            [
                _mm256_unpacklo_pd(a, b),
                _mm256_unpackhi_pd(a, b),
                _mm256_unpacklo_pd(c, d),
                _mm256_unpackhi_pd(c, d),
            ]
        }
    }
}
