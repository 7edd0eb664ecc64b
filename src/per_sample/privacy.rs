// ANCHOR: derivation
//! How much a training that clips each sample and adds noise can tell about one of them (chapter
//! 10).
//!
//! A training is (ε, δ)-*differentially private* if adding or leaving out one sample multiplies the
//! probability of any outcome by at most e^ε, but for outcomes of probability δ. A step of DP-SGD
//! chooses each sample with probability q, cuts its gradient down to C, and adds normal noise of
//! standard deviation σ·C to the sum. What that gives is counted in *Rényi divergences*, because
//! they add up from step to step: for every order α > 1 the divergence of the outcomes with the
//! sample from those without it. (Without and with come out smaller; Mironov, Talwar and Zhang
//! prove it.)
//!
//! In units of C, the sum along the sample's gradient is N(0, σ²) without it, and with it the
//! mixture (1 − q)·N(0, σ²) + q·N(1, σ²). For a whole α the divergence can be multiplied out:
//!
//! ```text
//! R(α) = 1/(α−1) · ln E_{z∼N(0,σ²)} ((1 − q) + q·r(z))^α       r(z) = N(1, σ²)(z)/N(0, σ²)(z)
//!      = 1/(α−1) · ln Σₖ (α over k)·(1−q)^(α−k)·q^k·e^((k²−k)/2σ²)
//! ```
//!
//! since E r^k = e^((k²−k)/2σ²). After all steps, with R the sum, the training is (ε, δ)-private
//! with
//!
//! ```text
//! ε = R(α) + ln((α − 1)/α) − (ln δ + ln α)/(α − 1)
//! ```
//!
//! for every α, so for the best of them. I. Mironov, "Rényi Differential Privacy" (2017); I.
//! Mironov, K. Talwar and L. Zhang, "Rényi Differential Privacy of the Sampled Gaussian Mechanism"
//! (2019); the last line is theorem 21 of B. Balle and others, "Hypothesis Testing Interpretations
//! and Rényi Differential Privacy" (2020).
// ANCHOR_END: derivation

use crate::{Rng, Scalar};

/// The orders α that are kept account of. Where the best one is small, as for an ε of 10 or more,
/// the orders between them would give a smaller ε.
const ORDERS: std::ops::RangeInclusive<usize> = 2..=512;

// ANCHOR: accountant
/// What a training has given away so far.
///
/// ```
/// use longhand::per_sample::Accountant;
/// let mut accountant = Accountant::new();
/// accountant.steps(1.0 / 30.0, 1.0, 90);
/// let after = accountant.epsilon(1e-5);
/// assert!((after - 2.72).abs() < 0.01);
/// accountant.steps(1.0 / 30.0, 1.0, 90);
/// assert!(accountant.epsilon(1e-5) < 2.0 * after); // not twice as much after twice the steps
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Accountant {
    /// R(α) for each order.
    spent: Vec<f64>,
}

impl Accountant {
    /// One that has seen no step.
    pub fn new() -> Self {
        Self { spent: vec![0.0; ORDERS.count()] }
    }

    /// Enters `steps` steps in which each sample takes part with probability `rate`, and the noise
    /// has `noise` times the bound as its standard deviation.
    ///
    /// # Panics
    /// If the rate is not from 0 to 1, or the noise negative.
    #[track_caller]
    pub fn steps(&mut self, rate: f64, noise: f64, steps: usize) {
        assert!((0.0..=1.0).contains(&rate), "a sample takes part with probability {rate}");
        assert!(noise >= 0.0, "noise of {noise}");
        for (order, spent) in ORDERS.zip(&mut self.spent) {
            *spent += steps as f64 * divergence(order, rate, noise);
        }
    }

    /// ε for this δ; infinite if there was a step without noise.
    ///
    /// # Panics
    /// If δ is not between 0 and 1.
    #[track_caller]
    #[must_use]
    pub fn epsilon(&self, delta: f64) -> f64 {
        assert!(delta > 0.0 && delta < 1.0, "δ = {delta} is no probability to neglect");
        if self.spent.iter().all(|&spent| spent == 0.0) {
            return 0.0; // nothing was looked at
        }
        let of = |(order, &spent): (usize, &f64)| {
            let order = order as f64;
            let kept = Scalar::ln((order - 1.0) / order);
            spent + kept - (Scalar::ln(delta) + Scalar::ln(order)) / (order - 1.0)
        };
        ORDERS.zip(&self.spent).map(of).fold(f64::INFINITY, Scalar::minimum).max(0.0)
    }
}

/// R(α) of one step.
fn divergence(order: usize, rate: f64, noise: f64) -> f64 {
    let alpha = order as f64;
    if rate == 0.0 {
        return 0.0;
    }
    if noise == 0.0 {
        return f64::INFINITY;
    }
    if rate == 1.0 {
        return alpha / (2.0 * noise * noise);
    }
    // The logarithms of the terms; the sum of their exponentials, the largest of which is e⁰.
    let (present, absent) = (Scalar::ln(rate), Scalar::ln(1.0 - rate));
    let mut binomial = 0.0;
    let mut terms = Vec::with_capacity(order + 1);
    for k in 0..=order {
        let times = k as f64;
        if k > 0 {
            binomial += Scalar::ln((alpha - times + 1.0) / times);
        }
        let moment = (times * times - times) / (2.0 * noise * noise);
        terms.push(binomial + times * present + (alpha - times) * absent + moment);
    }
    let largest = terms.iter().copied().fold(f64::NEG_INFINITY, Scalar::maximum);
    let sum: f64 = terms.iter().map(|&term| Scalar::exp(term - largest)).sum();
    (largest + Scalar::ln(sum)) / (alpha - 1.0)
}

/// A Poisson batch: the numbers below `n`, in order, each chosen with probability `rate` whatever
/// the others do. Its size is not fixed; it may be empty.
///
/// # Panics
/// If the rate is not from 0 to 1.
#[track_caller]
#[must_use]
pub fn poisson_batch(n: usize, rate: f64, rng: &mut Rng) -> Vec<usize> {
    assert!((0.0..=1.0).contains(&rate), "a sample takes part with probability {rate}");
    (0..n).filter(|_| rng.uniform::<f64>() < rate).collect()
}
// ANCHOR_END: accountant

impl Default for Accountant {
    fn default() -> Self {
        Self::new()
    }
}
