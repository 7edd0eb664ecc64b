//! Tempering, in front of any optimizer (chapter 8).

use super::GradientStats;
use crate::data::Archive;
use crate::optim::Optimizer;
use crate::param::PerParam;
use crate::tensor::Shape;
use crate::{Param, Scalar, Tensor};
use std::fmt;

/// An optimizer that is shown each gradient only after those parts that were mostly noise in the
/// last epoch have been made smaller.
///
/// Each step first adds the raw gradient to the epoch's statistics. Then, where the last epoch's
/// ratio s is below 1, the gradient becomes s·g, and the optimizer within takes over. Call
/// [`end_epoch`](Tempered::end_epoch) after each epoch: before the first call there are no ratios,
/// and training is plain.
///
/// ```
/// use longhand::optim::{Optimizer, Sgd};
/// use longhand::{Param, Tensor, wtb::Tempered};
/// let mut param = Param::new("weight", Tensor::vector(&[0.0_f64, 0.0]));
/// let mut wtb = Tempered::new(Sgd::new(1.0));
/// for noise in [1.0, -3.0] {
///     param.set_grad(Tensor::vector(&[4.0, noise]));
///     wtb.step_param(&mut param);
/// }
/// assert_eq!(param.value.data(), [-8.0, 2.0]); // an epoch of plain descent
///
/// let summary = wtb.end_epoch();
/// assert_eq!(summary.tempered, 1);
/// // The second element had the mean −1 and the standard error √2.
/// param.set_grad(Tensor::vector(&[4.0, 1.0]));
/// wtb.step_param(&mut param);
/// let s = 1.0 / 2.0_f64.sqrt();
/// assert_eq!(param.value[[0]], -12.0);
/// assert!((param.value[[1]] - (2.0 - s)).abs() < 1e-12);
/// ```
#[derive(Debug)]
pub struct Tempered<O, T: Scalar = f32> {
    /// The optimizer that makes the steps; its step size may be changed at any time.
    pub optimizer: O,
    tempers: bool,
    kept: PerParam<Kept<T>>,
}

/// What is kept of one parameter.
#[derive(Debug)]
struct Kept<T: Scalar> {
    /// Of this epoch's gradients.
    stats: GradientStats,
    /// The last epoch's ratios; `None` as long as there are none to go by.
    snr: Option<Tensor<T>>,
}

// ANCHOR: tempered
impl<O: Optimizer<T>, T: Scalar> Optimizer<T> for Tempered<O, T> {
    fn step_param(&mut self, param: &mut Param<T>) {
        if let Some(mut gradient) = param.take_grad() {
            let fresh = || Kept::fresh(gradient.shape());
            let kept = self.kept.get_or_insert_with(param.id(), fresh);
            kept.stats.add(&gradient);
            if let (true, Some(snr)) = (self.tempers, &kept.snr) {
                gradient.update(snr, |g, s| if s < T::ONE { s * g } else { g });
            }
            param.set_grad(gradient);
        }
        self.optimizer.step_param(param);
    }
    // ANCHOR_END: tempered

    #[track_caller]
    fn archive(&mut self, params: &[(String, &Param<T>)], archive: &mut Archive<T>) {
        archive.flag("tempers", &mut self.tempers);
        archive.within("within", |archive| self.optimizer.archive(params, archive));
        archive.kept(params, &mut self.kept, Kept::fresh, Kept::archive);
    }
}

impl<T: Scalar> Kept<T> {
    /// Before the first gradient.
    fn fresh(shape: Shape) -> Self {
        Self { stats: GradientStats::new(shape), snr: None }
    }

    fn archive(&mut self, archive: &mut Archive<T>) {
        self.stats.archive(archive);
        let mut measured = self.snr.is_some();
        archive.flag("measured", &mut measured);
        let zeros = || Tensor::zeros(self.stats.shape());
        self.snr = measured.then(|| self.snr.take().unwrap_or_else(zeros));
        if let Some(snr) = &mut self.snr {
            archive.tensor("snr", snr);
        }
    }
}

impl<O, T: Scalar> Tempered<O, T> {
    /// Tempers what this optimizer is shown.
    pub fn new(optimizer: O) -> Self {
        Self { optimizer, tempers: true, kept: PerParam::new() }
    }

