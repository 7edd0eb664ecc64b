//! Mean, variance and ratio of a stream of gradients in which old ones fade (chapter 8).
//!
//! [`GradientStats`](super::GradientStats) weighs the B gradients of an epoch alike and then begins
//! anew. Here the weights are those of a momentum: after t gradients the i-th counts
//!
//! ```text
//! cᵢ = (1 − β)·βᵗ⁻ⁱ / (1 − βᵗ),   so that Σ cᵢ = 1.
//! ```
//!
//! Let the gradients be independent, with mean μ and variance σ². Then the decaying mean m = Σ cᵢgᵢ
//! has the mean μ and the variance ρσ², where
//!
//! ```text
//! ρ = Σ cᵢ² = (1 − β)(1 + βᵗ) / ((1 + β)(1 − βᵗ)),
//! ```
//!
//! and 1/ρ is how many gradients it is worth: 1 at first, (1 + β)/(1 − β) in the end. With equal
//! weights ρ would be 1/B. The decaying variance v = Σ cᵢ(gᵢ − m)² = Σ cᵢgᵢ² − m² is too small,
//! as it is measured from m and not from μ:
//!
//! ```text
//! E v = (μ² + σ²) − (μ² + ρσ²) = (1 − ρ)σ²,   so s = v/(1 − ρ) estimates σ² without bias,
//! ```
//!
//! and ρs is the variance of m. With equal weights s is the variance with B − 1 in place of B.
//!
//! One more gradient takes the share α = (1 − β)/(1 − βᵗ), and leaves 1 − α to all the others:
//!
//! ```text
//! m ← m + α(g − m)
//! v ← (1 − α)(v + α(g − m)²)      with the old m
//! ρ ← (1 − α)²ρ + α²
//! ```
//!
//! With α = 1/t this is Welford's rule. As there, nothing cancels and v is never negative.

use super::EPSILON;
use crate::data::Archive;
use crate::optim::{flush_to_zero, next_power};
use crate::tensor::meter::Kind;
use crate::tensor::{Shape, isa};
use crate::{Scalar, Tensor};

/// Decaying statistics of the gradients that one parameter tensor has had, kept in `f64`.
///
/// ```
/// use longhand::{Tensor, wtb::DecayingStats};
/// let mut stats = DecayingStats::new([1], 0.5);
/// for gradient in [1.0, -2.0] {
///     stats.add(&Tensor::vector(&[gradient]));
/// }
/// // The weights ⅓ and ⅔: mean −1, variance ⅓·4 + ⅔·1, ρ = ⅑ + ⁴⁄₉.
/// assert!((stats.mean().item() + 1.0).abs() < 1e-15);
/// assert!((stats.variance().item() - 2.0).abs() < 1e-15);
/// assert!((stats.rho() - 5.0 / 9.0).abs() < 1e-15);
/// ```
///
/// A gradient that is infinite or NaN makes the statistics of its element NaN from then on.
#[derive(Clone, Debug)]
pub struct DecayingStats {
    /// How much of the weights stays at each gradient.
    beta: f64,
    /// βᵗ after t gradients.
    power: f64,
    rho: f64,
    mean: Tensor<f64>,
    variance: Tensor<f64>,
}

impl DecayingStats {
    /// No gradients yet, for a parameter of this shape; 0 ≤ `beta` < 1 is how much of the old
    /// weights stays when one comes.
    ///
    /// # Panics
    /// If `beta` is not in that range.
    #[track_caller]
    pub fn new(shape: impl Into<Shape>, beta: f64) -> Self {
        assert!((0.0..1.0).contains(&beta), "a decay of {beta}: give 0 up to but not including 1");
        let _scope = Kind::State.scope();
        let shape = shape.into();
        let [mean, variance] = [(); 2].map(|()| Tensor::zeros(shape));
        Self { beta, power: 1.0, rho: 1.0, mean, variance }
    }

    /// Names all that there is, so as to go on later.
    #[track_caller]
    pub(super) fn archive<T: Scalar>(&mut self, archive: &mut Archive<T>) {
        archive.number("beta", &mut self.beta);
        archive.number("power", &mut self.power);
        archive.number("rho", &mut self.rho);
        archive.numbers("mean", self.mean.data_mut());
        archive.numbers("variance", self.variance.data_mut());
    }

    // ANCHOR: decaying
    /// Adds a gradient, and lets those before it fade.
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
        self.power = next_power(self.power, self.beta);
        let share = (1.0 - self.beta) / (1.0 - self.power); // 1 for the first
        let stays = 1.0 - share;
        self.rho = stays * stays * self.rho + share * share;
        let moments = self.mean.data_mut().iter_mut().zip(self.variance.data_mut());
        isa::vectorize(
            #[inline(always)]
            || {
                for ((mean, variance), g) in moments.zip(gradient.data()) {
                    let distance = g.to_f64() - *mean;
                    *mean = flush_to_zero(*mean + share * distance);
                    *variance += share * distance * distance;
                    *variance = flush_to_zero(stays * *variance);
                }
            },
        );
    }
    // ANCHOR_END: decaying

    /// m, in the parameter's shape; zeros before the first gradient.
    pub fn mean(&self) -> &Tensor<f64> {
        &self.mean
    }

    /// v = Σ cᵢgᵢ² − m², in the parameter's shape.
    pub fn variance(&self) -> &Tensor<f64> {
        &self.variance
    }

    /// ρ = Σ cᵢ²: the variance of m is ρ times that of a gradient. 1 after a single gradient.
    pub fn rho(&self) -> f64 {
        self.rho
    }

    /// What v is multiplied by to give the variance of m, ρ/(1 − ρ); 0 as long as nothing scatters.
    pub(super) fn error_share(&self) -> f64 {
        if self.rho < 1.0 { self.rho / (1.0 - self.rho) } else { 0.0 }
    }

    /// The ratio of signal to noise, |m|/√(ρs), where [`EPSILON`] replaces an error of exactly 0,
    /// as after a single gradient.
    pub fn snr(&self) -> Tensor<f64> {
        let share = self.error_share();
        self.mean.zip(&self.variance, |mean, variance| {
            let error = (share * variance).sqrt();
            mean.abs() / if error == 0.0 { EPSILON } else { error }
        })
    }
}
