//! The micro-kernels of each instruction set, compiled and tabled (chapter 1).
//!
//! A `#[target_feature]` function is compiled for more than the program as a whole, and inlines the
//! generic body. Which table is used is settled while running.

use super::dots::dots;
use super::kernel::{Micro, PORTABLE_ROWS, Tile, micro_kernel, portable};
use super::pack::{self, Move};
use super::peak;
use super::shifted_kernels::{self, LeftTile, RightTile, left, right};
use super::simd::{Plain, Simd, Square};
use crate::Scalar;
use crate::tensor::isa::Isa;

/// See [`dots`].
pub(super) type Dots<T> = unsafe fn(usize, *const T, *const T, usize, usize, *mut T, bool);

/// The tallest and the widest tile, where both factors are matrices.
const MOST_ROWS: usize = 6;
const MOST_VECTORS: usize = 8;

/// The micro-kernels of one instruction set, and what they ask of the loops around them.
pub(super) struct Kernels<T: 'static> {
    /// Numbers in a register.
    pub lanes: usize,
    /// Registers in a strip of B, for 1, 2, 3 and more rows of C.
    pub strip: [usize; 4],
    /// Rows of the tallest tile, by its registers in a row.
    pub tallest: [usize; MOST_VECTORS + 1],
    /// By rows and registers in a row.
    full: [[Micro<T>; MOST_VECTORS + 1]; MOST_ROWS + 1],
    masked: [[Micro<T>; MOST_VECTORS + 1]; MOST_ROWS + 1],
    /// How to pack rows and columns that lie in one run: see [`pack`](super::pack).
    pub copy: Move<T>,
    pub transpose: Move<T>,
    /// One row by columns that lie in one run, where there are instructions for it; from this
    /// depth and this number of columns on.
    pub dots: Option<Dots<T>>,
    pub square: usize,
    /// For a factor that is an image, by rows and registers; as wide as `strip` for many rows.
    pub right: ByTile<RightMicro<T>>,
    pub left: ByTile<LeftMicro<T>>,
    /// See [`peak::chains`].
    pub peak: unsafe fn(links: usize) -> usize,
}

/// One for each height and width of a tile, counted from 1.
type ByTile<F> = [[F; shifted_kernels::MOST_VECTORS + 1]; shifted_kernels::MOST_ROWS + 1];
/// See [`shifted_kernels`].
pub(super) type RightMicro<T> = unsafe fn(&RightTile<T>);
pub(super) type LeftMicro<T> = unsafe fn(&LeftTile<T>);

/// Fills such a table with the instances of a kernel.
macro_rules! by_tile {
    ($micro:ident: $kernel:ident $v:ty, 16 registers) => {
        by_tile!($micro: $kernel $v, 1: [1 2 3 4 5 6 7 8 9 10 11 12], 2: [1 2 3 4 5 6])
    };
    ($micro:ident: $kernel:ident $v:ty, 32 registers) => {
        by_tile!($micro: $kernel $v, 1: [1 2 3 4 5 6 7 8 9 10 11 12], 2: [1 2 3 4 5 6],
                 3: [1 2 3 4 5 6], 4: [1 2 3 4 5 6])
    };
    ($micro:ident: $kernel:ident $v:ty, $($vectors:literal: [$($rows:literal)*]),*) => {{
        let mut table: ByTile<$micro<<$v as Simd>::Elem>> = [[$kernel::<$v, 1, 1>; _]; _];
        $($(table[$rows][$vectors] = $kernel::<$v, $rows, $vectors>;)*)*
        table
    }};
}

impl<T: Scalar> Kernels<T> {
    pub const PORTABLE: Self = Kernels {
        lanes: 8,
        strip: [2; 4],
        tallest: [PORTABLE_ROWS; MOST_VECTORS + 1],
        full: [[portable; MOST_VECTORS + 1]; MOST_ROWS + 1],
        masked: [[portable; MOST_VECTORS + 1]; MOST_ROWS + 1],
        copy: pack::copy_plain,
        transpose: pack::transpose_plain,
        dots: None,
        square: 0,
        right: by_tile!(RightMicro: right Plain<T>, 16 registers),
        left: by_tile!(LeftMicro: left Plain<T>, 16 registers),
        peak: peak::chains::<Plain<T>, { peak::CHAINS_OF_16 }>,
    };

    /// Computes one tile.
    ///
    /// # Safety
    /// As [`Micro`]; `tile.rows` is at most `tallest` for `vectors`.
    #[inline(always)]
    pub unsafe fn run(&self, vectors: usize, tile: &Tile<T>) {
        let kernels = match tile.cols == vectors * self.lanes {
            true => &self.full,
            false => &self.masked,
        };
        // SAFETY: the caller's promise.
        unsafe { kernels[tile.rows][vectors](tile) }
    }
}

