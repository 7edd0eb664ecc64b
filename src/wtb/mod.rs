//! Well-tempered backpropagation: step less where the gradient is noise (chapter 8).
//!
//! An epoch of B mini-batches gives each parameter B gradients. If they agree, their mean is a
//! signal; if they scatter about zero, it is noise. The *signal-to-noise ratio* says which:
//!
//! ```text
//! mean  = Σg / B
//! var   = Σg² / B − mean²      the population's variance: divided by B, not B − 1
//! err   = √(var / B)           the standard error of the mean; where it is 0, 1e-8 stands for it
//! snr   = |mean| / err
//! ```
//!
//! In the next epoch every gradient whose ratio s is below 1 becomes s·g before the optimizer sees
//! it. That is all of the method. In the first epoch all ratios are 1: plain training.
//!
//! - [`notebook`] is the ratio as the WTB notebook (A. Ansuini, WellTemperedSGD) computes it, with
//!   two running sums, and the file that it saves.
//! - [`GradientStats`] measures the same without losing a small variance to cancellation.
//! - [`Tempered`] puts the measuring and the tempering in front of any optimizer.
//! - [`TemperedMean`] is the older form: one step for every n mini-batches.
//! - [`Msvag`] is a rival with the same idea, on [`DecayingStats`], in which old gradients fade.
//!
//! Labels that are wrong on purpose come from
//! [`Digits::with_noise`](crate::data::Digits::with_noise).

mod decaying;
mod msvag;
pub mod notebook;
mod statistics;
mod tempered;
mod tempered_mean;

pub use decaying::DecayingStats;
pub use msvag::Msvag;
pub use statistics::GradientStats;
pub use tempered::{Summary, Tempered};
pub use tempered_mean::TemperedMean;

/// What stands in for a standard error of exactly 0, so that nothing is divided by it.
pub const EPSILON: f64 = 1e-8;
