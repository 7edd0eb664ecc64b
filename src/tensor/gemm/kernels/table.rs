//! The kernels of each instruction set, and the sizes of tiles that suit it (chapter 1).

use super::super::simd::{Plain, Simd};
use super::compile::{Baseline, ByTile, Compiled, InstructionSet, MAX_VECTORS, by_tile};
use super::copy::{CopyRows, Move, TransposePlain};
use super::gemv::{ByRows, Gemv};
use super::ger::{Ger, Strips};
use super::im2col::{Left, LeftTile, MAX_IM2COL_ROWS, Right, RightTile};
use super::matrix::{MicroKernel, Tile};
use super::peak::Peak;
use crate::Scalar;
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
use crate::tensor::isa::{self, Isa};

/// The kernels of one instruction set, and what they ask of the loops around them.
///
/// [`HasKernels::kernels`] alone gives them out: whoever has some may call them, as far as the
/// instruction set goes.
pub(crate) struct Kernels<T: 'static> {
    /// Numbers in a register.
    pub lanes: usize,
    /// How large tiles are.
    sizes: TileSizes,
    /// The micro-kernel for tiles of whole registers.
    whole: ByTile<Tile<T>>,
    /// The same for remainder tiles, of which the last register is in use only in part.
    masked: ByTile<Tile<T>>,
    /// The micro-kernel for an im2col matrix on the right.
    pub im2col_right: ByTile<RightTile<T>>,
    /// The micro-kernel for an im2col matrix on the left.
    pub im2col_left: ByTile<LeftTile<T>>,
    /// How to pack rows that lie in one run each.
    pub copy: Compiled<Move<T>>,
    /// How to pack columns that lie in one run each.
    pub transpose: Compiled<Move<T>>,
    /// The kernels for a few rows of C (gemv), where there are any.
    gemv: Option<ByRows<T>>,
    /// The kernel for a column times a row (ger).
    pub ger: Compiled<Ger<T>>,
    /// The loop of [`fma_peak`](crate::tensor::gemm::fma_peak).
    pub peak: Compiled<usize>,
    /// How many numbers that loop works on at once.
    pub peak_width: usize,
}

/// How large the tiles of an instruction set are: BLIS calls their rows mr and their columns nr.
/// Here nr is counted in registers, and a tile may have fewer registers or rows than these.
struct TileSizes {
    /// Registers in a micro-panel of B.
    nr: usize,
    /// The same if C has one row, two rows, or three: then there are registers for more.
    nr_few_rows: [usize; 3],
    /// Rows of the tallest tile, by its registers in a row. A tile one register wide is taller than
    /// others, so that enough sums are under way.
    mr: [usize; MAX_VECTORS + 1],
    /// The same with an im2col matrix for a factor.
    mr_im2col: [usize; MAX_VECTORS + 1],
    /// Sums in the loop of `peak`.
    chains: usize,
}

/// The tiles for 32 registers: up to 24 of them hold sums.
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
const OF_32: TileSizes = TileSizes {
    nr: 4,
    nr_few_rows: [8, 8, 8],
    mr: [0, 12, 12, 6, 6, 3, 3, 3, 3],
    mr_im2col: [0, MAX_IM2COL_ROWS, 6, 6, 6, 0, 0, 0, 0],
    chains: 24,
};

/// The tiles for plain Rust, where each kernel is much code and none is fast: a few small ones.
const PLAIN: TileSizes = TileSizes {
    nr: 2,
    nr_few_rows: [2, 2, 2],
    mr: [0, 4, 4, 0, 0, 0, 0, 0, 0],
    mr_im2col: [0, MAX_IM2COL_ROWS, 6, 0, 0, 0, 0, 0, 0],
    chains: 6,
};