/// Element types that have micro-kernels.
pub trait HasKernels: Sized + 'static {
    #[doc(hidden)]
    #[allow(private_interfaces)]
    fn kernels(isa: Isa) -> &'static Kernels<Self>;
}

/// Fills a table: for each height, the widths that have a kernel.
macro_rules! fill {
    ($wrapper:ident $v:ty, $masked:literal: $($rows:literal: [$($vectors:literal)*]),*) => {{
        let mut table: [[Micro<<$v as Simd>::Elem>; MOST_VECTORS + 1]; MOST_ROWS + 1] =
            [[portable; MOST_VECTORS + 1]; MOST_ROWS + 1];
        $($(table[$rows][$vectors] = $wrapper::<$v, $rows, $vectors, $masked>;)*)*
        table
    }};
}

/// For 16 registers: twelve sums, or nearly.
#[cfg(target_arch = "x86_64")]
macro_rules! registers16 {
    ($wrapper:ident $v:ty, $masked:literal) => {
        fill!($wrapper $v, $masked: 1: [1 2 3 4 5 6 7 8], 2: [1 2 3 4 5 6], 3: [1 2 3 4],
              4: [1 2 3], 5: [1 2], 6: [1 2])
    };
}

/// For 32 registers: 24 sums, or nearly.
macro_rules! registers32 {
    ($wrapper:ident $v:ty, $masked:literal) => {
        fill!($wrapper $v, $masked: 1: [1 2 3 4 5 6 7 8], 2: [1 2 3 4 5 6 7 8],
              3: [1 2 3 4 5 6 7 8], 4: [1 2 3 4], 5: [1 2 3 4], 6: [1 2 3 4])
    };
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::*;
    use std::arch::x86_64::*;

    #[target_feature(enable = "avx2,fma")]
    unsafe fn avx2<V: Simd, const R: usize, const N: usize, const MASKED: bool>(
        tile: &Tile<V::Elem>,
    ) {
        // SAFETY: the caller's promise.
        unsafe { micro_kernel::<V, R, N, MASKED>(tile) }
    }

    #[target_feature(enable = "avx512f,avx2,fma")]
    unsafe fn avx512<V: Simd, const R: usize, const N: usize, const MASKED: bool>(
        tile: &Tile<V::Elem>,
    ) {
        // SAFETY: the caller's promise.
        unsafe { micro_kernel::<V, R, N, MASKED>(tile) }
    }

    #[target_feature(enable = "avx2,fma")]
    unsafe fn right2<V: Simd, const R: usize, const N: usize>(tile: &RightTile<V::Elem>) {
        // SAFETY: the caller's promise.
        unsafe { right::<V, R, N>(tile) }
    }

    #[target_feature(enable = "avx2,fma")]
    unsafe fn left2<V: Simd, const R: usize, const N: usize>(tile: &LeftTile<V::Elem>) {
        // SAFETY: the caller's promise.
        unsafe { left::<V, R, N>(tile) }
    }

    #[target_feature(enable = "avx512f,avx2,fma")]
    unsafe fn right512<V: Simd, const R: usize, const N: usize>(tile: &RightTile<V::Elem>) {
        // SAFETY: the caller's promise.
        unsafe { right::<V, R, N>(tile) }
    }

    #[target_feature(enable = "avx512f,avx2,fma")]
    unsafe fn left512<V: Simd, const R: usize, const N: usize>(tile: &LeftTile<V::Elem>) {
        // SAFETY: the caller's promise.
        unsafe { left::<V, R, N>(tile) }
    }

    #[target_feature(enable = "avx2,fma")]
    unsafe fn copy<V: Simd>(
        from: *const V::Elem,
        stride: usize,
        rows: usize,
        cols: usize,
        out: *mut V::Elem,
        width: usize,
    ) {
        // SAFETY: the caller's promise.
        unsafe { pack::copy::<V>(from, stride, rows, cols, out, width) }
    }

    #[target_feature(enable = "avx2,fma")]
    unsafe fn transpose<V: Square<L>, const L: usize>(
        from: *const V::Elem,
        stride: usize,
        rows: usize,
        cols: usize,
        out: *mut V::Elem,
        width: usize,
    ) {
        // SAFETY: the caller's promise.
        unsafe { pack::transpose::<V, L>(from, stride, rows, cols, out, width) }
    }

    #[target_feature(enable = "avx2,fma")]
    unsafe fn dots<V: Square<L>, const L: usize>(
        k: usize,
        x: *const V::Elem,
        b: *const V::Elem,
        stride: usize,
        n: usize,
        c: *mut V::Elem,
        accumulate: bool,
    ) {
        // SAFETY: the caller's promise.
        unsafe { super::dots::<V, L>(k, x, b, stride, n, c, accumulate) }
    }

    #[target_feature(enable = "avx2,fma")]
    unsafe fn chains2<V: Simd, const CHAINS: usize>(links: usize) -> usize {
        // SAFETY: the caller's promise.
        unsafe { peak::chains::<V, CHAINS>(links) }
    }

    #[target_feature(enable = "avx512f,avx2,fma")]
    unsafe fn chains512<V: Simd, const CHAINS: usize>(links: usize) -> usize {
        // SAFETY: the caller's promise.
        unsafe { peak::chains::<V, CHAINS>(links) }
    }

    macro_rules! kernels {
        ($t:ident, $avx2:ident, $avx512:ident) => {
            impl HasKernels for $t {
                #[allow(private_interfaces)]
                fn kernels(isa: Isa) -> &'static Kernels<Self> {
                    static AVX2: Kernels<$t> = Kernels {
                        lanes: $avx2::LANES,
                        strip: [8, 6, 4, 2],
                        tallest: [0, 6, 6, 4, 3, 2, 2, 1, 1],
                        full: registers16!(avx2 $avx2, false),
                        masked: registers16!(avx2 $avx2, true),
                        copy: copy::<$avx2>,
                        transpose: transpose::<$avx2, { $avx2::LANES }>,
                        dots: Some(dots::<$avx2, { $avx2::LANES }>),
                        square: $avx2::LANES,
                        right: by_tile!(RightMicro: right2 $avx2, 16 registers),
                        left: by_tile!(LeftMicro: left2 $avx2, 16 registers),
                        peak: chains2::<$avx2, { peak::CHAINS_OF_16 }>,
                    };
                    static AVX512: Kernels<$t> = Kernels {
                        lanes: $avx512::LANES,
                        strip: [8, 8, 8, 4],
                        tallest: [0, 6, 6, 6, 6, 3, 3, 3, 3],
                        full: registers32!(avx512 $avx512, false),
                        masked: registers32!(avx512 $avx512, true),
                        copy: copy::<$avx2>,
                        transpose: transpose::<$avx2, { $avx2::LANES }>,
                        dots: Some(dots::<$avx2, { $avx2::LANES }>),
                        square: $avx2::LANES,
                        right: by_tile!(RightMicro: right512 $avx512, 32 registers),
                        left: by_tile!(LeftMicro: left512 $avx512, 32 registers),
                        peak: chains512::<$avx512, { peak::CHAINS_OF_32 }>,
                    };
                    match isa {
                        Isa::Avx512 => &AVX512,
                        Isa::Avx2 => &AVX2,
                        _ => &Kernels::PORTABLE,
                    }
                }
            }
        };
    }
    kernels!(f32, __m256, __m512);
    kernels!(f64, __m256d, __m512d);
}

