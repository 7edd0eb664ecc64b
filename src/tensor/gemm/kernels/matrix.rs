//! The micro-kernel: one small tile of C, held in registers for the whole of its sum (chapter 1).
//!
//! ```text
//!                   b    N registers of row p
//!                 ┌───────────────┐
//!                 │ b₀      b₁    │
//!                 └───────────────┘
//!  a   ┌──┐       ┌───────────────┐
//!      │a₀│       │ c₀₀     c₀₁   │     c_rv ← a_r · b_v + c_rv,  one instruction each
//!      │a₁│       │ c₁₀     c₁₁   │
//!      │ ⋮│       │  ⋮       ⋮    │
//!      └──┘       └───────────────┘
//!   R numbers      R × N registers
//!  of column p
//! ```
//!
//! In each step it loads N registers of B and R single numbers of A, and uses the former R times
//! and the latter N times. A processor starts two of these instructions in every cycle and finishes
//! each of them four cycles later: with fewer than eight sums under way it waits. With 16
//! registers, 6 × 2 is the best tile: twelve for sums, two for B, one for A, one for a mask; with
//! 32 it is 6 × 4.

// Rows and registers are counted, as the comments do: `c[r][v]` is register v of row r.
#![allow(clippy::needless_range_loop)]

use super::super::simd::{Simd, launder};
use super::compile::{MAX_ROWS, TileKernel};
use crate::Scalar;
use std::marker::PhantomData;
use std::sync::atomic::{Ordering::SeqCst, compiler_fence};

/// A tile of C ← A·B, or of C ← C + A·B: `rows` × `cols`.
///
/// Kernels rely on this: every element of A, B and C that is named here is valid to read, in C to
/// write as well, and C's overlap neither A's nor B's. `cols` numbers take all N registers of a
/// row, the last of them at least in part.
pub(crate) struct Tile<T> {
    /// The length of the sums.
    pub k: usize,
    /// Element (r, p) of A is `a[r·a_row + p·a_col]`.
    pub a: *const T,
    /// How far apart A's rows are.
    pub a_row: usize,
    /// How far apart A's columns are.
    pub a_col: usize,
    /// Element (p, j) of B is `b[p·b_row + j]`.
    pub b: *const T,
    /// How far apart B's rows are.
    pub b_row: usize,
    /// Element (r, j) of C is `c[r·c_row + j]`.
    pub c: *mut T,
    /// How far apart C's rows are.
    pub c_row: usize,
    /// Rows of the tile.
    pub rows: usize,
    /// Columns of the tile.
    pub cols: usize,
    /// Whether the sums start from what C holds, and not from 0.
    pub accumulate: bool,
}

/// The micro-kernel; MASKED for remainder tiles, where the last register of a row is in use only in
/// part.
pub(crate) struct MicroKernel<V, const MASKED: bool>(PhantomData<V>);

// ANCHOR: micro_kernel
impl<V: Simd, const MASKED: bool> TileKernel for MicroKernel<V, MASKED> {
    type Tile = Tile<V::Elem>;

    /// R rows by N registers.
    #[inline(always)]
    unsafe fn run<const R: usize, const N: usize>(tile: &Tile<V::Elem>) {
        let last = tile.cols.wrapping_sub((N - 1) * V::LANES);
        debug_assert!(tile.rows == R && (1..=V::LANES).contains(&last));
        debug_assert!(MASKED || last == V::LANES);
        // SAFETY: the processor has the instruction set (the contract of `TileKernel::run`), and
        // `last` is 1 to LANES (a tile's `cols`).
        let (mask, zero) = unsafe { (V::mask(last), V::splat(V::Elem::ZERO)) };
        // Places are worked out with `wrapping_add`, here and below: whoever tests this with debug
        // assertions would wait for a check of every step.
        let load = |row: *const V::Elem, v: usize| match MASKED && v == N - 1 {
            // SAFETY: `row` is a row of B or of C at every call below, this its last register, and
            // the mask lets through those lanes only that `Tile` says are there.
            true => unsafe { V::load_masked(row.wrapping_add(v * V::LANES), mask) },
            // SAFETY: this is a register before the last, or the last where it is whole.
            false => unsafe { V::load(row.wrapping_add(v * V::LANES)) },
        };

        let mut c = [[zero; N]; R];
        if tile.accumulate {
            for r in 0..R {
                for v in 0..N {
                    c[r][v] = load(tile.c.wrapping_add(r * tile.c_row), v);
                }
            }
        }
        // Prefetches what will be written or, if that has just been read, the tile below. Without
        // it short sums would be done before their place in C has come from memory.
        let below = if tile.accumulate { R } else { 0 };
        for r in below..below + R {
            V::prefetch(tile.c.wrapping_add(tile.c_row.wrapping_mul(r)));
            V::prefetch(
                tile.c.wrapping_add(tile.c_row.wrapping_mul(r)).wrapping_add(N * V::LANES - 1),
            );
        }

        let mut b = tile.b;
        // Every third row of A has a pointer of its own, which reaches the two below it: an address
        // in an instruction is a register plus at most 1, 2, 4 or 8 times another.
        let mut a = [tile.a; MAX_ROWS / 3];
        for third in 1..R.div_ceil(3) {
            a[third] = launder(tile.a.wrapping_add(3 * third * tile.a_row));
        }
        for _ in 0..tile.k {
            // SAFETY: row r < R of A, at the step of the sums that the loop has come to: an element
            // of A.
            let number = |r: usize| unsafe {
                V::splat(*a[r / 3].wrapping_add((r % 3).wrapping_mul(tile.a_row)))
            };
            // Of B's row and A's column the shorter stays in registers, and the numbers of the
            // longer one are loaded when it is their turn. The fence keeps the compiler from
            // loading them sooner: it would have to put a sum aside, into memory.
            if N <= R {
                let mut row = [zero; N];
                for v in 0..N {
                    row[v] = load(b, v);
                }
                for r in 0..R {
                    let x = number(r);
                    for v in 0..N {
                        c[r][v] = V::fma(x, row[v], c[r][v]);
                    }
                    compiler_fence(SeqCst);
                }
            } else {
                let mut column = [zero; R];
                for r in 0..R {
                    column[r] = number(r);
                }
                for v in 0..N {
                    let y = load(b, v);
                    for r in 0..R {
                        c[r][v] = V::fma(column[r], y, c[r][v]);
                    }
                    compiler_fence(SeqCst);
                }
            }
            for third in 0..R.div_ceil(3) {
                a[third] = a[third].wrapping_add(tile.a_col);
            }
            b = b.wrapping_add(tile.b_row);
        }

        for r in 0..R {
            for v in 0..N {
                let to = tile.c.wrapping_add(r * tile.c_row + v * V::LANES);
                match MASKED && v == N - 1 {
                    // SAFETY: the last register of row r of C, where the mask lets through the
                    // tile's own.
                    true => unsafe { c[r][v].store_masked(to, mask) },
                    // SAFETY: a register before it, or the last where it is whole: all are the
                    // tile's.
                    false => unsafe { c[r][v].store(to) },
                }
            }
        }
    }
}
// ANCHOR_END: micro_kernel
