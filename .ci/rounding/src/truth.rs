//! The f32 nearest to the true value, by others.
//!
//! `exp`, `ln` and `tanh` are CORE-MATH's, whose authors prove them correctly rounded. It has no
//! sigmoid. That is made here from its `exp` for f64, which is correctly rounded too: the quotient
//! is off by less than 2⁻⁵⁰ of itself, which nearly always leaves one f32 that can be the nearest
//! (Ziv's test). The few thousand others are decided with 256 digits.

use astro_float::{BigFloat, Consts, RoundingMode};
use std::cell::RefCell;

/// Each function's name, and the function.
pub(crate) const FUNCTIONS: [(&str, fn(f32) -> f32); 4] = [
    ("exp", core_math::expf),
    ("ln", core_math::logf),
    ("tanh", core_math::tanhf),
    ("sigmoid", sigmoid),
];

/// Digits of the slow way.
const DIGITS: usize = 256;
const ROUND: RoundingMode = RoundingMode::ToEven;

thread_local! {
    static CONSTANTS: RefCell<Consts> = RefCell::new(Consts::new().expect("memory"));
}

fn sigmoid(x: f32) -> f32 {
    /// Three roundings, each of at most 2⁻⁵³, and room to spare.
    const ERROR: f64 = 1.0 / (1_u64 << 50) as f64;
    if x.is_nan() {
        return x;
    }
    let z = core_math::exp(-f64::from(x.abs()));
    let quotient = if x < 0.0 { z } else { 1.0 } / (1.0 + z);
    let least = (quotient * (1.0 - ERROR)) as f32;
    let most = (quotient * (1.0 + ERROR)) as f32;
    if least == most { least } else { nearer(x, least, most) }
}

/// Which of two neighbours is nearer to σ(x).
fn nearer(x: f32, below: f32, above: f32) -> f32 {
    let one = BigFloat::from_f64(1.0, DIGITS);
    // Exact: two neighbouring f32 and their sum have at most 25 digits.
    let midpoint = (f64::from(below) + f64::from(above)) / 2.0;
    let power = CONSTANTS.with_borrow_mut(|constants| {
        BigFloat::from_f64(-f64::from(x), DIGITS).exp(DIGITS, ROUND, constants)
    });
    let value = one.div(&one.add(&power, DIGITS, ROUND), DIGITS, ROUND);
    match value.cmp(&BigFloat::from_f64(midpoint, DIGITS)) {
        Some(order) if order < 0 => below,
        Some(order) if order > 0 => above,
        order => panic!("σ({x:e}) against {midpoint:e}: {order:?}"),
    }
}
