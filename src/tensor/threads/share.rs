//! Sharing out a piece of work: a part for each thread, or pieces of a slice (chapter 1).

use super::number::current;
use super::pool::parallel;
use std::sync::{Mutex, PoisonError};

/// Elements per piece of work handed to a thread: what takes it some microseconds.
pub(crate) const PIECE: usize = 1 << 15;

/// Calls `work` on every `piece` elements of `out`, with the number of the first, on the threads
/// in use; what fits one piece stays on the caller's.
pub(crate) fn in_pieces<T: Send>(
    out: &mut [T],
    piece: usize,
    work: impl Fn(usize, &mut [T]) + Sync,
) {
    in_pieces_of(out, piece, &work);
}

/// [`in_pieces`], compiled once and not for each type of `work`.
fn in_pieces_of<T: Send>(out: &mut [T], piece: usize, work: &(dyn Fn(usize, &mut [T]) + Sync)) {
    let pieces = out.chunks_mut(piece).enumerate();
    for_each(pieces, |(number, out)| work(number * piece, out));
}

/// Into how many pieces to cut `work` when a piece should hold at least `least`: one for each
/// thread, or fewer.
///
/// ```
/// use longhand::tensor::threads;
/// threads::with(4, || {
///     assert_eq!(threads::pieces(1_000_000, 50_000), 4);
///     assert_eq!(threads::pieces(120_000, 50_000), 2);
///     assert_eq!(threads::pieces(10, 50_000), 1);
/// });
/// ```
#[must_use]
pub fn pieces(work: usize, least: usize) -> usize {
    (work / least.max(1)).clamp(1, current())
}

/// Runs `f(part)` for each part, on the threads in use. The parts are most often pieces of a
/// slice to write to, next to what is read there.
///
/// ```
/// use longhand::tensor::threads;
/// let x = [1, 2, 3, 4, 5];
/// let mut y = [0; 5];
/// threads::for_each(y.chunks_mut(2).zip(x.chunks(2)), |(y, x)| {
///     for (y, x) in y.iter_mut().zip(x) {
///         *y = 10 * x;
///     }
/// });
/// assert_eq!(y, [10, 20, 30, 40, 50]);
/// ```
///
/// # Panics
/// If `f` panics, with what it panicked with; the remaining parts may be left out.
pub fn for_each<P: Send>(parts: impl IntoIterator<Item = P>, f: impl Fn(P) + Sync) {
    let mut parts = parts.into_iter();
    let Some(first) = parts.next() else { return };
    let Some(second) = parts.next() else { return f(first) };
    let mut all = vec![first, second];
    all.extend(parts);
    share_out(all, &f);
}

/// [`for_each`] of several parts, compiled once and not for each type of `f`.
fn share_out<P: Send>(parts: Vec<P>, f: &(dyn Fn(P) + Sync)) {
    let parts: Vec<_> = parts.into_iter().map(|part| Mutex::new(Some(part))).collect();
    parallel(parts.len(), |i| {
        let part = parts[i].lock().unwrap_or_else(PoisonError::into_inner).take();
        part.into_iter().for_each(f);
    });
}
