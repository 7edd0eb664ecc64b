//! Two products for which there is nothing to block: a single row, and a depth of one (chapter 1).
//!
//! In both, each number of the larger factor, or of C, is used once, so the speed is that of
//! memory, and all that matters is to get by with few instructions.

// Registers are counted, and there are no iterators over them.
#![allow(clippy::needless_range_loop)]

use super::blocked::Target;
use super::matrix::Matrix;
use super::simd::{Square, opaque};
use super::sizes::Cut;
use crate::Scalar;
use crate::tensor::isa::vectorize;
use std::sync::atomic::{Ordering::SeqCst, compiler_fence};

/// A column is short if it has no more numbers than this.
const NEAR: usize = 128;
/// Bytes of short columns that are at hand. If there are more, the speed is that of memory, which
/// is read best as it lies: then squares are taken one by one, if none reaches back to add.
const CACHED: usize = 1 << 20;

// ANCHOR: dots
/// One row of C by a B whose columns lie in one run: so every element is the dot product of two
/// runs. But its sum must be one chain, and a register cannot help with that. So L columns share
/// one: L steps of each of them are loaded as a square, turned over, and then every register
/// holds one step of L sums. Four squares at a time keep enough sums under way.
///
/// `c[j] = Σₚ x[p]·b[j·stride + p]` for j < n, from 0 or from what C held.
///
/// # Safety
/// The processor has the instruction set; k and n are at least L; every element named is valid.
#[inline(always)]
pub(super) unsafe fn dots<V: Square<L>, const L: usize>(
    k: usize,
    x: *const V::Elem,
    b: *const V::Elem,
    stride: usize,
    n: usize,
    c: *mut V::Elem,
    accumulate: bool,
) {
    let far = k <= NEAR && n * stride * size_of::<V::Elem>() > CACHED;
    let alone = far && (!accumulate || n.is_multiple_of(L));
    let groups = Cut::at_most(n.div_ceil(L), if alone { 1 } else { 4 });
    for g in 0..groups.count {
        let (first, squares) = groups.get(g);
        // The last square of all may reach back over columns of the one before. If it adds to C they
        // are in one group, which reads C before it writes, so both come to the same sums.
        let at = |s: usize| ((first + s) * L).min(n - L);
        // SAFETY: the caller's promise.
        unsafe {
            match squares {
                1 => group::<V, L, 1>(k, x, b, stride, [0].map(at), c, accumulate),
                2 => group::<V, L, 2>(k, x, b, stride, [0, 1].map(at), c, accumulate),
                3 => group::<V, L, 3>(k, x, b, stride, [0, 1, 2].map(at), c, accumulate),
                _ => group::<V, L, 4>(k, x, b, stride, [0, 1, 2, 3].map(at), c, accumulate),
            }
        }
    }
}

/// As [`dots`], for N × L columns that begin at those named.
///
/// # Safety
/// As for [`dots`].
#[inline(always)]
unsafe fn group<V: Square<L>, const L: usize, const N: usize>(
    k: usize,
    x: *const V::Elem,
    b: *const V::Elem,
    stride: usize,
    columns: [usize; N],
    c: *mut V::Elem,
    accumulate: bool,
) {
    // SAFETY: the caller's promise.
    unsafe {
        let mut sums = [V::splat(V::Elem::ZERO); N];
        if accumulate {
            sums = columns.map(|j| V::load(c.add(j)));
        }
        let starts = columns.map(|j| b.add(j * stride));
        // Where to look ahead: along the same columns, or if they are short at the next ones.
        let ahead = if k > NEAR { NEAR / 2 } else { 4 * L * stride };
        for p in (0..k / L * L).step_by(L) {
            for s in 0..N {
                if p & L == 0 {
                    let next = opaque(starts[s].wrapping_add(p + ahead));
                    for i in 0..L {
                        V::prefetch(next.wrapping_add(i * stride));
                    }
                }
                // One square after the other: all at once would need 32 addresses.
                let steps = V::square(opaque(starts[s].add(p)), stride);
                for i in 0..L {
                    sums[s] = V::fma(steps[i], V::splat(*x.add(p + i)), sums[s]);
                }
                compiler_fence(SeqCst);
            }
        }
        // The last steps, from a square that reaches back over some that are done.
        if !k.is_multiple_of(L) {
            for s in 0..N {
                let steps = V::square(starts[s].add(k - L), stride);
                for i in L - k % L..L {
                    sums[s] = V::fma(steps[i], V::splat(*x.add(k - L + i)), sums[s]);
                }
            }
        }
        for s in 0..N {
            sums[s].store(c.add(columns[s]));
        }
    }
}
// ANCHOR_END: dots

/// One column by one row: every element of C is one product.
///
/// # Safety
/// C is valid and nobody else uses it; its size is A's rows by B's columns, which lie in one run.
pub(super) unsafe fn outer<T: Scalar>(a: Matrix<T>, b: Matrix<T>, accumulate: bool, c: Target<T>) {
    let b = &b.data[..c.cols];
    vectorize(
        #[inline(always)]
        || {
            for i in 0..c.rows {
                let x = a.data[i * a.row_stride];
                // SAFETY: row i of C.
                let row = unsafe { std::slice::from_raw_parts_mut(c.data.add(i * c.row), c.cols) };
                if accumulate {
                    row.iter_mut().zip(b).for_each(|(c, b)| *c = x.mul_add(*b, *c));
                } else {
                    row.iter_mut().zip(b).for_each(|(c, b)| *c = x.mul_add(*b, T::ZERO));
                }
            }
        },
    );
}