#[cfg(target_arch = "aarch64")]
mod arm {
    use super::*;
    use std::arch::aarch64::*;

    unsafe fn neon<V: Simd, const R: usize, const N: usize, const MASKED: bool>(
        tile: &Tile<V::Elem>,
    ) {
        // SAFETY: the caller's promise.
        unsafe { micro_kernel::<V, R, N, MASKED>(tile) }
    }

    macro_rules! kernels {
        ($t:ident, $register:ident) => {
            impl HasKernels for $t {
                #[allow(private_interfaces)]
                fn kernels(isa: Isa) -> &'static Kernels<Self> {
                    static NEON: Kernels<$t> = Kernels {
                        lanes: $register::LANES,
                        strip: [8, 8, 8, 4],
                        tallest: [0, 6, 6, 6, 6, 3, 3, 3, 3],
                        full: registers32!(neon $register, false),
                        masked: registers32!(neon $register, true),
                        copy: pack::copy::<$register>,
                        transpose: pack::transpose_plain,
                        dots: None,
                        square: 0,
                        right: by_tile!(RightMicro: right $register, 32 registers),
                        left: by_tile!(LeftMicro: left $register, 32 registers),
                        peak: peak::chains::<$register, { peak::CHAINS_OF_32 }>,
                    };
                    match isa {
                        Isa::Neon => &NEON,
                        _ => &Kernels::PORTABLE,
                    }
                }
            }
        };
    }
    kernels!(f32, float32x4_t);
    kernels!(f64, float64x2_t);
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
mod other {
    use super::*;

    impl HasKernels for f32 {
        #[allow(private_interfaces)]
        fn kernels(_: Isa) -> &'static Kernels<Self> {
            &Kernels::PORTABLE
        }
    }
    impl HasKernels for f64 {
        #[allow(private_interfaces)]
        fn kernels(_: Isa) -> &'static Kernels<Self> {
            &Kernels::PORTABLE
        }
    }
}
