//! Log-softmax: scores become the logarithms of probabilities (chapter 4).

use super::isa::Compiled;
use super::reduce::fold_block;
use super::sum::{BLOCK, sum_block};
use super::threads::PIECE;
use super::{Tensor, isa, threads};
use crate::Scalar;

// ANCHOR: log_softmax
/// [`Tensor::log_softmax`] as it is defined, one formula after another.
///
/// # Panics
/// If the tensor has no axis.
#[track_caller]
#[must_use]
pub fn reference<T: Scalar>(x: &Tensor<T>) -> Tensor<T> {
    // Taking the largest score off all of them changes nothing, and then no exp overflows.
    let mut shifted = x - x.max_axis(-1).unsqueeze(-1);
    let log_sum = shifted.exp().sum_axis(-1).ln();
    shifted -= &log_sum.unsqueeze(-1);
    shifted
}
// ANCHOR_END: log_softmax

impl<T: Scalar> Tensor<T> {
    /// ln Σ exp(x) along one axis, which is dropped; no exp overflows on the way. −∞ where all are
    /// −∞ or there are none, ∞ where the largest is.
    ///
    /// ```
    /// # use longhand::Tensor;
    /// let x = Tensor::new([2, 2], vec![1000.0_f64, 1000.0, f64::INFINITY, 0.0]);
    /// assert_eq!(x.log_sum_exp(1).data(), [1000.0 + std::f64::consts::LN_2, f64::INFINITY]);
    /// ```
    ///
    /// # Panics
    /// If there is no such axis.
    #[track_caller]
    #[must_use]
    pub fn log_sum_exp(&self, axis: isize) -> Self {
        let found = self.shape.axis(axis);
        if self.shape[found] == 0 {
            return Self::full(self.shape.without(found), -T::INFINITY);
        }
        // Taking off the largest keeps exp small. If that is infinite, nothing is taken off: the
        // difference of two infinities is no number.
        let most = self.max_axis(axis).map(|x| if x.is_finite() { x } else { T::ZERO });
        let shifted = self - most.unsqueeze(found as isize);
        shifted.exp().sum_axis(axis).ln() + most
    }

    /// xᵢ − ln Σⱼ exp(xⱼ) along the last axis; the same shape.
    ///
    /// −∞ stays −∞: a probability of 0. Where the largest of a row is infinite there are no such
    /// probabilities (∞ − ∞, 0/0), and the row is NaN, as in PyTorch.
    ///
    /// ```
    /// # use longhand::Tensor;
    /// let y = Tensor::vector(&[1000.0_f64, 1000.0]).log_softmax();
    /// assert_eq!(y.data(), [-std::f64::consts::LN_2; 2]);
    /// ```
    ///
    /// # Panics
    /// If the tensor has no axis.
    #[track_caller]
    #[must_use]
    pub fn log_softmax(&self) -> Self {
        let width = self.shape[self.shape.axis(-1)];
        if self.len() == 0 {
            return self.clone();
        }
        if width > BLOCK {
            return reference(self);
        }
        Self::build(self.shape, |out| {
            let piece = PIECE.next_multiple_of(width);
            threads::for_each(out.chunks_mut(piece).zip(self.data().chunks(piece)), |(out, x)| {
                isa::vectorize_with(
                    #[inline(always)]
                    |compiled| {
                        // Some rows at a time: they stay in the cache from beginning to end.
                        let some = (BLOCK / width).clamp(1, ROWS) * width;
                        let mut powers = vec![T::ZERO; some.min(x.len())];
                        // A closure for `for_each` would be too large to be inlined.
                        for (out, x) in out.chunks_mut(some).zip(x.chunks(some)) {
                            rows(width, x, out, &mut powers, compiled);
                        }
                    },
                );
            });
        })
    }
}

/// How many rows are worked on at a time, at most.
const ROWS: usize = 64;

/// Up to so many rows. exp and ln run over all of them at once, since a row may be shorter than a
/// register. Each sum is in the definition's order.
#[inline(always)]
fn rows<T: Scalar>(width: usize, x: &[T], out: &mut [T], powers: &mut [T], compiled: Compiled) {
    let powers = &mut powers[..x.len()];
    for (x, out) in x.chunks_exact(width).zip(out.chunks_exact_mut(width)) {
        // Cheaper than `T::maximum`, which minds NaN and the sign of zero as well. A NaN shows in
        // the sum below, and where the largest is a zero it is looked for again.
        let mut most = fold_block(x, -T::INFINITY, |a, b| if b > a { b } else { a });
        if most == T::ZERO {
            most = fold_block(x, -T::INFINITY, T::maximum);
        }
        out.iter_mut().zip(x).for_each(|(out, &x)| *out = x - most);
    }
    T::exp_each(out, powers, compiled);
    let (mut sums, mut log_sums) = ([T::ONE; ROWS], [T::ZERO; ROWS]);
    for (row, sum) in powers.chunks_exact(width).zip(&mut sums) {
        *sum = sum_block(row);
    }
    let count = x.len() / width;
    T::ln_each(&sums[..count], &mut log_sums[..count], compiled);
    for (row, &log_sum) in out.chunks_exact_mut(width).zip(&log_sums) {
        row.iter_mut().for_each(|x| *x -= log_sum);
    }
}
