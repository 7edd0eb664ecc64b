//! Mean and variance of a stream of gradients, one pair for each parameter (chapter 8).

use super::EPSILON;
use crate::data::Archive;
use crate::tensor::threads::{self, PIECE};
use crate::tensor::{Shape, isa};
use crate::{Scalar, Tensor};

/// Statistics of the gradients that one parameter tensor has had: for each of its elements.
///
/// Kept in `f64`, whatever the gradients are, by Welford's rule. An element that always had the
/// same gradient has a variance of exactly 0, and none is ever negative.
///
/// ```
/// use longhand::{Tensor, wtb::GradientStats};
/// let mut stats = GradientStats::new([2]);
/// for gradient in [[1.0_f32, 0.5], [3.0, 0.5]] {
///     stats.add(&Tensor::vector(&gradient));
/// }
/// assert_eq!(stats.mean().data(), [2.0, 0.5]);
/// assert_eq!(stats.variance().data(), [1.0, 0.0]);
/// assert_eq!(stats.standard_error().data(), [0.5_f64.sqrt(), 0.0]);
/// assert_eq!(stats.snr().data(), [2.0 / 0.5_f64.sqrt(), 0.5 / 1e-8]);
/// ```
///
/// A gradient that is infinite or NaN makes the statistics of its element NaN from then on, the
/// ratio too; so does one so large (above 1e150) that the square of it overflows.
#[derive(Clone, Debug)]
pub struct GradientStats {
    /// B, how many gradients were added.
    batches: usize,
    /// Their mean so far.
    mean: Tensor<f64>,
    /// Σ(g − mean)².
    squares: Tensor<f64>,
}

impl GradientStats {
    /// Names all that there is, so as to go on later.
    #[track_caller]
    pub(super) fn archive<T: Scalar>(&mut self, archive: &mut Archive<T>) {
        archive.count("batches", &mut self.batches);
        archive.numbers("mean", self.mean.data_mut());
        archive.numbers("squares", self.squares.data_mut());
    }
}

// ANCHOR: welford
// With one more gradient g, the mean of n moves by (g − mean)/n. The sum of squared distances
// from the mean grows by (g − old mean)·(g − new mean): Welford (1962). Both factors are the
// distance itself, small where the gradients agree, so there is nothing to cancel; and they have
// one sign, for the new mean lies between the old one and g.
impl GradientStats {
    /// Adds the gradient of one mini-batch.
    ///
    /// # Panics
    /// If it does not have the parameter's shape.
    #[track_caller]
    pub fn add<T: Scalar>(&mut self, gradient: &Tensor<T>) {
        // of the parameter's shape
        let (wanted, given) = (self.mean.shape(), gradient.shape());
        if wanted != given {
            panic!("a gradient of shape {given} for statistics of shape {wanted}");
        }
        self.batches += 1;
        let share = 1.0 / self.batches as f64;
        let means = self.mean.data_mut().chunks_mut(PIECE);
        let squares = self.squares.data_mut().chunks_mut(PIECE);
        let pieces = means.zip(squares).zip(gradient.data().chunks(PIECE));
        threads::for_each(pieces, |((means, squares), gradient)| {
            isa::vectorize(
                #[inline(always)]
                || {
                    for ((mean, squares), g) in means.iter_mut().zip(squares).zip(gradient) {
                        let g = g.to_f64();
                        let before = g - *mean;
                        *mean += before * share;
                        *squares += before * (g - *mean);
                    }
                },
            );
        });
    }
    // ANCHOR_END: welford

    /// No gradients yet, for a parameter of this shape.
    pub fn new(shape: impl Into<Shape>) -> Self {
        let zeros = Tensor::zeros(shape);
        Self { batches: 0, mean: zeros.clone(), squares: zeros }
    }

    /// B, how many gradients were added.
    pub fn batches(&self) -> usize {
        self.batches
    }

    /// Σg / B, in the parameter's shape.
    ///
    /// # Panics
    /// If no gradient was added. So do the methods below.
    #[track_caller]
    pub fn mean(&self) -> Tensor<f64> {
        self.count();
        self.mean.clone()
    }

    // ANCHOR: snr
    /// Σ(g − mean)² / B, which is Σg²/B − mean²: the variance of the B gradients themselves. (An
    /// estimate for all possible mini-batches would divide by B − 1; the WTB notebook does not.)
    #[track_caller]
    pub fn variance(&self) -> Tensor<f64> {
        let b = self.count();
        self.squares.map(|squares| squares / b)
    }

    /// √(variance / B): how far the mean is, typically, from what infinitely many mini-batches
    /// would give.
    #[track_caller]
    pub fn standard_error(&self) -> Tensor<f64> {
        let b = self.count();
        self.squares.map(|squares| (squares / b / b).sqrt())
    }

    /// The signal-to-noise ratio: |mean| / standard error, where [`EPSILON`] replaces an error of
    /// exactly 0.
    ///
    /// So an element whose gradients were all equal gets a huge ratio, or a small one if they
    /// were below 1e-8; one whose gradients were all 0 gets 0; and after a *single* mini-batch
    /// the ratio is |g|·10⁸, which says nothing about noise: [`Tempered`](super::Tempered) does
    /// not use it. NaN where the statistics are, or where the error is infinite.
    #[track_caller]
    pub fn snr(&self) -> Tensor<f64> {
        let b = self.count();
        self.mean.zip(&self.squares, |mean, squares| {
            let err = (squares / b / b).sqrt();
            let err = if err == 0.0 { EPSILON } else { err };
            if err == f64::INFINITY { f64::NAN } else { mean.abs() / err }
        })
    }
    // ANCHOR_END: snr

    /// The parameter's shape.
    pub fn shape(&self) -> Shape {
        self.mean.shape()
    }

    /// How many elements had the gradient 0 each time.
    pub fn always_zero(&self) -> usize {
        let pairs = self.mean.data().iter().zip(self.squares.data());
        pairs.filter(|&(&mean, &squares)| mean == 0.0 && squares == 0.0).count()
    }

    #[track_caller]
    fn count(&self) -> f64 {
        assert!(self.batches > 0, "statistics of no gradients: add one first");
        self.batches as f64
    }
}
