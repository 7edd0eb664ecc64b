//! Matrix multiplication, as fast as the machine allows (chapter 1).
//!
//! [`reference()`] says what a product is: a dozen lines, and the order of every sum. [`matmul`]
//! gives the same bits, tens of times faster. It is built in the manner of GotoBLAS and BLIS:
//!
//! ```text
//! matmul              are the shapes right?
//!   at_once             a product so small that to choose a way would take longer than to multiply
//!   split               C in blocks, one or more for each thread
//!     multiply            a block as it stands or transposed; with a vector or a few apart
//!       direct              a B that is in the first-level cache as it lies
//!       blocked             LOOP 5, 4, 3: parts of A and B that fit the caches
//!         pack                copied so that they are read in one stream
//!         macro_kernel        LOOP 2, 1: a block of A times a panel of B
//!           micro-kernel        a tile of C in registers: 6 × 16 numbers, say
//!     multiply_im2col_…   a factor that is an image's im2col matrix, read in place (chapter 6)
//! ```
//!
//! Files stand on each other in the order of this table, from the ground up.
//!
//! | | |
//! |---|---|
//! | `view`, `im2col`, `operands` | what is multiplied, and into what |
//! | `simd` | registers |
//! | `kernels` | the innermost loops, compiled for each instruction set |
//! | `cut`, `sizes` | how large the blocks are |
//! | `scratch`, `pack`, `panel` | packing |
//! | `loops` | the loops around the kernels |
//! | `split` | threads |
//!
//! # One order of summation
//!
//! Each element of the product is one chain of fused multiply-adds, from the first term to the
//! last: c = fma(aᵢₚ, bₚⱼ, c) for p = 0, 1, … k − 1, from 0 or from what C held. A fused
//! multiply-add rounds once. No sum is split, over lanes, blocks or threads: vectors run along C's
//! columns or rows, threads take separate blocks of C, and a sum that is cut in depth goes on where
//! it stopped. So the result is the same to the last bit whatever the sizes of the blocks, the
//! instruction set, the number of threads, or the rows that happen to be multiplied together; and
//! (AB)ᵀ = BᵀAᵀ exactly. (A NaN is a NaN everywhere; which of its many patterns is not promised.)

mod cut;
mod im2col;
mod kernels;
mod loops;
mod operands;
mod pack;
mod panel;
mod scratch;
mod simd;
mod sizes;
mod split;
mod view;

use crate::Scalar;
pub use im2col::Im2col;
pub use kernels::HasKernels;
use operands::{Source, Target};
pub use view::{Matrix, MatrixMut};

// ANCHOR: reference
/// C ← A·B, or C ← C + A·B with `accumulate`: the meaning of a product, and the order of its sums.
///
/// # Panics
/// Unless A is m × k, B k × n and C m × n.
#[track_caller]
pub fn reference<T: Scalar>(a: Matrix<T>, b: Matrix<T>, accumulate: bool, c: MatrixMut<T>) {
    check(a.rows, a.cols, b.rows, b.cols, &c);
    for i in 0..a.rows {
        for j in 0..b.cols {
            let sum = &mut c.data[i * c.row_stride + j];
            if !accumulate {
                *sum = T::ZERO;
            }
            for p in 0..a.cols {
                *sum = a.at(i, p).mul_add(b.at(p, j), *sum);
            }
        }
    }
}
// ANCHOR_END: reference

/// C ← A·B, or C ← C + A·B with `accumulate`: the same bits as [`reference()`], fast.
///
/// ```
/// use longhand::tensor::gemm::{Matrix, MatrixMut, matmul};
/// let (a, b) = ([1.0, 2.0, 3.0, 4.0], [0.0, 1.0, 1.0, 0.0]);
/// let mut c = [0.0; 4];
/// let (a, b) = (Matrix::new(&a, 2, 2), Matrix::new(&b, 2, 2));
/// matmul(a, b, false, MatrixMut::new(&mut c, 2, 2));
/// assert_eq!(c, [2.0, 1.0, 4.0, 3.0]);
/// matmul(a.t(), b, true, MatrixMut::new(&mut c, 2, 2));
/// assert_eq!(c, [5.0, 2.0, 8.0, 5.0]);
/// ```
///
/// # Panics
/// Unless A is m × k, B k × n and C m × n.
#[track_caller]
pub fn matmul<T: Scalar + HasKernels>(
    a: Matrix<T>,
    b: Matrix<T>,
    accumulate: bool,
    mut c: MatrixMut<T>,
) {
    check(a.rows, a.cols, b.rows, b.cols, &c);
    if !loops::at_once(T::kernels(), &a, &b, accumulate, &mut c) {
        product(a, Source::Matrix(b), accumulate, c);
    }
}

