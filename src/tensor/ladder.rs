//! The matmul ladder: one product of two matrices, written in ever better ways (chapter 1).
//!
//! For A of shape `[m, k]` and B of shape `[k, n]`, the product C = A·B is
//!
//! ```text
//! c[i,j] = Σₚ a[i,p] · b[p,j]        p = 0 … k−1
//! ```
//!
//! Every rung computes each `c[i,j]` as one chain of fused multiply-adds, from 0, with p going up.
//! Each *link* of a chain is `c ← a[i,p]·b[p,j] + c`, rounded once. What the rungs change is the
//! order *between* chains, that is which element is worked on when. Floating-point addition is not
//! associative, so a chain that was cut or turned round would end in other bits. None is: all rungs
//! give the same bits, and the tests ask for equality. A rung panics if A or B is not a matrix, or
//! if their inner sizes differ.

mod inner;
pub mod outline;
mod tile;

use super::{Tensor, einsum, isa, threads};
use crate::Scalar;
pub use inner::{InnerLoops, inner_loops};
pub use tile::{packed, tiled};

// ANCHOR: rungs
/// A way to multiply two matrices.
pub type Rung<T> = fn(&Tensor<T>, &Tensor<T>) -> Tensor<T>;

/// All rungs by name, in the order in which chapter 1 climbs them. The last is the one that the
/// rest of the crate uses.
pub fn rungs<T: Scalar>() -> Vec<(&'static str, Rung<T>)> {
    vec![
        ("three loops", three_loops),
        ("row · column", row_times_column),
        ("row · matrix", row_times_matrix),
        ("einsum", by_einsum),
        ("loop order", loop_order),
        ("blocked", blocked),
        ("tiled", tiled),
        ("packed", packed),
        ("engine, alone", one_thread),
        ("engine", Tensor::matmul),
    ]
}
// ANCHOR_END: rungs

/// m, k and n of a product.
#[track_caller]
fn sizes<T: Scalar>(a: &Tensor<T>, b: &Tensor<T>) -> (usize, usize, usize) {
    match (&*a.shape, &*b.shape) {
        (&[m, k], &[rows, n]) if k == rows => (m, k, n),
        _ => panic!("a product of shapes {} and {}: want [m, k] and [k, n]", a.shape, b.shape),
    }
}

// ANCHOR: three_loops
/// The definition, letter by letter.
#[track_caller]
pub fn three_loops<T: Scalar>(a: &Tensor<T>, b: &Tensor<T>) -> Tensor<T> {
    let (m, k, n) = sizes(a, b);
    let mut c = Tensor::zeros([m, n]);
    let (a, b, out) = (a.data(), b.data(), c.data_mut());
    for i in 0..m {
        for j in 0..n {
            for p in 0..k {
                out[i * n + j] = a[i * k + p].mul_add(b[p * n + j], out[i * n + j]);
            }
        }
    }
    c
}
// ANCHOR_END: three_loops

// ANCHOR: row_times_column
/// Each element as a row of A times a column of B.
///
/// The inner loop is now one idea, the dot product of two slices, and [`isa::vectorize`] lets it
/// use the machine's instructions. A column of B is n apart in memory, so B is transposed first:
/// k·n copies against m·k·n multiplications. But a dot product is one chain, and each link waits
/// for the one before: a processor could start some eight of them while it waits for one.
#[track_caller]
pub fn row_times_column<T: Scalar>(a: &Tensor<T>, b: &Tensor<T>) -> Tensor<T> {
    let (_, k, n) = sizes(a, b);
    if k == 0 {
        return Tensor::zeros([a.shape[0], n]);
    }
    let columns = b.t();
    let mut c = Tensor::zeros([a.shape[0], n]);
    for (c_row, a_row) in c.data_mut().chunks_exact_mut(n.max(1)).zip(a.data().chunks_exact(k)) {
        for (c, b_column) in c_row.iter_mut().zip(columns.data().chunks_exact(k)) {
            *c = isa::vectorize(
                #[inline(always)]
                || dot(a_row, b_column),
            );
        }
    }
    c
}

/// Σ x·y as one chain.
#[inline(always)]
fn dot<T: Scalar>(x: &[T], y: &[T]) -> T {
    x.iter().zip(y).fold(T::ZERO, |sum, (&x, &y)| x.mul_add(y, sum))
}
// ANCHOR_END: row_times_column

