// ANCHOR: statement
//! ### Exercise 10.5 · A privacy accountant · 30 minutes
//!
//! A training makes a step for each number σ in `noises`, with noise of σ times the bound, and all
//! images are in every batch. One such step has the Rényi divergence R(α) = α/(2σ²), and the
//! divergences of the steps add up. After all steps, and for every order α,
//!
//! ```text
//! ε(α) = R(α) + ln((α − 1)/α) − (ln δ + ln α)/(α − 1)
//! ```
//!
//! is true. Find the best that can be said with the given orders.
//!
//! ```text
//! noises = [1, 1], δ = e⁻³/4, orders = [2]  →  ε = 5    (R is 2, and ln ½ and ln 2 cancel ln 4)
//! ```
// ANCHOR_END: statement

use exercises::chapter10;
use std::process::ExitCode;

// ANCHOR: stub
/// ε for this δ.
fn epsilon(noises: &[f64], delta: f64, orders: &[f64]) -> f64 {
    todo!()
}
// ANCHOR_END: stub

fn main() -> ExitCode {
    chapter10::ACCOUNTANT.run(epsilon)
}
