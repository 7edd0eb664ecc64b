//! Sums, means, extremes: many elements become one (chapter 1).
//!
//! Nothing adds up to 0, its mean and its variance are NaN, and there is no largest element of
//! nothing: to ask for it is a mistake. Over no axes at all nothing is reduced; to name an axis
//! twice is a mistake. All of that is as NumPy has it.

use super::sum::{BLOCK, LANES, sum, sum_block, sum_rows};
use super::threads::{PIECE, in_pieces};
use super::{MAX_RANK, Tensor, isa};
use crate::Scalar;

/// `x` folded by `f`, which must give the same in any order, as the larger of two does.
#[inline(always)]
pub(super) fn fold_block<T: Scalar>(x: &[T], start: T, f: impl Fn(T, T) -> T) -> T {
    if x.len() < LANES {
        return x.iter().fold(start, |folded, &x| f(folded, x));
    }
    let mut lanes = [start; LANES];
    let rounds = x.chunks_exact(LANES);
    let rest = rounds.remainder();
    for round in rounds {
        lanes.iter_mut().zip(round).for_each(|(lane, &x)| *lane = f(*lane, x));
    }
    lanes.iter_mut().zip(rest).for_each(|(lane, &x)| *lane = f(*lane, x));
    let mut half = LANES / 2;
    while half > 0 {
        let (lower, upper) = lanes.split_at_mut(half);
        lower.iter_mut().zip(upper).for_each(|(lower, &mut upper)| *lower = f(*lower, upper));
        half /= 2;
    }
    lanes[0]
}

/// `out[i]` = `f` of row `i` of `x`, which has `width` columns.
#[inline(always)]
fn rows_to_one<T: Scalar>(out: &mut [T], x: &[T], width: usize, f: impl Fn(&[T]) -> T + Sync) {
    in_pieces(out, PIECE.div_ceil(width), |first, out| {
        let rows = x[first * width..].chunks_exact(width);
        isa::vectorize(
            #[inline(always)]
            || {
                // A closure for `for_each` would be too large to be inlined.
                for (out, row) in out.iter_mut().zip(rows) {
                    *out = f(row);
                }
            },
        );
    });
}

impl<T: Scalar> Tensor<T> {
    /// Σ of all elements; 0 if there are none. The order of the additions is part of the
    /// definition: element `i` of a block of 4096 is added to running sum `i mod 32`; then the
    /// upper half of the running sums is added to the lower half, and so on until one is left; and
    /// the sums of the blocks in the same way. So at most 128 terms are added one after another.
    #[must_use]
    pub fn sum(&self) -> T {
        sum(self.data())
    }

    /// The mean of all elements; NaN if there are none.
    #[must_use]
    pub fn mean(&self) -> T {
        self.sum() / T::from_f64(self.len() as f64)
    }

    /// The variance of all elements around their mean, over n − 1 as in `torch.var`; NaN if there
    /// are fewer than two.
    #[must_use]
    pub fn var(&self) -> T {
        let mean = self.mean();
        let squares = self.map(|x| (x - mean) * (x - mean)).sum();
        squares / T::from_f64(self.len().saturating_sub(1) as f64)
    }

    /// The standard deviation of all elements, over n − 1 as in `torch.std`; NaN if there are fewer
    /// than two.
    #[must_use]
    pub fn std(&self) -> T {
        self.var().sqrt()
    }

    /// The largest element; NaN if any is.
    ///
    /// # Panics
    /// If there are none.
    #[track_caller]
    #[must_use]
    pub fn max(&self) -> T {
        self.must_hold_something("max");
        self.reshape([self.len()]).max_axis(0).item()
    }

    /// The smallest element; NaN if any is.
    ///
    /// # Panics
    /// If there are none.
    #[track_caller]
    #[must_use]
    pub fn min(&self) -> T {
        self.must_hold_something("min");
        self.reshape([self.len()]).min_axis(0).item()
    }

    /// Σ over one axis, which is dropped; a negative axis counts from the end.
    ///
    /// Over the last axis each row is added up as [`sum`](Self::sum) adds all elements. Over
    /// another axis, blocks of 64 terms are added one after another, each beginning with 0; then
    /// the upper half of the blocks' sums is added to the lower half, and so on until one is left.
    /// Over an axis of size 1 nothing is added: each element is what it was, a −0 too.
    ///
    /// ```
    /// # use longhand::Tensor;
    /// let a = Tensor::new([2, 3], vec![1.0_f32, 2.0, 3.0, 4.0, 5.0, 6.0]);
    /// assert_eq!(a.sum_axis(0).data(), [5.0, 7.0, 9.0]);
    /// assert_eq!(a.sum_axis(-1).data(), [6.0, 15.0]);
    /// ```
    ///
    /// # Panics
    /// If there is no such axis.
    #[track_caller]
    #[must_use]
    pub fn sum_axis(&self, axis: isize) -> Self {
        let axis = self.shape.axis(axis);
        let (_, size, inner) = self.shape.around(axis);
        Self::build(self.shape.without(axis), |out| {
            if size * inner == 0 {
                return out.fill(T::ZERO);
            }
            if size == 1 {
                return out.copy_from_slice(self.data()); // nothing to add: 0 + −0 would be 0
            }
            let slabs = self.data().chunks_exact(size * inner);
            match (inner, size <= BLOCK) {
                (1, true) => rows_to_one(out, self.data(), size, sum_block),
                (1, false) => out.iter_mut().zip(slabs).for_each(|(out, slab)| *out = sum(slab)),
                _ => {
                    let parts = out.chunks_exact_mut(inner).zip(slabs);
                    parts.for_each(|(out, slab)| sum_rows(slab, out));
                }
            }
        })
    }

