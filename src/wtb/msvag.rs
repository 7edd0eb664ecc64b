//! M-SVAG: another answer to the same question, derived and not guessed (chapter 8).
//!
//! Balles and Hennig, "Dissecting Adam: The Sign, Magnitude and Variance of Stochastic Gradients"
//! (2018): the *momentum stochastic variance-adapted gradient*. Take a decaying mean m of the
//! gradients; its own mean is μ, the gradient that one would like to have, and its variance ρσ²
//! (see [`DecayingStats`]). How much of m should be used? Let the step be γm. On the average it
//! misses μ by
//!
//! ```text
//! E (γm − μ)² = γ²(μ² + ρσ²) − 2γμ² + μ²,
//! ```
//!
//! which is least where 2γ(μ² + ρσ²) = 2μ², that is, at
//!
//! ```text
//! γ = μ² / (μ² + ρσ²).
//! ```
//!
//! Nobody knows μ and σ². Their estimates m² and s are put in their place:
//!
//! ```text
//! w ← w − lr·γ·m,   γ = m² / (m² + ρs).
//! ```
//!
//! With r = |m|/√(ρs), the ratio of signal to noise, γ = r²/(1 + r²): ½ where signal and noise are
//! equal, and nearly r² far below. Where this chapter's tempering is min(1, r), from the epoch
//! before, this is a smooth curve, from a memory that fades and has seen the present gradient.

use super::DecayingStats;
use crate::data::Archive;
use crate::optim::Optimizer;
use crate::param::PerParam;
use crate::{Param, Scalar, Tensor};

/// w ← w − lr·γ·m: descent along a decaying mean of the gradients, each element made smaller by as
/// much as it is uncertain.
///
/// ```
/// use longhand::optim::Optimizer;
/// use longhand::{Param, Tensor, wtb::Msvag};
/// let mut weight = Param::new("weight", Tensor::vector(&[0.0_f64, 0.0]));
/// let mut msvag = Msvag::new(1.0, 0.5);
/// for noise in [1.0, -2.0] {
///     weight.set_grad(Tensor::vector(&[1.0, noise]));
///     msvag.step_param(&mut weight);
/// }
/// // Both begin with a step of −1. Then the first has m = 1 and no variance. The second has m = −1
/// // and v = 2; with ρ = ⁵⁄₉ the variance of m is 2·ρ/(1 − ρ) = 2.5, and γ = 1/3.5.
/// assert_eq!(weight.value[[0]], -2.0);
/// assert!((weight.value[[1]] - (-1.0 + 1.0 / 3.5)).abs() < 1e-15);
/// ```
///
/// The authors' own program takes v − m² as a difference; here the variance is kept as such, so that
/// rounding cannot make it negative. A gradient that is not a number shows in the value.
#[derive(Debug)]
pub struct Msvag {
    /// The step size.
    pub lr: f64,
    /// How much of the decaying averages stays at each step; the authors recommend 0.9.
    beta: f64,
    stats: PerParam<DecayingStats>,
}

impl Msvag {
    /// With this step size and decay.
    pub fn new(lr: f64, beta: f64) -> Self {
        Self { lr, beta, stats: PerParam::new() }
    }
}

// ANCHOR: msvag
impl<T: Scalar> Optimizer<T> for Msvag {
    #[track_caller]
    fn step_param(&mut self, param: &mut Param<T>) {
        let id = param.id();
        let Some((value, gradient)) = param.value_and_grad() else { return };
        let start = || DecayingStats::new(gradient.shape(), self.beta);
        let stats = self.stats.get_or_insert_with(id, start);
        stats.add(gradient);
        let lr = T::from_f64(self.lr);
        value.update(&adapted_mean(stats).cast(), |w, step| w - lr * step);
    }

    #[track_caller]
    fn archive(&mut self, params: &[(String, &Param<T>)], archive: &mut Archive<T>) {
        archive.number("lr", &mut self.lr);
        archive.number("beta", &mut self.beta);
        let fresh = |shape| DecayingStats::new(shape, self.beta);
        archive.kept(params, &mut self.stats, fresh, DecayingStats::archive);
    }
}

/// γ·m, in the parameter's shape. Where m is 0 so is the step.
fn adapted_mean(stats: &DecayingStats) -> Tensor<f64> {
    let share = stats.error_share();
    stats.mean().zip(stats.variance(), |mean, variance| {
        let signal = mean * mean;
        let noise = share * variance;
        if signal == 0.0 { 0.0 } else { mean * (signal / (signal + noise)) }
    })
}
// ANCHOR_END: msvag
