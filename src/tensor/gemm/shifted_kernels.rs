//! Micro-kernels for a factor that is an image, shifted from row to row (chapter 6).
//!
//! The same tile in registers as in the kernel of [`kernel`](super::kernel), and the same sums. What
//! is different is where the numbers come from.

// Rows and registers are counted, and there are no iterators over registers.
#![allow(clippy::needless_range_loop)]

use super::simd::{Simd, opaque};
use crate::Scalar;
use std::sync::atomic::{Ordering::SeqCst, compiler_fence};

/// The longest register, the widest tile and the tallest one.
pub(super) const MOST_LANES: usize = 16;
pub(super) const MOST_VECTORS: usize = 4;
pub(super) const MOST_ROWS: usize = 12;
/// The tallest tile of so many registers in a row. One column of them is taller, for enough sums to
/// be under way.
pub(super) const TALLEST: [usize; MOST_VECTORS + 1] = [0, MOST_ROWS, 6, 6, 6];

/// A tile of A·B with an image for B.
pub(super) struct RightTile<'a, T> {
    /// Element (r, p) of A is `a[r·a_row + p·a_col]`.
    pub a: *const T,
    pub a_row: usize,
    pub a_col: usize,
    /// Register v of row p of B is at `b[v][begins[p] ..]`.
    pub b: [*const T; MOST_VECTORS],
    pub begins: &'a [usize],
    /// Register v of row r of C is at `c[v][r·c_row ..]`.
    pub c: [*mut T; MOST_VECTORS],
    pub c_row: usize,
    /// Whether the sums start from what C holds, and not from 0.
    pub accumulate: bool,
}

/// A tile of A·B with an image for A.
#[derive(Clone, Copy)]
pub(super) struct LeftTile<T> {
    /// Element (r, (i, j)) of A is `a[r][i·a_step + j·a_stride]`.
    pub a: [*const T; MOST_ROWS],
    /// How many i, and how many j.
    pub places: [usize; 2],
    /// How many i are one chain.
    pub chain: usize,
    pub a_step: usize,
    pub a_stride: usize,
    /// B row by row, each as long as the tile's registers.
    pub b: *const T,
    /// Element (r, j) of C is `c[r·c_row + j]`.
    pub c: *mut T,
    pub c_row: usize,
    pub accumulate: bool,
}

// ANCHOR: right
/// R rows by N registers, which are read from the image where they lie.
///
/// # Safety
/// The processor has the instruction set; every element that the tile names is valid, to write in
/// C, and C overlaps nothing.
#[inline(always)]
pub(super) unsafe fn right<V: Simd, const R: usize, const N: usize>(tile: &RightTile<V::Elem>) {
    // SAFETY: the caller's promise.
    unsafe {
        let mut c = [[V::splat(V::Elem::ZERO); N]; R];
        if tile.accumulate {
            for r in 0..R {
                for v in 0..N {
                    c[r][v] = V::load(tile.c[v].add(r * tile.c_row));
                }
            }
        }
        let mut a = tile.a;
        let mut a3 = opaque(if R > 3 { a.add(3 * tile.a_row) } else { a });
        for &begin in tile.begins {
            let mut row = [V::splat(V::Elem::ZERO); N];
            for v in 0..N {
                row[v] = V::load(tile.b[v].add(begin));
            }
            for r in 0..R {
                let from = if r < 3 { a.add(r * tile.a_row) } else { a3.add((r - 3) * tile.a_row) };
                let x = V::splat(*from);
                for v in 0..N {
                    c[r][v] = V::fma(x, row[v], c[r][v]);
                }
                compiler_fence(SeqCst);
            }
            a = a.wrapping_add(tile.a_col);
            a3 = a3.wrapping_add(tile.a_col);
        }
        for r in 0..R {
            for v in 0..N {
                c[r][v].store(tile.c[v].add(r * tile.c_row));
            }
        }
    }
}
// ANCHOR_END: right

/// R rows, whose numbers are read from the image one after the other, by N registers. Each chain
/// begins at 0, and is added to C when it ends.
///
/// # Safety
/// As for [`right`].
#[inline(always)]
pub(super) unsafe fn left<V: Simd, const R: usize, const N: usize>(tile: &LeftTile<V::Elem>) {
    // SAFETY: the caller's promise.
    unsafe {
        let (mut a, mut b) = (tile.a, tile.b);
        let mut left = tile.places[0];
        let (mut accumulate, one) = (tile.accumulate, V::splat(V::Elem::ONE));
        while left > 0 {
            let chain = if left < tile.chain { left } else { tile.chain };
            let mut c = [[V::splat(V::Elem::ZERO); N]; R];
            for _ in 0..chain {
                let mut place = 0;
                for _ in 0..tile.places[1] {
                    let mut row = [V::splat(V::Elem::ZERO); N];
                    for v in 0..N {
                        row[v] = V::load(b.add(v * V::LANES));
                    }
                    for r in 0..R {
                        let x = V::splat(*a[r].add(place));
                        for v in 0..N {
                            c[r][v] = V::fma(x, row[v], c[r][v]);
                        }
                        compiler_fence(SeqCst);
                    }
                    place += tile.a_stride;
                    b = b.add(N * V::LANES);
                }
                for r in 0..R {
                    a[r] = a[r].wrapping_add(tile.a_step);
                }
            }
            for r in 0..R {
                for v in 0..N {
                    let to = tile.c.add(r * tile.c_row + v * V::LANES);
                    if accumulate {
                        c[r][v] = V::fma(c[r][v], one, V::load(to));
                    }
                    c[r][v].store(to);
                }
            }
            accumulate = true;
            left -= chain;
        }
    }
}