    /// Σ over several axes, the last first; all of them are dropped.
    ///
    /// # Panics
    /// If there is no such axis, or one is named twice.
    #[track_caller]
    #[must_use]
    pub fn sum_axes(&self, axes: &[isize]) -> Self {
        let mut named = [false; MAX_RANK];
        for &axis in axes {
            let found = self.shape.axis(axis);
            if named[found] {
                panic!(
                    "sum over axes {axes:?} of shape {}: axis {axis} is named twice",
                    self.shape
                );
            }
            named[found] = true;
        }
        let axes = (0..self.rank()).rev().filter(|&axis| named[axis]);
        axes.fold(self.clone(), |sum, axis| sum.sum_axis(axis as isize))
    }

    /// The mean over one axis, which is dropped; NaN if its size is 0.
    ///
    /// # Panics
    /// If there is no such axis.
    #[track_caller]
    #[must_use]
    pub fn mean_axis(&self, axis: isize) -> Self {
        let size = self.shape[self.shape.axis(axis)];
        self.sum_axis(axis) / T::from_f64(size as f64)
    }

    /// The largest element along one axis, which is dropped; NaN if any is.
    ///
    /// # Panics
    /// If there is no such axis, or it has size 0, unless the result is empty as well.
    #[track_caller]
    pub fn max_axis(&self, axis: isize) -> Self {
        self.must_hold_something_along("max_axis", axis);
        self.fold_axis(axis, -T::INFINITY, T::maximum)
    }

    /// The smallest element along one axis, which is dropped; NaN if any is.
    ///
    /// # Panics
    /// If there is no such axis, or it has size 0, unless the result is empty as well.
    #[track_caller]
    pub fn min_axis(&self, axis: isize) -> Self {
        self.must_hold_something_along("min_axis", axis);
        self.fold_axis(axis, T::INFINITY, T::minimum)
    }

    /// Panics if there is nothing to choose from.
    #[track_caller]
    fn must_hold_something(&self, what: &str) {
        if self.len() == 0 {
            panic!("{what} of shape {}: there is nothing to choose from", self.shape);
        }
    }

    /// Panics if an element along `axis` is to be chosen and there is none.
    #[track_caller]
    fn must_hold_something_along(&self, what: &str, axis: isize) {
        let axis = self.shape.axis(axis);
        if self.shape[axis] == 0 && self.shape.without(axis).count() > 0 {
            panic!("{what} along axis {axis} of shape {}: it is empty", self.shape);
        }
    }

    #[track_caller]
    fn fold_axis(&self, axis: isize, start: T, f: impl Fn(T, T) -> T + Sync) -> Self {
        let axis = self.shape.axis(axis);
        let (_, size, inner) = self.shape.around(axis);
        Self::build(self.shape.without(axis), |out| {
            out.fill(start);
            if inner == 1 && size > 0 {
                return rows_to_one(
                    out,
                    self.data(),
                    size,
                    #[inline(always)]
                    |row| fold_block(row, start, &f),
                );
            }
            let slabs = self.data().chunks_exact((size * inner).max(1));
            for (out, slab) in out.chunks_exact_mut(inner.max(1)).zip(slabs) {
                for row in slab.chunks_exact(inner) {
                    out.iter_mut().zip(row).for_each(|(out, &x)| *out = f(*out, x));
                }
            }
        })
    }

    /// For each position on the other axes, the index along `axis` of the largest element: the
    /// first of several, and the first NaN before any number. Row-major order.
    ///
    /// ```
    /// # use longhand::Tensor;
    /// let scores = Tensor::new([2, 3], vec![0.1_f32, 0.7, 0.2, 0.5, 0.5, 0.0]);
    /// assert_eq!(scores.argmax(-1), [1, 0]);
    /// ```
    ///
    /// # Panics
    /// If there is no such axis, or it has size 0, unless the result is empty as well.
    #[track_caller]
    #[must_use]
    pub fn argmax(&self, axis: isize) -> Vec<usize> {
        self.must_hold_something_along("argmax", axis);
        let axis = self.shape.axis(axis);
        let (outer, size, inner) = self.shape.around(axis);
        let x = self.data();
        (0..outer * inner)
            .map(|place| {
                let first = place / inner * size * inner + place % inner;
                let better = |x: T, best: T| x > best || (x.is_nan() && !best.is_nan());
                (1..size).fold(0, |best, i| {
                    if better(x[first + i * inner], x[first + best * inner]) { i } else { best }
                })
            })
            .collect()
    }
}