// ANCHOR: row_times_matrix
/// Each row of C as a row of A times the whole of B: a number of A is repeated along a row of B.
///
/// Row i of C is a weighted sum of the rows of B: `Σₚ a[i,p]·B[p,:]`. So n chains grow side by
/// side, a link each, and neighbours share an instruction. Every link is a tensor operation, and
/// on short rows the price of one shows.
#[track_caller]
pub fn row_times_matrix<T: Scalar>(a: &Tensor<T>, b: &Tensor<T>) -> Tensor<T> {
    let (m, k, n) = sizes(a, b);
    let b_rows: Vec<Tensor<T>> = (0..k).map(|p| b.rows(p..p + 1)).collect();
    let mut c = Vec::with_capacity(m * n);
    for i in 0..m {
        let mut c_row = Tensor::zeros([1, n]);
        for (p, b_row) in b_rows.iter().enumerate() {
            let weight = a[[i, p]];
            c_row.update(b_row, |c, b| weight.mul_add(b, c));
        }
        c.extend_from_slice(c_row.data());
    }
    Tensor::new([m, n], c)
}
// ANCHOR_END: row_times_matrix

// ANCHOR: by_einsum
/// The definition again, said by naming its indices.
///
/// The loops are the machine's to choose: [`einsum()`] puts the result's last index innermost,
/// where memory is contiguous.
#[track_caller]
pub fn by_einsum<T: Scalar>(a: &Tensor<T>, b: &Tensor<T>) -> Tensor<T> {
    sizes(a, b);
    einsum("ik,kj->ij", &[a, b])
}
// ANCHOR_END: by_einsum

// ANCHOR: loop_order
/// The three loops with the two inner ones exchanged: i, p, j.
///
/// As in [`row_times_matrix`], j runs innermost, along rows of B and C, and nothing is called
/// for a link. Each chain still sees p = 0, 1, 2, …
#[track_caller]
pub fn loop_order<T: Scalar>(a: &Tensor<T>, b: &Tensor<T>) -> Tensor<T> {
    let (m, k, n) = sizes(a, b);
    let mut c = Tensor::zeros([m, n]);
    let (a, b, out) = (a.data(), b.data(), c.data_mut());
    isa::vectorize(
        #[inline(always)]
        || {
            for i in 0..m {
                let c_row = &mut out[i * n..(i + 1) * n];
                for p in 0..k {
                    add_multiple(c_row, a[i * k + p], &b[p * n..(p + 1) * n]);
                }
            }
        },
    );
    c
}

/// c ← x·b + c, element by element.
#[inline(always)]
fn add_multiple<T: Scalar>(c: &mut [T], x: T, b: &[T]) {
    c.iter_mut().zip(b).for_each(|(c, &b)| *c = x.mul_add(b, *c));
}
// ANCHOR_END: loop_order

// ANCHOR: blocked
/// The same loops over blocks of B that stay in the first-level cache, four links at a time.
///
/// [`loop_order`] moves three numbers for each link: it loads b, loads c and stores c. And it
/// reads the whole of B for every row of A. Here a block of B, 8 rows of at most 512 numbers, is
/// used for *all* rows of A before the next one is touched, and four of its rows go into a row of
/// C at once, so that c is loaded and stored once for four links. Blocks come with p going up: a
/// chain is put down after 8 links and taken up again where it was.
#[track_caller]
pub fn blocked<T: Scalar>(a: &Tensor<T>, b: &Tensor<T>) -> Tensor<T> {
    const DEPTH: usize = 8;
    const WIDTH: usize = 512;
    let (m, k, n) = sizes(a, b);
    let mut c = Tensor::zeros([m, n]);
    let (a, b, out) = (a.data(), b.data(), c.data_mut());
    isa::vectorize(
        #[inline(always)]
        || {
            for left in (0..n).step_by(WIDTH) {
                let width = WIDTH.min(n - left);
                let b_row = |p: usize| &b[p * n + left..][..width];
                for top in (0..k).step_by(DEPTH) {
                    let bottom = k.min(top + DEPTH);
                    for i in 0..m {
                        let c_row = &mut out[i * n + left..][..width];
                        let mut p = top;
                        while p + 4 <= bottom {
                            let links = [p, p + 1, p + 2, p + 3];
                            add_four(c_row, links.map(|p| a[i * k + p]), links.map(b_row));
                            p += 4;
                        }
                        for p in p..bottom {
                            add_multiple(c_row, a[i * k + p], b_row(p));
                        }
                    }
                }
            }
        },
    );
    c
}

/// Four links of each element's chain, the first innermost.
#[inline(always)]
fn add_four<T: Scalar>(c: &mut [T], x: [T; 4], b: [&[T]; 4]) {
    let b = b.map(|row| &row[..c.len()]);
    for j in 0..c.len() {
        let two = x[1].mul_add(b[1][j], x[0].mul_add(b[0][j], c[j]));
        c[j] = x[3].mul_add(b[3][j], x[2].mul_add(b[2][j], two));
    }
}
// ANCHOR_END: blocked

/// The engine, [`Tensor::matmul`], kept to the caller's thread.
#[track_caller]
pub fn one_thread<T: Scalar>(a: &Tensor<T>, b: &Tensor<T>) -> Tensor<T> {
    sizes(a, b);
    threads::with(1, || a.matmul(b))
}