/// As [`matmul`], with the im2col matrix of an image on the right: read in place, or packed as a
/// matrix is, whichever is cheaper.
///
/// # Panics
/// Unless A is m × k, B k × n and C m × n.
#[track_caller]
pub fn matmul_im2col<T: Scalar + HasKernels>(
    a: Matrix<T>,
    b: Im2col<T>,
    accumulate: bool,
    c: MatrixMut<T>,
) {
    check(a.rows, a.cols, b.rows(), b.cols(), &c);
    product(a, Source::Im2col { image: b, first: 0, cols: b.cols() }, accumulate, c);
}

/// C ← A·B, or C ← C + A·B with `accumulate`, with the im2col matrix of an image on the left, read
/// in place.
///
/// The sum is over the places, of which there may be many, and not one chain as that of [`matmul`]:
/// it is cut into chains of at most `chain` places, as many whole rows of places as that is, or
/// parts of one row. Each begins at 0; their sums are added one after another, in order.
///
/// # Panics
/// Unless A is m × k, B k × n and C m × n, or if `chain` is 0.
#[track_caller]
pub fn im2col_matmul<T: Scalar + HasKernels>(
    a: Im2col<T>,
    b: Matrix<T>,
    chain: usize,
    accumulate: bool,
    mut c: MatrixMut<T>,
) {
    check(a.rows(), a.cols(), b.rows, b.cols, &c);
    assert!(chain > 0, "a chain of no places");
    if c.rows == 0 || c.cols == 0 {
        return;
    }
    if b.rows == 0 {
        return clear(c, accumulate);
    }
    split::split_im2col(T::kernels(), a, b, chain, accumulate, Target::new(&mut c));
}

/// The limit of every product: `links` rounds of fused multiply-adds that never wait, neither for
/// memory nor for each other, on the caller's thread. Returns how many floating-point operations
/// that was, two for each multiply-add; what they take is for the caller to measure.
///
/// ```
/// use longhand::tensor::gemm::fma_peak;
/// let start = std::time::Instant::now();
/// let operations = fma_peak::<f32>(1 << 16);
/// let rate = operations as f64 / start.elapsed().as_secs_f64();
/// println!("{:.0} GFLOP/s", rate / 1e9);
/// # assert!(operations >= 2 << 16);
/// ```
///
/// It is the instruction set in use whose limit this is: vectors of 16, 8 or 4 numbers in `f32`.
/// Under `portable` it is the limit of plain code. Where the program may not use a fused
/// multiply-add instruction (a build for any x86-64, say), each one is worked out from several
/// other operations or by a call of a function, and the rate is some hundredth of what the
/// processor could do: the limit for that code, not for the machine.
pub fn fma_peak<T: Scalar + HasKernels>(links: usize) -> usize {
    let kernels = T::kernels();
    // SAFETY: these are the kernels of the processor's instruction set, and this one asks for
    // nothing else.
    unsafe { (kernels.peak)(&links) };
    2 * links * kernels.peak_width
}

#[track_caller]
fn check<T>(a_rows: usize, a_cols: usize, b_rows: usize, b_cols: usize, c: &MatrixMut<T>) {
    assert!(
        a_cols == b_rows && c.rows == a_rows && c.cols == b_cols,
        "cannot multiply {a_rows}×{a_cols} by {b_rows}×{b_cols} into {}×{}",
        c.rows,
        c.cols
    );
}

fn product<T: Scalar + HasKernels>(
    a: Matrix<T>,
    b: Source<T>,
    accumulate: bool,
    mut c: MatrixMut<T>,
) {
    if c.rows == 0 || c.cols == 0 {
        return;
    }
    if a.cols == 0 {
        return clear(c, accumulate);
    }
    split::split(T::kernels(), a, b, accumulate, Target::new(&mut c));
}

/// C after a product of depth 0, whose sums are empty: 0, or what it held.
fn clear<T: Scalar>(c: MatrixMut<T>, accumulate: bool) {
    if !accumulate {
        for i in 0..c.rows {
            c.data[i * c.row_stride..][..c.cols].fill(T::ZERO);
        }
    }
}
