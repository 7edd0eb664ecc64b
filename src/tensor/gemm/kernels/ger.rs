//! A column times a row, the outer product, which BLAS calls ger (chapter 1).
//!
//! There is one product for each number of C, and nothing to add up: the time goes into writing C.
//! So a strip of B's row stays in registers, and row after row of C is written as it lies.

use super::super::cut::{Cut, pieces};
use super::super::simd::Simd;
use super::compile::Kernel;
use crate::Scalar;
use std::marker::PhantomData;
use std::ops::Range;

/// `C[i][j] = a[i]·b[j]`, from 0 or from what C held.
///
/// Kernels rely on this: `a + i·a_row` is valid for reads for each i < m, `b` for reads of n
/// numbers, and `c + i·c_row` for reads and writes of n numbers, which neither `a` nor `b` reaches;
/// m and n are at least 1.
pub(crate) struct Ger<T> {
    /// A's column: m numbers.
    pub a: *const T,
    /// How far apart they are.
    pub a_row: usize,
    /// B's row: n numbers in one run.
    pub b: *const T,
    /// C: each row lies in one run.
    pub c: *mut T,
    /// How far apart C's rows are.
    pub c_row: usize,
    /// How many rows C has.
    pub m: usize,
    /// How many columns it has.
    pub n: usize,
    /// Whether the products are added to what C holds, and not to 0.
    pub accumulate: bool,
}

/// Registers in a strip of B's row.
const STRIP: usize = 8;
/// Rows that meet all of B before the next ones do, where B is wider than a strip: few, so that C is
/// written page by page, and enough to load a strip for.
const BAND: usize = 16;

/// [`Ger`] by strips of up to eight registers.
pub(crate) struct Strips<V>(PhantomData<V>);

impl<V: Simd> Kernel for Strips<V> {
    type Job = Ger<V::Elem>;

    #[inline(always)]
    unsafe fn run(job: &Ger<V::Elem>) {
        let strips = Cut::at_most(job.n.div_ceil(V::LANES), STRIP);
        let band = if strips.count == 1 { job.m } else { BAND };
        for rows in pieces(job.m, band) {
            for s in 0..strips.count {
                let (register, vectors) = strips.get(s);
                let (rows, first) = (rows.clone(), register * V::LANES);
                // SAFETY: the contract of `run` speaks of this very job. `pieces` cuts its m rows,
                // and `strips` the registers of its n columns.
                unsafe {
                    match vectors {
                        1 => strip::<V, 1>(job, rows, first),
                        2 => strip::<V, 2>(job, rows, first),
                        3 => strip::<V, 3>(job, rows, first),
                        4 => strip::<V, 4>(job, rows, first),
                        5 => strip::<V, 5>(job, rows, first),
                        6 => strip::<V, 6>(job, rows, first),
                        7 => strip::<V, 7>(job, rows, first),
                        _ => strip::<V, 8>(job, rows, first),
                    }
                }
            }
        }
    }
}

/// [`Ger`] for these rows of C, and for N registers of its columns from `first` on, of which the
/// last may be in use only in part.
///
/// # Safety
/// - As for [`Strips::run`](Kernel::run).
/// - `rows` are among the job's m. Of its n columns more than N − 1 registers' are left at `first`.
#[inline(always)]
unsafe fn strip<V: Simd, const N: usize>(job: &Ger<V::Elem>, rows: Range<usize>, first: usize) {
    let last = V::LANES.min(job.n - first - (N - 1) * V::LANES);
    debug_assert!(rows.end <= job.m && (1..=V::LANES).contains(&last));
    // SAFETY: the processor has the instruction set (the contract of `run`), and `last` is 1 to
    // LANES.
    let (mask, zero) = unsafe { (V::mask(last), V::splat(V::Elem::ZERO)) };
    let load = |row: *const V::Elem, v: usize| match v == N - 1 {
        // SAFETY: `row` is where column `first` lies in B or in a row of C at both calls below, and
        // the mask lets through the last columns only.
        true => unsafe { V::load_masked(row.add(v * V::LANES), mask) },
        // SAFETY: a register before the last is whole.
        false => unsafe { V::load(row.add(v * V::LANES)) },
    };
    let b: [V; N] = std::array::from_fn(|v| load(job.b.wrapping_add(first), v));
    for i in rows {
        // SAFETY: `rows` are among the job's, and so `a` has a number for each.
        let x = unsafe { V::splat(*job.a.add(i * job.a_row)) };
        let c = job.c.wrapping_add(i * job.c_row + first);
        for (v, &b) in b.iter().enumerate() {
            let product = V::fma(x, b, if job.accumulate { load(c, v) } else { zero });
            let to = c.wrapping_add(v * V::LANES);
            match v == N - 1 {
                // SAFETY: as for `load`: C's row has the columns that the mask lets through.
                true => unsafe { product.store_masked(to, mask) },
                // SAFETY: as for `load`: a register before the last is whole.
                false => unsafe { product.store(to) },
            }
        }
    }
}
