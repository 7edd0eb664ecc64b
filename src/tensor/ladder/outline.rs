//! The engine in outline: its micro-kernel and its threads, some twenty lines each (chapter 1).
//!
//! What is here is what the engine does, without what makes it hard to read: a register is an
//! array, a factor is no more than a slice, and a size that does not come out even is filled up
//! with zeros. The tests hold it to the engine's bits. It is slower, for nothing here is made to
//! fit a cache, and it is nobody's way to multiply.

use super::sizes;
use crate::Scalar;
use crate::tensor::Tensor;
use std::thread;

// ANCHOR: micro_kernel
/// Rows of a tile.
const ROWS: usize = 6;
/// Registers in a row of the tile.
const REGISTERS: usize = 2;
/// Numbers in a register.
const LANES: usize = 8;
/// Columns of a tile.
const COLS: usize = REGISTERS * LANES;

/// A tile's row of registers, or a row of a micro-panel.
type Row<T> = [[T; LANES]; REGISTERS];

/// C ← C + A·B for one tile of C: a row of A for each of its rows, and a micro-panel of B.
fn micro_kernel<T: Scalar>(a: [&[T]; ROWS], b: &[Row<T>], mut c: [Row<T>; ROWS]) -> [Row<T>; ROWS] {
    for (p, b_row) in b.iter().enumerate() {
        for r in 0..ROWS {
            let x = a[r][p]; // one number of A, for a whole row of the tile
            for v in 0..REGISTERS {
                for lane in 0..LANES {
                    // All lanes at once: this loop is one instruction.
                    c[r][v][lane] = x.mul_add(b_row[v][lane], c[r][v][lane]);
                }
            }
        }
    }
    c
}
// ANCHOR_END: micro_kernel

// ANCHOR: pack
/// The micro-panel of B that begins with column `left`: its 16 columns row by row, one behind the
/// other, with zeros where B has no more columns.
fn pack<T: Scalar>(b: &[T], n: usize, left: usize) -> Vec<Row<T>> {
    let element = |row: &[T], v: usize, lane: usize| row.get(left + v * LANES + lane).copied();
    let pack_row = |row: &[T]| -> Row<T> {
        std::array::from_fn(|v| {
            std::array::from_fn(|lane| element(row, v, lane).unwrap_or(T::ZERO))
        })
    };
    b.chunks_exact(n).map(pack_row).collect()
}

/// Some rows of C ← A·B, tile by tile.
fn rows_of_tiles<T: Scalar>(a: &[T], b: &[T], k: usize, n: usize, c: &mut [T]) {
    let rows = c.len() / n;
    for left in (0..n).step_by(COLS) {
        let panel = pack(b, n, left);
        let width = COLS.min(n - left);
        for top in (0..rows).step_by(ROWS) {
            // Past the last row the last one is taken again, and not written.
            let a_rows = std::array::from_fn(|r| &a[(top + r).min(rows - 1) * k..][..k]);
            let tile = micro_kernel(a_rows, &panel, [[[T::ZERO; LANES]; REGISTERS]; ROWS]);
            for (r, row) in tile.iter().enumerate().take(rows - top) {
                c[(top + r) * n + left..][..width].copy_from_slice(&row.as_flattened()[..width]);
            }
        }
    }
}
// ANCHOR_END: pack

// ANCHOR: split
/// C ← A·B on so many threads, each with rows of C of its own.
///
/// ```
/// use longhand::{Tensor, tensor::ladder::outline};
/// let a = Tensor::<f32>::arange(12).reshape([4, 3]);
/// assert!(outline::split(&a, &a.t(), 2).same_bits(&a.matmul(&a.t())));
/// ```
///
/// # Panics
/// If the shapes do not fit, or there is no thread.
#[track_caller]
pub fn split<T: Scalar>(a: &Tensor<T>, b: &Tensor<T>, threads: usize) -> Tensor<T> {
    let (m, k, n) = sizes(a, b);
    let mut c = Tensor::zeros([m, n]);
    if m * k * n == 0 {
        return c;
    }
    let (a, b, rows) = (a.data(), b.data(), m.div_ceil(threads));
    thread::scope(|scope| {
        // A chain is never cut: each thread has all of k, and writes to nobody else's rows.
        for (a, c) in a.chunks(rows * k).zip(c.data_mut().chunks_mut(rows * n)) {
            scope.spawn(move || rows_of_tiles(a, b, k, n, c));
        }
    });
    c
}
// ANCHOR_END: split
