//! The older form of tempering: one step for every n mini-batches (chapter 8).

use super::GradientStats;
use crate::data::Archive;
use crate::optim::Optimizer;
use crate::param::PerParam;
use crate::{Param, Scalar, Tensor};

/// An optimizer that steps once in n mini-batches, by their mean gradient × min(1, snr).
///
/// This is the form the method had in 2018: mean and ratio come from the *same* n gradients, where
/// [`Tempered`](super::Tempered) takes the ratio from the epoch before. The n are counted on from
/// one epoch to the next. In between a parameter and its gradient stay as they are.
///
/// ```
/// use longhand::optim::{Optimizer, Sgd};
/// use longhand::{Param, Tensor, wtb::TemperedMean};
/// let mut param = Param::new("weight", Tensor::vector(&[0.0_f64, 0.0]));
/// let mut sgd = TemperedMean::new(Sgd::new(1.0), 2);
/// for noise in [1.0, -3.0] {
///     param.set_grad(Tensor::vector(&[4.0, noise]));
///     sgd.step_param(&mut param);
/// }
/// // Means 4 and −1; the second has the standard error √2.
/// assert_eq!(param.value[[0]], -4.0);
/// assert!((param.value[[1]] - 1.0 / 2.0_f64.sqrt()).abs() < 1e-12);
/// ```
///
/// With n = 1 there is no scatter to measure and every gradient is used as it is. The mean of
/// gradients that are all 0 is 0, and of gradients that are not all finite it is not finite: the
/// optimizer within sees that, and the value shows it.
#[derive(Debug)]
pub struct TemperedMean<O> {
    /// The optimizer that makes the steps.
    pub optimizer: O,
    n: usize,
    stats: PerParam<GradientStats>,
}

impl<O> TemperedMean<O> {
    /// Lets this optimizer step once in `n` mini-batches.
    ///
    /// # Panics
    /// If `n` is 0.
    #[track_caller]
    pub fn new(optimizer: O, n: usize) -> Self {
        assert!(n > 0, "a step for every 0 mini-batches: give 1 or more");
        Self { optimizer, n, stats: PerParam::new() }
    }
}

// ANCHOR: tempered_mean
impl<O: Optimizer<T>, T: Scalar> Optimizer<T> for TemperedMean<O> {
    fn step_param(&mut self, param: &mut Param<T>) {
        let Some(gradient) = param.grad() else { return };
        let start = || GradientStats::new(gradient.shape());
        let stats = self.stats.get_or_insert_with(param.id(), start);
        stats.add(gradient);
        if stats.batches() == self.n {
            param.set_grad(tempered_mean(stats).cast());
            *stats = GradientStats::new(stats.shape());
            self.optimizer.step_param(param);
        }
    }

    #[track_caller]
    fn archive(&mut self, params: &[(String, &Param<T>)], archive: &mut Archive<T>) {
        archive.count("n", &mut self.n);
        archive.within("within", |archive| self.optimizer.archive(params, archive));
        archive.kept(params, &mut self.stats, GradientStats::new, GradientStats::archive);
    }
}

/// mean × min(1, snr), in the parameter's shape.
fn tempered_mean(stats: &GradientStats) -> Tensor<f64> {
    match stats.batches() {
        1 => stats.mean(),
        _ => stats.mean().zip(&stats.snr(), |g, s| if s < 1.0 { s * g } else { g }),
    }
}
// ANCHOR_END: tempered_mean
