//! Cutting a run of rows, columns or depth into pieces (chapter 1).

use std::ops::Range;

/// The pieces of `0..total`, of `size` each but the last.
#[inline]
pub(super) fn pieces(total: usize, size: usize) -> impl Iterator<Item = Range<usize>> {
    // `step_by` would divide, to know the number of pieces beforehand.
    let next = move |start: usize| (start < total).then(|| start..total.min(start + size));
    std::iter::successors(next(0), move |piece| next(piece.end))
}

/// The size of the pieces when `total` is cut into as few as need be of at most `most`, alike in
/// size, each a multiple of `unit` but the last.
pub(super) fn even(total: usize, most: usize, unit: usize) -> usize {
    let most = (most / unit).max(1) * unit;
    total.div_ceil(total.div_ceil(most).max(1)).next_multiple_of(unit)
}

/// A run cut into pieces that differ by one at most, the larger ones first.
#[derive(Clone, Copy)]
pub(super) struct Cut {
    /// How many pieces there are.
    pub count: usize,
    /// The size of the smaller ones.
    size: usize,
    /// How many are larger.
    larger: usize,
}

impl Cut {
    /// As many pieces as `count`.
    #[inline]
    pub(super) fn into(total: usize, count: usize) -> Self {
        // A small product has no more time than a few divisions take.
        match count {
            1 => Self { count, size: total, larger: 0 },
            _ => Self { count, size: total / count, larger: total % count },
        }
    }

    /// As few pieces as need be, none larger than `most`.
    #[inline]
    pub(super) fn at_most(total: usize, most: usize) -> Self {
        Self::into(total, if total <= most { 1 } else { total.div_ceil(most) })
    }

    /// Where piece i begins, and its size.
    #[inline]
    pub(super) fn get(self, i: usize) -> (usize, usize) {
        debug_assert!(i < self.count);
        (i * self.size + i.min(self.larger), self.size + usize::from(i < self.larger))
    }
}
