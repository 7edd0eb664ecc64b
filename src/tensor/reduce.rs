//! Sums, means, extremes: many elements become one (chapter 1).
//!
//! Floating-point addition is not associative, so a sum needs an order, and the order here is
//! part of the definition. It is chosen to be quick on vectors and to lose little: see [`sum`].

use super::threads::{PIECE, in_pieces};
use super::{MAX_RANK, Tensor, isa};
use crate::Scalar;

// ANCHOR: sum
/// Running sums that take turns, so that neighbouring elements are added side by side.
pub(super) const LANES: usize = 32;
/// Elements that are added up before their sum joins the others.
pub(super) const BLOCK: usize = 4096;

/// Σ x, in this order: element `i` of a block is added to lane `i mod 32`; then the upper half of
/// the lanes is added to the lower half, and so on until one is left; the blocks' sums are halved
/// in the same way.
///
/// An error then grows with the logarithm of the length and not with the length.
pub(crate) fn sum<T: Scalar>(x: &[T]) -> T {
    if x.len() <= BLOCK {
        return isa::vectorize(
            #[inline(always)]
            || sum_block(x),
        );
    }
    let mut sums = vec![T::ZERO; x.len().div_ceil(BLOCK)];
    in_pieces(&mut sums, 8, |first, sums| {
        let blocks = x[first * BLOCK..].chunks(BLOCK);
        isa::vectorize(
            #[inline(always)]
            || {
                for (sum, block) in sums.iter_mut().zip(blocks) {
                    *sum = sum_block(block);
                }
            },
        );
    });
    tree_sum(&mut sums)
}

#[inline(always)]
fn sum_block<T: Scalar>(x: &[T]) -> T {
    let mut lanes = [T::ZERO; LANES];
    let rounds = x.chunks_exact(LANES);
    let rest = rounds.remainder();
    for round in rounds {
        lanes.iter_mut().zip(round).for_each(|(lane, &x)| *lane += x);
    }
    lanes.iter_mut().zip(rest).for_each(|(lane, &x)| *lane += x);
    // Lanes that were never used are zeros, which change nothing.
    tree_sum(&mut lanes)
}

/// Adds the upper half to the lower half, as if there were 2ⁿ of them, until one is left.
#[inline(always)]
pub(super) fn tree_sum<T: Scalar>(x: &mut [T]) -> T {
    let mut half = x.len().next_power_of_two() / 2;
    while half > 0 {
        let len = x.len().min(2 * half);
        let (lower, upper) = x[..len].split_at_mut(half);
        lower.iter_mut().zip(upper).for_each(|(lower, upper)| *lower += *upper);
        half /= 2;
    }
    x.first().copied().unwrap_or(T::ZERO)
}
// ANCHOR_END: sum

/// `x` folded by `f`, which must not care for order, as the larger of two does not.
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
    lanes.iter().chain(rest).fold(start, |folded, &x| f(folded, x))
}

/// `out[i]` = Σ over rows of `x[row][i]`, row after row within blocks, the blocks in order.
fn sum_rows<T: Scalar>(x: &[T], out: &mut [T]) {
    let width = out.len();
    out.fill(T::ZERO);
    let mut block = vec![T::ZERO; width];
    for rows in x.chunks(256 * width) {
        block.fill(T::ZERO);
        isa::vectorize(
            #[inline(always)]
            || {
                for row in rows.chunks_exact(width) {
                    block.iter_mut().zip(row).for_each(|(sum, &x)| *sum += x);
                }
            },
        );
        out.iter_mut().zip(&block).for_each(|(sum, &block)| *sum += block);
    }
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
    /// Σ of all elements; 0 if there are none.
    pub fn sum(&self) -> T {
        sum(self.data())
    }

    /// The mean of all elements; NaN if there are none.
    pub fn mean(&self) -> T {
        self.sum() / T::from_f64(self.len() as f64)
    }

    /// The variance of all elements around their mean, over n − 1 as in `torch.var`.
    pub fn var(&self) -> T {
        let mean = self.mean();
        let squares = self.map(|x| (x - mean) * (x - mean)).sum();
        squares / T::from_f64(self.len() as f64 - 1.0)
    }

    /// The standard deviation of all elements, over n − 1 as in `torch.std`.
    pub fn std(&self) -> T {
        self.var().sqrt()
    }

    /// The largest element; NaN if any is, −∞ if there are none.
    pub fn max(&self) -> T {
        self.reshape([self.len()]).max_axis(0).item()
    }

    /// The smallest element; NaN if any is, ∞ if there are none.
    pub fn min(&self) -> T {
        self.reshape([self.len()]).min_axis(0).item()
    }

    /// Σ over one axis, which is dropped; a negative axis counts from the end.
    ///
    /// ```
    /// # use longhand::Tensor;
    /// let a = Tensor::new([2, 3], vec![1.0_f32, 2.0, 3.0, 4.0, 5.0, 6.0]);
    /// assert_eq!(a.sum_axis(0).data(), [5.0, 7.0, 9.0]);
    /// assert_eq!(a.sum_axis(-1).data(), [6.0, 15.0]);
    /// ```
    #[track_caller]
    pub fn sum_axis(&self, axis: isize) -> Self {
        let axis = self.shape.axis(axis);
        let (_, size, inner) = self.shape.around(axis);
        Self::build(self.shape.without(axis), |out| {
            if size * inner == 0 {
                return out.fill(T::ZERO);
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
    #[track_caller]
    pub fn sum_axes(&self, axes: &[isize]) -> Self {
        let mut named = [false; MAX_RANK];
        for &axis in axes {
            named[self.shape.axis(axis)] = true;
        }
        let axes = (0..self.rank()).rev().filter(|&axis| named[axis]);
        axes.fold(self.clone(), |sum, axis| sum.sum_axis(axis as isize))
    }

    /// The mean over one axis, which is dropped.
    #[track_caller]
    pub fn mean_axis(&self, axis: isize) -> Self {
        let size = self.shape[self.shape.axis(axis)];
        self.sum_axis(axis) / T::from_f64(size as f64)
    }

    /// The largest element along one axis, which is dropped; NaN if any is.
    #[track_caller]
    pub fn max_axis(&self, axis: isize) -> Self {
        self.fold_axis(axis, -T::INFINITY, T::maximum)
    }

    /// The smallest element along one axis, which is dropped; NaN if any is.
    #[track_caller]
    pub fn min_axis(&self, axis: isize) -> Self {
        self.fold_axis(axis, T::INFINITY, T::minimum)
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
    /// If that axis has size 0.
    #[track_caller]
    pub fn argmax(&self, axis: isize) -> Vec<usize> {
        let axis = self.shape.axis(axis);
        let (outer, size, inner) = self.shape.around(axis);
        assert!(size > 0, "argmax along axis {axis} of shape {}: it is empty", self.shape);
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
