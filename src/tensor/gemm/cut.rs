//! Cutting a run of rows, columns or depth into pieces (chapter 1).

use std::ops::Range;

/// The pieces of `0..total`, of `size` each but the last.
#[inline]
pub(super) fn pieces(total: usize, size: usize) -> impl Iterator<Item = Range<usize>> {
    // Not `step_by`: it divides to count the pieces first, and a small product would feel that.
    let next = move |start: usize| (start < total).then(|| start..total.min(start + size));
    std::iter::successors(next(0), move |piece| next(piece.end))
}

/// The size of the pieces when `total` is cut into as few as possible, none larger than `most`:
/// alike in size, and each but the last a multiple of `unit`.
pub(super) fn even(total: usize, most: usize, unit: usize) -> usize {
    let most = (most / unit).max(1) * unit;
    total.div_ceil(total.div_ceil(most).max(1)).next_multiple_of(unit)
}

/// A run cut into pieces that differ by one at most, the larger ones first.
#[derive(Clone, Copy)]
pub(super) struct Cut {
    /// How many pieces there are.
    pub count: usize,
    /// The size of the smaller pieces.
    size: usize,
    /// How many pieces are larger, by one.
    larger: usize,
}

impl Cut {
    /// `total` in as few pieces as possible, none larger than `most`.
    #[inline]
    pub(super) fn at_most(total: usize, most: usize) -> Self {
        // No division where there is nothing to cut: a small product takes no longer than a few of
        // them.
        if total <= most {
            return Self { count: 1, size: total, larger: 0 };
        }
        let count = total.div_ceil(most);
        Self { count, size: total / count, larger: total % count }
    }

    /// Where piece i begins, and its size.
    #[inline]
    pub(super) fn get(self, i: usize) -> (usize, usize) {
        debug_assert!(i < self.count);
        (i * self.size + i.min(self.larger), self.size + usize::from(i < self.larger))
    }
}
