//! Micro-kernels for a factor that is the im2col matrix of an image, read in place (chapter 6).
//!
//! The same tile in registers as in the kernel of [`matrix`](super::matrix), and the same sums.
//! What is different is where the numbers come from.

// Rows and registers are counted, as the comments do: `c[r][v]` is register v of row r.
#![allow(clippy::needless_range_loop)]

use super::super::simd::{Simd, launder};
use super::compile::TileKernel;
use crate::Scalar;
use std::marker::PhantomData;
use std::sync::atomic::{Ordering::SeqCst, compiler_fence};

/// Rows of the tallest tile with an im2col matrix for a factor.
pub(crate) const MAX_IM2COL_ROWS: usize = 12;
/// Registers in a row of the widest such tile.
pub(crate) const MAX_IM2COL_VECTORS: usize = 4;

/// The most numbers in such a tile: six rows of four registers of 16, with AVX-512.
pub(crate) const WHOLE_TILE: usize = 6 * MAX_IM2COL_VECTORS * 16;

/// A tile of C where B is an im2col matrix.
///
/// Kernels rely on this: every element of A, B and C that is named here is valid to read, in C to
/// write as well, and C's overlap neither A's nor B's.
pub(crate) struct RightTile<T> {
    /// Element (r, p) of A is `a[r·a_row + p·a_col]`.
    pub a: *const T,
    /// How far apart A's rows are.
    pub a_row: usize,
    /// How far apart A's columns are.
    pub a_col: usize,
    /// Register v of row p of B is at `b[v][offsets[p] ..]`.
    pub b: [*const T; MAX_IM2COL_VECTORS],
    /// Where the rows of B begin: as many as the sums are long.
    pub offsets: *const [usize],
    /// Register v of row r of C is at `c[v][r·c_row ..]`.
    pub c: [*mut T; MAX_IM2COL_VECTORS],
    /// How far apart C's rows are.
    pub c_row: usize,
    /// Whether the sums start from what C holds, and not from 0.
    pub accumulate: bool,
}

/// A tile of C where A is an im2col matrix.
///
/// Kernels rely on this: every element of A, B and C that is named here is valid to read, in C to
/// write as well, and C's overlap neither A's nor B's.
#[derive(Clone, Copy)]
pub(crate) struct LeftTile<T> {
    /// Element (r, (i, j)) of A is `a[r][i·a_step + j·a_stride]`.
    pub a: [*const T; MAX_IM2COL_ROWS],
    /// How many rows of places (i) there are, and how many places (j) in each: a sum runs over all
    /// of them.
    pub places: [usize; 2],
    /// How many rows of places make one chain of additions, at most.
    pub chain: usize,
    /// How far apart A's rows of places are.
    pub a_step: usize,
    /// How far apart the places of a row are.
    pub a_stride: usize,
    /// B row by row, each as long as the tile's registers.
    pub b: *const T,
    /// Element (r, j) of C is `c[r·c_row + j]`, for as many j as the tile's registers hold.
    pub c: *mut T,
    /// How far apart C's rows are.
    pub c_row: usize,
    /// Whether the sums start from what C holds, and not from 0.
    pub accumulate: bool,
}

/// The micro-kernel for an im2col matrix on the right.
pub(crate) struct Right<V>(PhantomData<V>);

// ANCHOR: right
impl<V: Simd> TileKernel for Right<V> {
    type Tile = RightTile<V::Elem>;

    /// R rows by N registers, which are read from the image where they lie.
    #[inline(always)]
    unsafe fn run<const R: usize, const N: usize>(tile: &RightTile<V::Elem>) {
        // SAFETY: the processor has the instruction set (the contract of `TileKernel::run`).
        let zero = unsafe { V::splat(V::Elem::ZERO) };
        let mut c = [[zero; N]; R];
        if tile.accumulate {
            for r in 0..R {
                for v in 0..N {
                    // SAFETY: register v < N of row r < R of C, which is valid as `RightTile` says.
                    c[r][v] = unsafe { V::load(tile.c[v].wrapping_add(r * tile.c_row)) };
                }
            }
        }
        let mut a = tile.a;
        let mut a3 = launder(if R > 3 { a.wrapping_add(3 * tile.a_row) } else { a });
        // SAFETY: a tile's offsets are valid to read, as `RightTile` says.
        for &offset in unsafe { &*tile.offsets } {
            let mut row = [zero; N];
            for v in 0..N {
                // SAFETY: register v < N of this row of B, which is valid as `RightTile` says.
                row[v] = unsafe { V::load(tile.b[v].wrapping_add(offset)) };
            }
            for r in 0..R {
                let (from, i) = if r < 3 { (a, r) } else { (a3, r - 3) };
                // SAFETY: row r < R of A, at the step of the sums that the loop has come to: an
                // element of A.
                let x = unsafe { V::splat(*from.wrapping_add(i.wrapping_mul(tile.a_row))) };
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
                // SAFETY: register v < N of row r < R of C, which `RightTile` says may be written
                // to.
                unsafe { c[r][v].store(tile.c[v].wrapping_add(r * tile.c_row)) };
            }
        }
    }
}
// ANCHOR_END: right

/// The micro-kernel for an im2col matrix on the left.
pub(crate) struct Left<V>(PhantomData<V>);

impl<V: Simd> TileKernel for Left<V> {
    type Tile = LeftTile<V::Elem>;

    /// R rows, whose numbers are read from the image one after the other, by N registers. Each
    /// chain begins at 0, and is added to C when it ends.
    #[inline(always)]
    unsafe fn run<const R: usize, const N: usize>(tile: &LeftTile<V::Elem>) {
        // SAFETY: the processor has the instruction set (the contract of `TileKernel::run`).
        let (zero, one) = unsafe { (V::splat(V::Elem::ZERO), V::splat(V::Elem::ONE)) };
        let (mut a, mut b) = (tile.a, tile.b);
        let (mut left, mut accumulate) = (tile.places[0], tile.accumulate);
        while left > 0 {
            let chain = if left < tile.chain { left } else { tile.chain };
            let mut c = [[zero; N]; R];
            for _ in 0..chain {
                let mut place = 0;
                for _ in 0..tile.places[1] {
                    let mut row = [zero; N];
                    for v in 0..N {
                        // SAFETY: register v < N of the row of B that the loops have come to, valid
                        // as `LeftTile` says.
                        row[v] = unsafe { V::load(b.wrapping_add(v * V::LANES)) };
                    }
                    for r in 0..R {
                        // SAFETY: row r < R of A, at the same place: an element of A, valid as
                        // `LeftTile` says.
                        let x = unsafe { V::splat(*a[r].wrapping_add(place)) };
                        for v in 0..N {
                            c[r][v] = V::fma(x, row[v], c[r][v]);
                        }
                        compiler_fence(SeqCst);
                    }
                    place += tile.a_stride;
                    b = b.wrapping_add(N * V::LANES);
                }
                for r in 0..R {
                    a[r] = a[r].wrapping_add(tile.a_step);
                }
            }
            for r in 0..R {
                for v in 0..N {
                    let to = tile.c.wrapping_add(r * tile.c_row + v * V::LANES);
                    if accumulate {
                        // SAFETY: register v < N of row r < R of C, which `LeftTile` says may be
                        // read.
                        c[r][v] = V::fma(c[r][v], one, unsafe { V::load(to) });
                    }
                    // SAFETY: the same register of C, which `LeftTile` says may be written to.
                    unsafe { c[r][v].store(to) };
                }
            }
            accumulate = true;
            left -= chain;
        }
    }
}
