//! How one loop in Rust becomes machine code for each instruction set (chapter 1).
//!
//! A function marked `#[target_feature]` is compiled for more than the program as a whole, and
//! whatever is inlined into it is too. So there is one such function for each instruction set,
//! [`InstructionSet::run`], and it has nothing in it but the call of a [`Kernel`], which is marked
//! `#[inline(always)]`. Its instances are what the tables of kernels hold.

use std::marker::PhantomData;

/// A loop that is compiled for each instruction set.
pub(crate) trait Kernel {
    /// What it works on: a tile of C, say, with its sizes and pointers.
    type Job;

    /// Does the job.
    ///
    /// # Safety
    /// - The processor has the instruction set of the kernel's registers.
    /// - What the type of the job says about its fields holds.
    unsafe fn run(job: &Self::Job);
}

/// A micro-kernel: a loop that holds a tile of C, of R rows by N registers, in registers.
pub(crate) trait TileKernel {
    /// A tile, and where its numbers come from.
    type Tile;

    /// Computes the tile.
    ///
    /// # Safety
    /// - The processor has the instruction set of the kernel's registers.
    /// - The tile has R rows, of N registers.
    /// - What the type of the tile says about its fields holds.
    unsafe fn run<const R: usize, const N: usize>(tile: &Self::Tile);
}

/// A micro-kernel for one size of tile.
struct OfSize<K, const R: usize, const N: usize>(PhantomData<K>);

impl<K: TileKernel, const R: usize, const N: usize> Kernel for OfSize<K, R, N> {
    type Job = K::Tile;
    #[inline(always)]
    unsafe fn run(tile: &K::Tile) {
        // SAFETY: the contract of `Kernel::run` covers the instruction set and the tile's fields;
        // `by_tile` files this instance under R and N, by which it is looked up.
        unsafe { K::run::<R, N>(tile) }
    }
}

/// A kernel compiled for an instruction set; to be called as [`Kernel::run`].
pub(crate) type Compiled<J> = unsafe fn(&J);

/// An instruction set, as a type that compiles kernels.
pub(crate) trait InstructionSet {
    /// [`Kernel::run`], compiled for this instruction set.
    ///
    /// # Safety
    /// - The processor has this instruction set.
    /// - As for `K::run`.
    unsafe fn run<K: Kernel>(job: &K::Job);
}

/// What every processor has that the program was built for: all there is to NEON.
pub(crate) struct Baseline;

impl InstructionSet for Baseline {
    unsafe fn run<K: Kernel>(job: &K::Job) {
        // SAFETY: `K::run` asks for what this function's own contract has its caller ensure.
        unsafe { K::run(job) }
    }
}

/// x86-64 with AVX2 and FMA.
#[cfg(target_arch = "x86_64")]
pub(crate) struct Avx2;

#[cfg(target_arch = "x86_64")]
impl InstructionSet for Avx2 {
    #[target_feature(enable = "avx2,fma")]
    unsafe fn run<K: Kernel>(job: &K::Job) {
        // SAFETY: `K::run` asks for what this function's own contract has its caller ensure: AVX2
        // with FMA, and the fields of the job.
        unsafe { K::run(job) }
    }
}

/// x86-64 with AVX-512F as well.
#[cfg(target_arch = "x86_64")]
pub(crate) struct Avx512;

#[cfg(target_arch = "x86_64")]
impl InstructionSet for Avx512 {
    #[target_feature(enable = "avx512f,avx2,fma")]
    unsafe fn run<K: Kernel>(job: &K::Job) {
        // SAFETY: `K::run` asks for what this function's own contract has its caller ensure:
        // AVX-512F, and the fields of the job.
        unsafe { K::run(job) }
    }
}

/// Rows of the tallest tile that a table of kernels has room for.
pub(crate) const MAX_ROWS: usize = 12;
/// Registers in a row of the widest tile that it has room for.
pub(crate) const MAX_VECTORS: usize = 8;

/// A micro-kernel for each height of tile and each width in registers, both counted from 1.
pub(crate) type ByTile<J> = [[Compiled<J>; MAX_VECTORS + 1]; MAX_ROWS + 1];

/// Stands where no micro-kernel was compiled.
///
/// # Safety
/// None is needed: it panics.
unsafe fn no_kernel<J>(_: &J) {
    unreachable!("a tile of a size that no micro-kernel was compiled for");
}

/// The instances of a micro-kernel: of tiles N registers wide, those of 1 to `mr[N]` rows.
pub(crate) const fn by_tile<I: InstructionSet, K: TileKernel>(
    mr: &[usize; MAX_VECTORS + 1],
) -> ByTile<K::Tile> {
    let mut table = [[no_kernel as Compiled<K::Tile>; MAX_VECTORS + 1]; MAX_ROWS + 1];
    macro_rules! fill {
        ($($rows:literal)*) => { $(fill!($rows by 1 2 3 4 5 6 7 8);)* };
        ($rows:literal by $($vectors:literal)*) => {
            $(if $rows <= mr[$vectors] {
                table[$rows][$vectors] = I::run::<OfSize<K, $rows, $vectors>>;
            })*
        };
    }
    fill!(1 2 3 4 5 6 7 8 9 10 11 12);
    table
}
