//! Matrix multiplication, as fast as the machine allows (chapter 1).
//!
//! [`reference()`] says what a product is: a dozen lines, and the order of every sum. [`matmul`]
//! gives the same bits, tens of times faster. It is built in the manner of GotoBLAS and BLIS:
//!
//! ```text
//! matmul      choose: as it stands or transposed; cut C into blocks, one or more for each thread
//!   blocked     five loops that move blocks into the caches in which they will be used
//!     pack        copy a block so that it is read in one stream
//!     kernel      a tile of C in registers: 6 × 16 numbers, one fused multiply-add an instruction
//!   shifted     the columns of an image, read where they lie (chapter 6)
//! ```
//!
//! # One order of summation
//!
//! Each element of the product is one chain of fused multiply-adds, from the first term to the
//! last: c = fma(aᵢₚ, bₚⱼ, c) for p = 0, 1, … k − 1, from 0 or from what C held. A fused multiply-add
//! rounds once. No sum is split, over lanes, blocks or threads: vectors run along C's columns or
//! rows, threads take separate blocks of C, and a sum that is cut in depth goes on where it
//! stopped. So the result is the same to the last bit whatever the sizes of the blocks, the
//! instruction set, the number of threads, or the rows that happen to be multiplied together; and
//! (AB)ᵀ = BᵀAᵀ exactly. (A NaN is a NaN everywhere; which of its many patterns is not promised.)

// Other machines have kernels for less, or none: what kernels are made of is idle there.
#![cfg_attr(not(target_arch = "x86_64"), allow(unused))]

mod blocked;
mod dots;
mod kernel;
mod matrix;
mod pack;
mod peak;
mod scratch;
mod shifted;
mod shifted_kernels;
mod simd;
#[cfg(target_arch = "aarch64")]
mod simd_arm;
#[cfg(target_arch = "x86_64")]
mod simd_x86;
mod sizes;
mod tables;

use super::{isa, threads};
use crate::Scalar;
use blocked::{Target, blocked};
pub use matrix::{Matrix, MatrixMut};
use pack::Source;
pub use shifted::Im2col;
use sizes::PACKED_ROWS;
use std::ops::Range;
pub use tables::HasKernels;
use tables::Kernels;

// ANCHOR: reference
/// C ← A·B, or C ← C + A·B with `accumulate`: the meaning of a product, and the order of its sums.
///
/// # Panics
/// If the shapes do not fit.
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
/// If the shapes do not fit.
#[track_caller]
pub fn matmul<T: Scalar + HasKernels>(
    a: Matrix<T>,
    b: Matrix<T>,
    accumulate: bool,
    c: MatrixMut<T>,
) {
    check(a.rows, a.cols, b.rows, b.cols, &c);
    product(a, Source::Strided(b), accumulate, c);
}

/// As [`matmul`], with the columns of an image on the right: read in place, or packed like those of
/// a matrix, whichever is cheaper.
///
/// # Panics
/// If the shapes do not fit.
#[track_caller]
pub fn matmul_im2col<T: Scalar + HasKernels>(
    a: Matrix<T>,
    b: Im2col<T>,
    accumulate: bool,
    c: MatrixMut<T>,
) {
    check(a.rows, a.cols, b.rows(), b.cols(), &c);
    product(a, Source::Im2col(b, 0), accumulate, c);
}