impl<T: Scalar> Kernels<T> {
    /// The kernels with registers `V`, compiled for the instruction set `I`.
    const fn new<I: InstructionSet, V: Simd<Elem = T>>(sizes: TileSizes) -> Self {
        Self {
            lanes: V::LANES,
            whole: by_tile::<I, MicroKernel<V, false>>(&sizes.mr),
            masked: by_tile::<I, MicroKernel<V, true>>(&sizes.mr),
            im2col_right: by_tile::<I, Right<V>>(&sizes.mr_im2col),
            im2col_left: by_tile::<I, Left<V>>(&sizes.mr_im2col),
            copy: I::run::<CopyRows<V>>,
            transpose: I::run::<TransposePlain<T>>,
            gemv: None,
            ger: I::run::<Strips<V>>,
            peak: match sizes.chains {
                6 => I::run::<Peak<V, 6>>,
                12 => I::run::<Peak<V, 12>>,
                24 => I::run::<Peak<V, 24>>,
                _ => panic!("no loop was compiled for so many sums"),
            },
            peak_width: sizes.chains * V::LANES,
            sizes,
        }
    }

    /// The kernels in plain Rust.
    const PLAIN: &Self = &Self::new::<Baseline, Plain<T>>(PLAIN);

    /// How many registers hold so many numbers. (Lanes are a power of two, and a shift takes a
    /// tenth of the time of a division, which a small product would feel.)
    #[inline]
    pub(crate) fn vectors(&self, numbers: usize) -> usize {
        debug_assert!(self.lanes.is_power_of_two());
        (numbers + self.lanes - 1) >> self.lanes.trailing_zeros()
    }

    /// Registers in a micro-panel of B, for a C of so many rows.
    pub(crate) fn nr(&self, rows: usize) -> usize {
        *self.sizes.nr_few_rows.get(rows - 1).unwrap_or(&self.sizes.nr)
    }

    /// Registers in the widest tile with an im2col matrix for a factor.
    pub(crate) fn nr_im2col(&self) -> usize {
        self.sizes.nr
    }

    /// Rows of the tallest tile with so many registers in a row.
    pub(crate) fn mr(&self, vectors: usize) -> usize {
        self.sizes.mr[vectors]
    }

    /// Rows of the tallest tile with so many registers in a row, and an im2col matrix for a factor.
    pub(crate) fn mr_im2col(&self, vectors: usize) -> usize {
        self.sizes.mr_im2col[vectors]
    }

    /// The kernel for so many rows of A, which lie in runs or do not; `None` if there is none.
    pub(crate) fn gemv(&self, rows: usize, in_runs: bool) -> Option<Compiled<Gemv<T>>> {
        Some(self.gemv.as_ref()?.get(rows - 1)?[usize::from(in_runs)])
    }

    /// Computes one tile of so many registers in a row.
    ///
    /// # Safety
    /// - What [`Tile`] says about its fields holds.
    /// - `vectors` registers are the fewest that hold the tile's columns.
    #[inline(always)]
    pub(crate) unsafe fn multiply(&self, vectors: usize, tile: &Tile<T>) {
        debug_assert!(self.vectors(tile.cols) == vectors);
        let kernels = match tile.cols == vectors * self.lanes {
            true => &self.whole,
            false => &self.masked,
        };
        // SAFETY: this table's instruction set is the processor's, for it was given out by
        // `HasKernels::kernels`; the kernel is the one for the tile's rows and registers; the rest
        // is this function's own contract.
        unsafe { kernels[tile.rows][vectors](tile) }
    }
}

