//! The two ideas that carry a product from fast to very fast: a tile in registers, and packing
//! (chapter 1). The engine has both, for any processor; here they are in plain Rust.

use super::sizes;
use crate::Scalar;
use crate::tensor::{Tensor, isa};

// ANCHOR: tile
/// Rows of the tile.
const ROWS: usize = 4;
/// Columns of the tile: two registers of AVX2, or one of AVX-512.
const COLS: usize = 16;

/// A tile of C, 4 × 16, that stays in registers from its first link to its last.
///
/// For each p it takes 16 neighbours of B's row p and 4 numbers of A, and makes 64 links of them.
/// So it loads 20 numbers for 64 multiply-adds, where [`blocked`](super::blocked) loads 80.
#[inline(always)]
fn tile<T: Scalar>(k: usize, a_rows: [&[T]; ROWS], b: &[T], b_stride: usize) -> [[T; COLS]; ROWS] {
    let mut c = [[T::ZERO; COLS]; ROWS];
    let a_rows = a_rows.map(|row| &row[..k]);
    for p in 0..k {
        let b_row: &[T; COLS] = b[p * b_stride..][..COLS].try_into().expect("16 columns");
        for r in 0..ROWS {
            let x = a_rows[r][p];
            c[r] = std::array::from_fn(|j| x.mul_add(b_row[j], c[r][j]));
        }
    }
    c
}
// ANCHOR_END: tile

// ANCHOR: tiled
/// The product tile by tile, B read where it lies.
#[track_caller]
pub fn tiled<T: Scalar>(a: &Tensor<T>, b: &Tensor<T>) -> Tensor<T> {
    strips(a, b, false)
}

/// The product tile by tile, each strip of 16 columns of B copied into one run first.
///
/// Neighbouring rows of B lie n numbers apart, each on a page of its own once n is large, and a
/// strip takes a sixteenth of what is fetched with them. Copied, it is read from end to end, once
/// for every four rows of A.
#[track_caller]
pub fn packed<T: Scalar>(a: &Tensor<T>, b: &Tensor<T>) -> Tensor<T> {
    strips(a, b, true)
}

fn strips<T: Scalar>(a: &Tensor<T>, b: &Tensor<T>, pack: bool) -> Tensor<T> {
    let (m, k, n) = sizes(a, b);
    let mut c = Tensor::zeros([m, n]);
    let (a, b, out) = (a.data(), b.data(), c.data_mut());
    let mut copy = vec![T::ZERO; k * COLS];
    isa::vectorize(
        #[inline(always)]
        || {
            for left in (0..n).step_by(COLS) {
                let width = COLS.min(n - left);
                let (strip, stride) = match pack || width < COLS {
                    true => {
                        for (to, from) in copy.chunks_exact_mut(COLS).zip(b.chunks_exact(n)) {
                            to[..width].copy_from_slice(&from[left..left + width]);
                        }
                        (&copy[..], COLS)
                    }
                    false => (b.get(left..).unwrap_or_default(), n),
                };
                for top in (0..m).step_by(ROWS) {
                    // Past the last row the last one is taken again, and not written.
                    let row = |r: usize| &a[(top + r).min(m - 1) * k..][..k];
                    let c = tile(k, [row(0), row(1), row(2), row(3)], strip, stride);
                    for (r, c_row) in c.iter().enumerate().take(m - top) {
                        out[(top + r) * n + left..][..width].copy_from_slice(&c_row[..width]);
                    }
                }
            }
        },
    );
    c
}
// ANCHOR_END: tiled