/// C ← A·B, or C ← C + A·B with `accumulate`, with the columns of an image on the left, read in
/// place.
///
/// The sum is over the places, of which there may be many, and not one chain as that of [`matmul`]:
/// it is cut into chains of at most `chain` places, as many whole rows of places as that is, or
/// parts of one row. Each begins at 0; their sums are added one after another, in order.
///
/// # Panics
/// If the shapes do not fit, or `chain` is 0.
#[track_caller]
pub fn im2col_matmul<T: Scalar + HasKernels>(
    a: Im2col<T>,
    b: Matrix<T>,
    chain: usize,
    accumulate: bool,
    c: MatrixMut<T>,
) {
    check(a.rows(), a.cols(), b.rows, b.cols, &c);
    assert!(chain > 0, "a chain of no places");
    if c.rows == 0 || c.cols == 0 {
        return;
    }
    if b.rows == 0 {
        return clear(c, accumulate);
    }
    let kernels = T::kernels(isa::current());
    let work = c.rows.saturating_mul(c.cols).saturating_mul(b.rows);
    let pieces = threads::pieces(work, SMALL / 2);
    let height = c.rows.div_ceil(pieces).next_multiple_of(12);
    let shared = Shared(c.target());
    threads::parallel(a.rows().div_ceil(height), |task| {
        let rows = task * height..((task + 1) * height).min(a.rows());
        let Target { data, row, cols, .. } = shared.get();
        // SAFETY: these rows of C, which are no other task's; the instruction set is the current.
        unsafe {
            let c = Target { data: data.add(rows.start * row), row, rows: rows.len(), cols };
            shifted::left(kernels, a, rows, b, chain, accumulate, c);
        }
    });
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
    // SAFETY: `isa::current` names an instruction set that the processor has.
    2 * unsafe { (T::kernels(isa::current()).peak)(links) }
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

fn product<T: Scalar + HasKernels>(a: Matrix<T>, b: Source<T>, accumulate: bool, c: MatrixMut<T>) {
    let kernels = T::kernels(isa::current());
    let (m, n, k) = (c.rows, c.cols, a.cols);
    if m == 0 || n == 0 {
        return;
    }
    if k == 0 {
        return clear(c, accumulate);
    }
    // SAFETY: C is ours alone, and its size was checked; the instruction set is the current one.
    unsafe { split(kernels, a, b, accumulate, c.target()) }
}

/// A product of depth 0.
fn clear<T: Scalar>(c: MatrixMut<T>, accumulate: bool) {
    if !accumulate {
        for i in 0..c.rows {
            c.data[i * c.row_stride..][..c.cols].fill(T::ZERO);
        }
    }
}

impl<T> MatrixMut<'_, T> {
    fn target(self) -> Target<T> {
        let Self { data, rows, cols, row_stride: row } = self;
        Target { data: data.as_mut_ptr(), row, rows, cols }
    }
}

// ANCHOR: split
/// Below this many multiply-adds a product stays on the caller's thread: it is done in less time
/// than it takes to hand half of it over and wait.
const SMALL: usize = 1 << 19;
/// Work for a block of C, and numbers in it, where there is enough: then there are more blocks than
/// threads, up to four for each, and a thread that is held up leaves some to the others.
const AMPLE: usize = 1 << 23;
const LARGE: usize = 1 << 15;

/// Cuts C into blocks and hands them out to the threads. A block is computed as it stands or as
/// its transpose, whichever is cheaper.
///
/// # Safety
/// As [`blocked`].
unsafe fn split<T: Scalar>(
    kernels: &Kernels<T>,
    a: Matrix<T>,
    b: Source<T>,
    accumulate: bool,
    c: Target<T>,
) {
    let (m, n, k) = (c.rows, c.cols, a.cols);
    let flip = flip_is_cheaper(kernels.lanes, a, b, c);
    let in_place = matches!(b, Source::Im2col(b, _) if b.pays(kernels, m, accumulate));
    let shared = Shared(c);
    let run = |rows: Range<usize>, cols: Range<usize>| {
        let Target { data, row, .. } = shared.get();
        // SAFETY: the first element of a block of C; no two calls have an element in common.
        let data = unsafe { data.add(rows.start * row + cols.start) };
        let c = Target { data, row, rows: rows.len(), cols: cols.len() };
        let a = a.block(rows, 0..k);
        match b {
            // SAFETY: as above, and the caller's promise.
            Source::Strided(b) if flip => unsafe {
                flipped(kernels, b.block(0..k, cols).t(), a.t(), accumulate, c)
            },
            Source::Strided(b) => unsafe {
                blocked(kernels, a, Source::Strided(b.block(0..k, cols)), accumulate, c)
            },
            // The columns of an image, in chapter 6.
            Source::Im2col(b, _) if in_place => unsafe {
                shifted::right(kernels, a, b, cols, accumulate, c)
            },
            Source::Im2col(b, _) => unsafe {
                blocked(kernels, a, Source::Im2col(b, cols.start), accumulate, c)
            },
        }
    };
    let work = m.saturating_mul(n).saturating_mul(k);
    if work < SMALL || threads::current() == 1 {
        return run(0..m, 0..n);
    }
    let most = 4 * threads::current();
    let pieces = (work / AMPLE).min(m * n / LARGE).clamp(threads::pieces(work, SMALL / 2), most);
    let (down, along) = grid(m, n, pieces);
    let height = m.div_ceil(down).next_multiple_of(12);
    let unit = match b {
        Source::Im2col(b, _) if in_place => b.across(),
        _ => 4 * kernels.lanes,
    };
    let width = n.div_ceil(along).next_multiple_of(unit);
    let (down, along) = (m.div_ceil(height), n.div_ceil(width));
    threads::parallel(down * along, |task| {
        let (i, j) = (task / along * height, task % along * width);
        run(i..(i + height).min(m), j..(j + width).min(n));
    });
}
// ANCHOR_END: split