/// Element types that have kernels.
pub trait HasKernels: Sized + 'static {
    /// The kernels of the instruction set in use.
    #[doc(hidden)]
    #[allow(private_interfaces)]
    fn kernels() -> &'static Kernels<Self>;
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::super::super::simd::Transpose;
    use super::super::compile::{Avx2, Avx512};
    use super::super::copy::TransposeBlocks;
    use super::super::gemv_blocks::GemvBlocks;
    use super::*;
    use std::arch::x86_64::{__m256, __m256d, __m512, __m512d};

    /// The tiles for 16 registers: up to twelve of them hold sums.
    const OF_16: TileSizes = TileSizes {
        nr: 2,
        nr_few_rows: [8, 6, 4],
        mr: [0, 12, 6, 3, 3, 2, 2, 1, 1],
        mr_im2col: [0, MAX_IM2COL_ROWS, 6, 0, 0, 0, 0, 0, 0],
        chains: 12,
    };

    impl<T: Scalar> Kernels<T> {
        /// With those kernels that transpose blocks of L × L in AVX2's registers.
        const fn transposing<V: Transpose<L, Elem = T>, const L: usize>(self) -> Self {
            Self {
                copy: Avx2::run::<CopyRows<V>>,
                transpose: Avx2::run::<TransposeBlocks<V, L>>,
                gemv: Some([
                    gemv_of::<V, L, 1>(),
                    gemv_of::<V, L, 2>(),
                    gemv_of::<V, L, 3>(),
                    gemv_of::<V, L, 4>(),
                ]),
                ..self
            }
        }
    }

    /// Both kernels for R rows of C.
    const fn gemv_of<V: Transpose<L>, const L: usize, const R: usize>()
    -> [Compiled<Gemv<V::Elem>>; 2] {
        [Avx2::run::<GemvBlocks<V, L, R, false>>, Avx2::run::<GemvBlocks<V, L, R, true>>]
    }

    impl HasKernels for f32 {
        #[allow(private_interfaces)]
        #[inline]
        fn kernels() -> &'static Kernels<f32> {
            static AVX2: Kernels<f32> =
                Kernels::new::<Avx2, __m256>(OF_16).transposing::<__m256, 8>();
            static AVX512: Kernels<f32> =
                Kernels::new::<Avx512, __m512>(OF_32).transposing::<__m256, 8>();
            match isa::current() {
                Isa::Avx512 => &AVX512,
                Isa::Avx2 => &AVX2,
                _ => Kernels::PLAIN,
            }
        }
    }

    impl HasKernels for f64 {
        #[allow(private_interfaces)]
        #[inline]
        fn kernels() -> &'static Kernels<f64> {
            static AVX2: Kernels<f64> =
                Kernels::new::<Avx2, __m256d>(OF_16).transposing::<__m256d, 4>();
            static AVX512: Kernels<f64> =
                Kernels::new::<Avx512, __m512d>(OF_32).transposing::<__m256d, 4>();
            match isa::current() {
                Isa::Avx512 => &AVX512,
                Isa::Avx2 => &AVX2,
                _ => Kernels::PLAIN,
            }
        }
    }
}

#[cfg(target_arch = "aarch64")]
mod arm {
    use super::*;
    use std::arch::aarch64::{float32x4_t, float64x2_t};

    impl HasKernels for f32 {
        #[allow(private_interfaces)]
        #[inline]
        fn kernels() -> &'static Kernels<f32> {
            static NEON: Kernels<f32> = Kernels::new::<Baseline, float32x4_t>(OF_32);
            match isa::current() {
                Isa::Neon => &NEON,
                _ => Kernels::PLAIN,
            }
        }
    }

    impl HasKernels for f64 {
        #[allow(private_interfaces)]
        #[inline]
        fn kernels() -> &'static Kernels<f64> {
            static NEON: Kernels<f64> = Kernels::new::<Baseline, float64x2_t>(OF_32);
            match isa::current() {
                Isa::Neon => &NEON,
                _ => Kernels::PLAIN,
            }
        }
    }
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
mod other {
    use super::*;

    impl HasKernels for f32 {
        #[allow(private_interfaces)]
        #[inline]
        fn kernels() -> &'static Kernels<f32> {
            Kernels::PLAIN
        }
    }

    impl HasKernels for f64 {
        #[allow(private_interfaces)]
        #[inline]
        fn kernels() -> &'static Kernels<f64> {
            Kernels::PLAIN
        }
    }
}
