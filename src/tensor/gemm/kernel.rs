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
//! In each step it loads N registers of B and R single numbers of A, and uses each of them R or N
//! times. A processor starts two of these instructions in every cycle and finishes each of them
//! four cycles later: with fewer than eight sums under way it waits. With 16 registers, 6 × 2 is the
//! best tile: twelve for sums, two for B, one for A, one for a mask; with 32 it is 6 × 4.

// Rows and registers are counted, and there are no iterators over registers.
#![allow(clippy::needless_range_loop)]

use super::simd::{Simd, opaque};
use crate::Scalar;
use std::sync::atomic::{Ordering::SeqCst, compiler_fence};

/// One call of a micro-kernel: C ← A·B, or C ← C + A·B, for a tile of `rows` × `cols`.
pub(super) struct Tile<T> {
    /// The length of the sums.
    pub k: usize,
    /// Element (r, p) of A is `a[r·a_row + p·a_col]`.
    pub a: *const T,
    pub a_row: usize,
    pub a_col: usize,
    /// Element (p, j) of B is `b[p·b_row + j]`.
    pub b: *const T,
    pub b_row: usize,
    /// Element (r, j) of C is `c[r·c_row + j]`.
    pub c: *mut T,
    pub c_row: usize,
    pub rows: usize,
    pub cols: usize,
    /// Whether the sums start from what C holds, and not from 0.
    pub accumulate: bool,
}

/// A micro-kernel.
///
/// # Safety
/// The processor has its instruction set; the tile is of its size (`cols` may fall short of the
/// registers by less than one); every element that the tile names is valid, to write in C, and
/// C overlaps neither A nor B. Where a tile fills all registers (see `mask_b`),
/// B's rows are as long as whole registers.
pub(super) type Micro<T> = unsafe fn(&Tile<T>);

// ANCHOR: micro_kernel
/// R rows by N registers; `MASKED` if the last register may be in use only in part.
///
/// # Safety
/// As [`Micro`].
#[inline(always)]
pub(super) unsafe fn micro_kernel<V: Simd, const R: usize, const N: usize, const MASKED: bool>(
    tile: &Tile<V::Elem>,
) {
    // SAFETY: the caller's promise.
    unsafe {
        let mask = V::mask(tile.cols - (N - 1) * V::LANES);
        let load = |row: *const V::Elem, v: usize, masked: bool| match masked && v == N - 1 {
            true => V::load_masked(row.add(v * V::LANES), mask),
            false => V::load(row.add(v * V::LANES)),
        };
        // Registers for all sums, a row of B, a number of A, the mask: can they all be kept?
        let mask_b = MASKED && R * N + N + 2 <= V::REGISTERS;
        let kept = if R * N + N + 1 < V::REGISTERS { N } else { N.min(2) };

        let mut c = [[V::splat(V::Elem::ZERO); N]; R];
        if tile.accumulate {
            for r in 0..R {
                for v in 0..N {
                    c[r][v] = load(tile.c.add(r * tile.c_row), v, MASKED);
                }
            }
        }
        // Asks for what will be written, or if that is here, for the tile below: short sums would be
        // done before their place is at hand.
        let below = if tile.accumulate { R } else { 0 };
        for r in below..below + R {
            V::prefetch(tile.c.wrapping_add(r * tile.c_row));
            V::prefetch(tile.c.wrapping_add(r * tile.c_row + N * V::LANES - 1));
        }

        let (mut a, mut b) = (tile.a, tile.b);
        // Rows 3 to 5 are counted from a pointer of their own: an address is a register plus at most
        // 1, 2, 4 or 8 times another.
        let mut a3 = opaque(if R > 3 { a.add(3 * tile.a_row) } else { a });
        for _ in 0..tile.k {
            let number = |r: usize| {
                let from = if r < 3 { a.add(r * tile.a_row) } else { a3.add((r - 3) * tile.a_row) };
                V::splat(*from)
            };
            // The fewer ones stay in registers; each of the others comes when it is its turn. The
            // fence keeps the compiler from loading it sooner: it would have to put a sum aside.
            if N <= R {
                let mut row = [V::splat(V::Elem::ZERO); N];
                for v in 0..kept {
                    row[v] = load(b, v, mask_b);
                }
                for r in 0..R {
                    let x = number(r);
                    for v in 0..N {
                        let y = if v < kept { row[v] } else { load(b, v, mask_b) };
                        c[r][v] = V::fma(x, y, c[r][v]);
                    }
                    compiler_fence(SeqCst);
                }
            } else {
                let mut column = [V::splat(V::Elem::ZERO); R];
                for r in 0..R {
                    column[r] = number(r);
                }
                for v in 0..N {
                    let y = load(b, v, MASKED);
                    for r in 0..R {
                        c[r][v] = V::fma(column[r], y, c[r][v]);
                    }
                    compiler_fence(SeqCst);
                }
            }
            a = a.wrapping_add(tile.a_col);
            a3 = a3.wrapping_add(tile.a_col);
            b = b.wrapping_add(tile.b_row);
        }

        for r in 0..R {
            for v in 0..N {
                let to = tile.c.add(r * tile.c_row + v * V::LANES);
                match MASKED && v == N - 1 {
                    true => c[r][v].store_masked(to, mask),
                    false => c[r][v].store(to),
                }
            }
        }
    }
}
// ANCHOR_END: micro_kernel

/// The same in plain Rust, for processors without a kernel of their own.
///
/// # Safety
/// As [`Micro`], for up to [`PORTABLE_ROWS`]: [`PORTABLE_COLS`].
pub(super) unsafe fn portable<T: Scalar>(tile: &Tile<T>) {
    let mut sums = [[T::ZERO; PORTABLE_COLS]; PORTABLE_ROWS];
    // SAFETY: the caller's promise.
    unsafe {
        if tile.accumulate {
            for r in 0..tile.rows {
                for j in 0..tile.cols {
                    sums[r][j] = *tile.c.add(r * tile.c_row + j);
                }
            }
        }
        for p in 0..tile.k {
            for r in 0..tile.rows {
                let x = *tile.a.add(r * tile.a_row + p * tile.a_col);
                for j in 0..tile.cols {
                    let y = *tile.b.add(p * tile.b_row + j);
                    sums[r][j] = x.mul_add_portable(y, sums[r][j]);
                }
            }
        }
        for r in 0..tile.rows {
            for j in 0..tile.cols {
                *tile.c.add(r * tile.c_row + j) = sums[r][j];
            }
        }
    }
}

pub(super) const PORTABLE_ROWS: usize = 4;
pub(super) const PORTABLE_COLS: usize = 24;