/// C, for all threads: each writes to a block of its own.
struct Shared<T>(Target<T>);

impl<T> Shared<T> {
    fn get(&self) -> Target<T>
    where
        T: Copy,
    {
        self.0
    }
}

// SAFETY: it is only ever used for separate blocks.
unsafe impl<T: Send> Sync for Shared<T> {}

/// Into how many runs of rows and of columns to cut m × n, to make `pieces` blocks that are as
/// square as can be.
fn grid(m: usize, n: usize, pieces: usize) -> (usize, usize) {
    let mut best = (1, 1);
    let mut least = usize::MAX;
    for down in 1..=pieces {
        let along = pieces / down;
        let border = m.div_ceil(down) + n.div_ceil(along);
        if down * along == pieces && border < least {
            (best, least) = ((down, along), border);
        }
    }
    best
}

/// Whether Cᵀ = BᵀAᵀ costs less than C = AB, in halves of a vector operation for each step of
/// depth: a register that sticks out over the last column costs as much as a full one, turning a
/// factor over costs about half an operation for each of its numbers, turning C over one.
fn flip_is_cheaper<T>(lanes: usize, a: Matrix<T>, b: Source<T>, c: Target<T>) -> bool {
    let (m, n, k) = (c.rows, c.cols, a.cols);
    let Source::Strided(b) = b else { return false };
    let turn = |numbers: usize, needed: bool| if needed { numbers } else { 0 };
    let straight = 2 * m * n.div_ceil(lanes)
        + turn(n, b.col_stride != 1)
        + turn(m, a.col_stride != 1 && m >= PACKED_ROWS);
    let flipped = 2 * n * m.div_ceil(lanes)
        + turn(m, a.row_stride != 1)
        + turn(n, b.row_stride != 1 && n >= PACKED_ROWS)
        + turn(2 * m * n / k, n > 1 || c.row > 1);
    flipped < straight
}

/// Computes Cᵀ = (Bᵀ)(Aᵀ), given the transposes: into C itself if it is one column without gaps,
/// else block by block into scratch, from where it is turned over into C.
///
/// # Safety
/// As [`blocked`], for C.
unsafe fn flipped<T: Scalar>(
    kernels: &Kernels<T>,
    bt: Matrix<T>,
    at: Matrix<T>,
    accumulate: bool,
    c: Target<T>,
) {
    let (m, n, k) = (c.rows, c.cols, at.rows);
    if n == 1 && (c.row == 1 || m == 1) {
        let row = Target { data: c.data, row: m, rows: 1, cols: m };
        // SAFETY: the caller's promise: a column without gaps is a row.
        return unsafe { blocked(kernels, bt, Source::Strided(at), accumulate, row) };
    }
    let run = ((64 << 10) / n).max(256);
    for i in (0..m).step_by(run) {
        let run = run.min(m - i);
        scratch::with_scratch(run * n, |turned: &mut [T]| {
            let to = Target { data: turned.as_mut_ptr(), row: run, rows: n, cols: run };
            // SAFETY: rows i .. i + run of C, and scratch of the same size; `at` has the columns.
            unsafe {
                let c_rows = c.data.add(i * c.row);
                if accumulate {
                    (kernels.transpose)(c_rows, c.row, n, run, to.data, run);
                }
                let at = at.block(0..k, i..i + run);
                blocked(kernels, bt, Source::Strided(at), accumulate, to);
                (kernels.transpose)(to.data, run, run, n, c_rows, c.row);
            }
        });
    }
}
