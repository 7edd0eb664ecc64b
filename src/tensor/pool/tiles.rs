//! Max pooling in windows of 2×2 that tile the image, four windows at a time (chapter 6).
//!
//! Nearly every net has these, and they can be quick. A block is four windows side by side, held
//! in arrays of fixed size: the compiler then keeps them in registers, and turns what the four do
//! alike into vector instructions. For that, nothing in a block may branch.

use super::pooling::greater_or_nan;
use crate::Scalar;

/// Windows in a block.
const N: usize = 4;

/// The upper and the lower halves of a block's windows.
type Rows<'a, T> = (&'a [[T; 2]], &'a [[T; 2]]);

/// The largest of each window and its position, for whole planes of h×w.
#[inline(always)]
pub(super) fn max<T: Scalar>(x: &[T], [h, w]: [usize; 2], values: &mut [T], positions: &mut [u32]) {
    let outputs = values.chunks_exact_mut(w / 2).zip(positions.chunks_exact_mut(w / 2));
    for (number, ((values, positions), x)) in outputs.zip(x.chunks_exact(2 * w)).enumerate() {
        let (top, bottom): Rows<T> = (x[..w].as_chunks().0, x[w..].as_chunks().0);
        let mut first = (number % (h / 2) * 2 * w) as u32;
        let (top, last_top) = top.as_chunks::<N>();
        let (bottom, last_bottom) = bottom.as_chunks::<N>();
        let (values, last_values) = values.as_chunks_mut::<N>();
        let (positions, last_positions) = positions.as_chunks_mut::<N>();
        let blocks = top.iter().zip(bottom).zip(values.iter_mut().zip(positions));
        for ((top, bottom), (values, positions)) in blocks {
            (*values, *positions) = max_of(*top, *bottom, first, w as u32);
            first += 2 * N as u32;
        }
        if !last_values.is_empty() {
            let (top, bottom) = (filled(last_top), filled(last_bottom));
            let (values, positions) = max_of(top, bottom, first, w as u32);
            last_values.copy_from_slice(&values[..last_values.len()]);
            last_positions.copy_from_slice(&positions[..last_positions.len()]);
        }
    }
}

/// One block: its values and positions, the first window being at position `first`.
#[inline(always)]
fn max_of<T: Scalar>(
    top: [[T; 2]; N],
    bottom: [[T; 2]; N],
    first: u32,
    w: u32,
) -> ([T; N], [u32; N]) {
    let mut values = top.map(|[x, _]| x);
    let mut taps = [0; N];
    let later =
        [(top.map(|[_, x]| x), 1), (bottom.map(|[x, _]| x), w), (bottom.map(|[_, x]| x), w + 1)];
    for (x, tap) in later {
        for i in 0..N {
            let better = greater_or_nan(x[i], values[i]);
            values[i] = if better { x[i] } else { values[i] };
            taps[i] = if better { tap } else { taps[i] };
        }
    }
    (values, std::array::from_fn(|i| first + 2 * i as u32 + taps[i]))
}

/// Puts each element of `g` at its position and zeros elsewhere, in whole planes of h×w. Each
/// place belongs to one window, so it is written once.
#[inline(always)]
pub(super) fn scatter<T: Scalar>(out: &mut [T], [h, w]: [usize; 2], g: &[T], positions: &[u32]) {
    let from = g.chunks_exact(w / 2).zip(positions.chunks_exact(w / 2));
    for (number, (rows, (g, positions))) in out.chunks_exact_mut(2 * w).zip(from).enumerate() {
        let (top, bottom) = rows.split_at_mut(w);
        let (top, last_top) = top.as_chunks_mut().0.as_chunks_mut::<N>();
        let (bottom, last_bottom) = bottom.as_chunks_mut().0.as_chunks_mut::<N>();
        let ((g, last_g), (at, last_at)) = (g.as_chunks::<N>(), positions.as_chunks::<N>());
        let mut first = (number % (h / 2) * 2 * w) as u32;
        for ((top, bottom), (g, at)) in top.iter_mut().zip(bottom).zip(g.iter().zip(at)) {
            [*top, *bottom] = scatter_of(*g, *at, first, w as u32);
            first += 2 * N as u32;
        }
        if !last_g.is_empty() {
            let rows = scatter_of(filled(last_g), filled(last_at), first, w as u32);
            last_top.copy_from_slice(&rows[0][..last_top.len()]);
            last_bottom.copy_from_slice(&rows[1][..last_bottom.len()]);
        }
    }
}

/// One block: its two rows, the first window being at position `first`.
#[inline(always)]
fn scatter_of<T: Scalar>(g: [T; N], positions: [u32; N], first: u32, w: u32) -> [[[T; 2]; N]; 2] {
    let mut rows = [[[T::ZERO; 2]; N]; 2];
    // The windows that fill up the last block may lie in front of it. Then this wraps, and what
    // comes of it is not stored.
    let taps: [u32; N] = std::array::from_fn(|i| positions[i].wrapping_sub(first + 2 * i as u32));
    for i in 0..N {
        let g = T::ZERO + g[i]; // −0 becomes 0, as when it is added to a zero
        for (row, column, own) in [(0, 0, 0), (0, 1, 1), (1, 0, w), (1, 1, w + 1)] {
            rows[row][i][column] = if taps[i] == own { g } else { T::ZERO };
        }
    }
    rows
}

/// The last windows of a row, filled up to a block.
#[inline(always)]
fn filled<X: Copy + Default>(x: &[X]) -> [X; N] {
    std::array::from_fn(|i| x.get(i).copied().unwrap_or_default())
}
