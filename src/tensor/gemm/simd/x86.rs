//! The registers of x86-64: AVX2 with FMA, and AVX-512F (chapter 1).

use super::{Simd, Transpose};
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
     $set1:ident $fma:ident $load:ident $store:ident $maskload:ident $store_first:ident) => {
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
                // SAFETY: the contract of `load` is AVX2 and a register's numbers at `from`; the
                // instruction takes any alignment.
                unsafe { $load(from) }
            }

            #[inline(always)]
            unsafe fn store(self, to: *mut $t) {
                // SAFETY: this register shows that there is AVX2; the contract of `store` is room
                // for its numbers at `to`; the instruction takes any alignment.
                unsafe { $store(to, self) }
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
avx2!(__m256: [f32; 8], 1, _mm256_set1_ps _mm256_fmadd_ps _mm256_loadu_ps _mm256_storeu_ps
      _mm256_maskload_ps store_first_f32);
avx2!(__m256d: [f64; 4], 2, _mm256_set1_pd _mm256_fmadd_pd _mm256_loadu_pd _mm256_storeu_pd
      _mm256_maskload_pd store_first_f64);

/// [`Simd`] for a register of 512 bits.
macro_rules! avx512 {
    ($register:ident: [$t:ident; $lanes:literal], $mask:ident,
     $set1:ident $fma:ident $load:ident $store:ident $maskload:ident $maskstore:ident) => {
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
                // the instruction takes any alignment.
                unsafe { $load(from) }
            }

            #[inline(always)]
            unsafe fn store(self, to: *mut $t) {
                // SAFETY: this register shows that there is AVX-512F; the contract of `store` is
                // room for its numbers at `to`; the instruction takes any alignment.
                unsafe { $store(to, self) }
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
avx512!(__m512: [f32; 16], __mmask16, _mm512_set1_ps _mm512_fmadd_ps _mm512_loadu_ps
        _mm512_storeu_ps _mm512_maskz_loadu_ps _mm512_mask_storeu_ps);
avx512!(__m512d: [f64; 8], __mmask8, _mm512_set1_pd _mm512_fmadd_pd _mm512_loadu_pd
        _mm512_storeu_pd _mm512_maskz_loadu_pd _mm512_mask_storeu_pd);

impl Transpose<8> for __m256 {
    #[inline(always)]
    unsafe fn load_transposed(from: *const f32, stride: usize) -> [__m256; 8] {
        // Half of run i, and beside it the same half of run i + 4.
        //
        // SAFETY: the contract of `load_transposed` is AVX2 and eight numbers from each of the
        // runs 0 to 7 on. Below, i is 0 to 3 and `offset` 0 or 4: four numbers of runs i and i + 4.
        let half = |i: usize, offset: usize| unsafe {
            let low = _mm_loadu_ps(from.add(i * stride + offset));
            let high = _mm_loadu_ps(from.add((i + 4) * stride + offset));
            _mm256_insertf128_ps::<1>(_mm256_castps128_ps256(low), high)
        };
        // SAFETY: AVX2 is in the contract; setting registers to zero touches no memory.
        let mut out = unsafe { [_mm256_setzero_ps(); 8] };
        for offset in [0, 4] {
            let x = [half(0, offset), half(1, offset), half(2, offset), half(3, offset)];
            // SAFETY: AVX2 is in the contract; these instructions work on registers alone.
            unsafe {
                let (a, b) = (_mm256_unpacklo_ps(x[0], x[1]), _mm256_unpackhi_ps(x[0], x[1]));
                let (c, d) = (_mm256_unpacklo_ps(x[2], x[3]), _mm256_unpackhi_ps(x[2], x[3]));
                out[offset] = _mm256_shuffle_ps::<0x44>(a, c);
                out[offset + 1] = _mm256_shuffle_ps::<0xEE>(a, c);
                out[offset + 2] = _mm256_shuffle_ps::<0x44>(b, d);
                out[offset + 3] = _mm256_shuffle_ps::<0xEE>(b, d);
            }
        }
        out
    }
}

impl Transpose<4> for __m256d {
    #[inline(always)]
    unsafe fn load_transposed(from: *const f64, stride: usize) -> [__m256d; 4] {
        // Half of run i, and beside it the same half of run i + 2.
        //
        // SAFETY: the contract of `load_transposed` is AVX2 and four numbers from each of the runs
        // 0 to 3 on. Below, i is 0 or 1 and `offset` 0 or 2: two numbers of runs i and i + 2.
        let half = |i: usize, offset: usize| unsafe {
            let low = _mm_loadu_pd(from.add(i * stride + offset));
            let high = _mm_loadu_pd(from.add((i + 2) * stride + offset));
            _mm256_insertf128_pd::<1>(_mm256_castpd128_pd256(low), high)
        };
        let (a, b, c, d) = (half(0, 0), half(1, 0), half(0, 2), half(1, 2));
        // SAFETY: AVX2 is in the contract; these instructions work on registers alone.
        unsafe {
            [
                _mm256_unpacklo_pd(a, b),
                _mm256_unpackhi_pd(a, b),
                _mm256_unpacklo_pd(c, d),
                _mm256_unpackhi_pd(c, d),
            ]
        }
    }
}
