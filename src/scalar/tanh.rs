//! tanh x and the logistic sigmoid, both from the pieces of eˣ (chapter 4).
//!
//! # tanh
//!
//! The textbook form (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ) fails at both ends: for large x it is ∞/∞, for small
//! x the numerator cancels. Multiply above and below by eˣ and write t = e²ˣ − 1:
//!
//! ```text
//! tanh x = t / (t + 2)
//! ```
//!
//! Nothing cancels here if t is found without forming e²ˣ first. [The exponential](super::exp)
//! hands over the pieces of e²ˣ = 2ⁿ·(1 + head + rest), so
//!
//! ```text
//! t = (2ⁿ·head + (2ⁿ − 1)) + 2ⁿ·rest
//! ```
//!
//! where for small x, n is 0 and t is head + rest, with all its digits. Once e²ˣ is large, t and
//! t + 2 round to the same number and the quotient is 1, so 2x may stop growing there. tanh is odd:
//! it is computed for |x| and given the sign of x, which keeps −0 and makes tanh(−x) = −tanh x
//! exact.
//!
//! The quotient carries three roundings: of t, of t + 2, of the division. For small t two of them
//! can be made to matter little, since
//!
//! ```text
//! t / (t + 2) = ½·(t − t·q)    with   q = t / (t + 2)
//! ```
//!
//! and an error in q is multiplied by the small t. (For large t the difference cancels, and the
//! quotient itself is better.)
//!
//! For f32 all of this is done in f64 and rounded once, and then t / (t + 2) is good enough as it
//! is: for all 2³² arguments the result is the f32 nearest to tanh x (`.ci/rounding` tries them).
//!
//! # sigmoid
//!
//! σ(x) = 1 / (1 + e⁻ˣ) overflows inside for very negative x, long before σ(x) = eˣ itself is too
//! small. With z = e^(−|x|), which is never above 1,
//!
//! ```text
//! σ(x) = 1 / (1 + z)   for x ≥ 0
//! σ(x) = z / (1 + z)   for x < 0,   or z − z·q with q = z / (1 + z) while z is small
//! ```
//!
//! For f32 the quotients are good enough again, but for one place. Close to 0
//!
//! ```text
//! σ(x) = ½ + x/4 − x³/48 + …
//! ```
//!
//! and where ½ + x/4 is a midpoint between two f32, it is the third term alone that tells on which
//! side the truth lies: nearer to ½. Even an f64 does not see it when x is 2⁻²³. So for small x the
//! quarter is taken a little too small, by 2⁻²⁶ of itself. That decides the midpoints, and no other
//! sum comes across one: it has only the digits of x/4, and lies at least 2⁻²⁴·x/4 from each.

use super::exp::{exp_f64, exp_wide, split_f32, split_f64};
use super::polynomial::multiply_add;

/// The f32 nearest to tanh x.
#[inline(always)]
pub(super) fn tanh_f32(x: f32, fma: bool) -> f32 {
    // 1 − tanh 10 is below 10⁻⁸: already 1 in f32.
    let y = if x.abs() > 10.0 { 10.0 } else { x.abs() };
    let (n, growth) = split_f32(f64::from(2.0 * y), fma);
    let power = f64::from_bits(1.0_f64.to_bits().wrapping_add(n));
    let t = multiply_add(fma, power, growth, power - 1.0);
    let result = ((t / (t + 2.0)) as f32).copysign(x);
    if x.is_nan() { f32::NAN } else { result }
}

/// tanh x
#[inline(always)]
pub(super) fn tanh_f64(x: f64, _: bool) -> f64 {
    let twice = 2.0 * x.abs();
    // 1 − tanh 20 is below 10⁻¹⁷: already 1 in f64.
    let twice = if twice > 40.0 { 40.0 } else { twice };
    let (n, head, rest) = split_f64(twice);
    let power = f64::from_bits(n.wrapping_add(1023) << 52);
    let t = (power * head + (power - 1.0)) + power * rest;
    let quotient = t / (t + 2.0);
    let small = 0.5 * (t - t * quotient);
    let result = if n <= 1 { small } else { quotient }.copysign(x);
    if x.is_nan() { f64::NAN } else { result }
}

/// The f32 nearest to 1 / (1 + e⁻ˣ).
#[inline(always)]
pub(super) fn sigmoid_f32(x: f32, fma: bool) -> f32 {
    /// ¼·(1 − 2⁻²⁶)
    const QUARTER: f64 = 0.25 - 1.0 / (1_u64 << 28) as f64;
    let y = -x.abs();
    let y = if y < -104.0 { -104.0 } else { y };
    let z = exp_wide(f64::from(y), fma);
    let quotient = if x < 0.0 { z } else { 1.0 } / (1.0 + z);
    // 2⁻¹²: there x³/48 is still less than what the quarter is short of.
    let near = x.abs() < 1.0 / 4096.0;
    let result = if near { 0.5 + f64::from(x) * QUARTER } else { quotient } as f32;
    if x.is_nan() { f32::NAN } else { result }
}

/// 1 / (1 + e⁻ˣ)
#[inline(always)]
pub(super) fn sigmoid_f64(x: f64, _: bool) -> f64 {
    let z = exp_f64(-x.abs(), false);
    let quotient = if x < 0.0 { z } else { 1.0 } / (1.0 + z);
    if x < 0.0 && z < 0.5 { z - z * quotient } else { quotient }
}