    /// Measures in the same way but leaves every gradient as it is: plain training, with its
    /// ratios to look at.
    pub fn watching(optimizer: O) -> Self {
        Self { tempers: false, ..Self::new(optimizer) }
    }

    // ANCHOR: end_epoch
    /// Turns the statistics of the epoch into the ratios for the next, and begins new ones.
    ///
    /// A parameter that had fewer than two gradients in the epoch gets no ratios and is not
    /// tempered in the next: one number has no scatter.
    ///
    /// An element whose gradient was 0 throughout (a weight behind a rectifier that never opened)
    /// has the ratio 0, so that even if it comes to life it stays where it is for one epoch; then
    /// its new gradients count. An element that had a NaN or an infinite gradient has the ratio
    /// NaN, which is not below 1: the optimizer sees its gradients as they are. The summary counts
    /// both.
    #[must_use = "the summary says whether the ratios mean anything"]
    pub fn end_epoch(&mut self) -> Summary {
        let mut summary = Summary::default();
        for kept in self.kept.values_mut() {
            let next = GradientStats::new(kept.stats.shape());
            let stats = std::mem::replace(&mut kept.stats, next);
            kept.snr = (stats.batches() > 1).then(|| stats.snr().cast());
            summary.count(&stats, kept.snr.as_ref());
        }
        summary
    }
    // ANCHOR_END: end_epoch

    /// The ratios that are now in force for a parameter, in its shape; `None` before the first
    /// [`end_epoch`](Tempered::end_epoch), and where there were fewer than two gradients.
    pub fn snr(&self, param: &Param<T>) -> Option<&Tensor<T>> {
        self.kept.get(param.id())?.snr.as_ref()
    }

    /// The statistics of the current epoch's gradients of a parameter; `None` if it never had one.
    pub fn stats(&self, param: &Param<T>) -> Option<&GradientStats> {
        Some(&self.kept.get(param.id())?.stats)
    }
}

/// What the ratios of one epoch are like: how many of a net's numbers fall into each kind.
///
/// ```
/// use longhand::{Param, Tensor, optim::{Optimizer, Sgd}, wtb::Tempered};
/// let mut param = Param::new("weight", Tensor::vector(&[0.0_f32, 0.0]));
/// let mut wtb = Tempered::new(Sgd::new(0.1));
/// for g in [1.0, -1.0] {
///     param.set_grad(Tensor::vector(&[g, f32::NAN]));
///     wtb.step_param(&mut param);
/// }
/// let text = "1 of 2 tempered (0.500), 1 with no ratio because a gradient was not finite";
/// assert_eq!(wtb.end_epoch().to_string(), text);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// All numbers that have had a gradient.
    pub parameters: usize,
    /// Those with a ratio below 1, those that are always zero included: these are tempered.
    pub tempered: usize,
    /// Those whose gradient was 0 in every mini-batch.
    pub always_zero: usize,
    /// Those with a gradient that was NaN, infinite, or too large to square.
    pub undefined: usize,
    /// Those that had fewer than two gradients, and so no ratio.
    pub unmeasured: usize,
}

impl Summary {
    /// The part of all parameters that is tempered, 0 to 1; NaN if there are no parameters.
    pub fn fraction(&self) -> f64 {
        self.tempered as f64 / self.parameters as f64
    }

    fn count<T: Scalar>(&mut self, stats: &GradientStats, snr: Option<&Tensor<T>>) {
        let Some(snr) = snr else {
            let size = stats.shape().count();
            (self.parameters, self.unmeasured) = (self.parameters + size, self.unmeasured + size);
            return;
        };
        self.parameters += snr.len();
        self.tempered += snr.data().iter().filter(|&&s| s < T::ONE).count();
        self.always_zero += stats.always_zero();
        self.undefined += snr.data().iter().filter(|s| s.is_nan()).count();
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { parameters, tempered, always_zero, undefined, unmeasured } = *self;
        write!(f, "{tempered} of {parameters} tempered ({:.3})", self.fraction())?;
        if always_zero > 0 {
            write!(f, ", {always_zero} with no gradient all epoch")?;
        }
        if undefined > 0 {
            write!(f, ", {undefined} with no ratio because a gradient was not finite")?;
        }
        if unmeasured > 0 {
            write!(f, ", {unmeasured} with no ratio because there were fewer than two batches")?;
        }
        Ok(())
    }
}
