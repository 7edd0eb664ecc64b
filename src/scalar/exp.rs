//! eˣ from additions, multiplications and a little work on bits. Chapter 2 uses it.
//!
//! Every step is exact or rounds once in a stated way, and none is a branch: where the cases
//! differ, both sides are computed and one is selected. So a loop over a slice becomes vector
//! instructions, and each lane gives the bits that one call gives. A fused multiply-add is never
//! used, since it would give other bits than a machine without one.
//!
//! # How
//!
//! **1. Make the argument small.** Take the whole number n nearest to x / ln 2. Then
//!
//! ```text
//! eˣ = 2ⁿ · eʳ    with   r = x − n·ln 2,   |r| ≤ ½·ln 2 ≈ 0.347
//! ```
//!
//! To round to a whole number, add 1.5·2²³ (for f64, 1.5·2⁵²) and take it away again: at that
//! size neighbouring floats are 1 apart, so the addition itself rounds. As a bonus, the low bits of
//! the sum *are* n.
//!
//! The subtraction would lose digits, since n·ln 2 nearly equals x. So ln 2 is split (Cody and
//! Waite): a head of so few bits that n·head is exact, and the rest. `x − n·head` is then exact
//! too, and r is kept as a pair, `head − tail`, that is not added up before the end.
//!
//! **2. A polynomial for the small part.** eʳ = 1 + r + r²·q(r). The coefficients of q are not the
//! ½, ⅙, … of Taylor's series, which is at its best at 0 and wastes it: they make the *largest*
//! error on the interval as small as it can be. `tests/golden/scalar/fit.py` finds them by Remez's
//! exchange. The error is below 2⁻²⁶ of eʳ − 1 with five coefficients for f32, 2⁻⁵⁵ with ten for
//! f64.
//!
//! The largest rounding left is that of 1 + head, and what it misses is known exactly:
//! head − ((1 + head) − 1). It is added to the rest.
//!
//! **3. Put 2ⁿ back.** 2ⁿ is made by writing n into the exponent bits. But n runs from −150 to
//! 128, beyond what one f32 exponent holds, so 2ⁿ is applied as two halves, 2ᵏ·2ⁿ⁻ᵏ. The first
//! product is exact. The second rounds once: to infinity where the result is too large, or
//! gradually into the subnormal numbers where it is too small.

use super::polynomial;

/// 1.5·2²³: adding it rounds an f32 to a whole number.
const ROUND_F32: f32 = 12_582_912.0;
/// The first 14 bits of ln 2, and the rest.
pub(super) const LN_2_F32: [f32; 2] = [0.69311523, 3.1946183e-05];
/// (eʳ − 1 − r) / r²
const Q_F32: [f32; 5] = [0.49999997, 0.16666543, 0.0416672, 0.0083665205, 0.0013882521];

/// 1.5·2⁵²: adding it rounds an f64 to a whole number.
const ROUND_F64: f64 = 6_755_399_441_055_744.0;
/// The first 36 bits of ln 2, and the rest.
pub(super) const LN_2_F64: [f64; 2] = [0.6931471805582987, 1.6465949582897082e-12];
/// (eʳ − 1 − r) / r²
const Q_F64: [f64; 10] = [
    0.5000000000000006,
    0.16666666666666588,
    0.04166666666657676,
    0.008333333333389552,
    0.0013888888931564943,
    0.00019841269719007168,
    2.4801505273711033e-05,
    2.755740754289165e-06,
    2.7626037921646357e-07,
    2.5053774795886065e-08,
];

/// n, head and rest of eˣ = 2ⁿ·(1 + head + rest), for |x| below about 10⁶.
#[inline(always)]
pub(super) fn split_f32(x: f32) -> (u32, f32, f32) {
    let rounded = x * std::f32::consts::LOG2_E + ROUND_F32;
    let n = rounded - ROUND_F32;
    let head = x - n * LN_2_F32[0];
    let tail = n * LN_2_F32[1];
    let r = head - tail;
    let rest = r * r * polynomial(r, Q_F32) - tail;
    (rounded.to_bits().wrapping_sub(ROUND_F32.to_bits()), head, rest)
}

/// n, head and rest of eˣ = 2ⁿ·(1 + head + rest), for |x| below about 10¹⁵.
#[inline(always)]
pub(super) fn split_f64(x: f64) -> (u64, f64, f64) {
    let rounded = x * std::f64::consts::LOG2_E + ROUND_F64;
    let n = rounded - ROUND_F64;
    let head = x - n * LN_2_F64[0];
    let tail = n * LN_2_F64[1];
    let r = head - tail;
    let rest = r * r * polynomial(r, Q_F64) - tail;
    (rounded.to_bits().wrapping_sub(ROUND_F64.to_bits()), head, rest)
}

/// eˣ
#[inline(always)]
pub(super) fn exp_f32(x: f32) -> f32 {
    // Beyond these ends the result is 0 or infinity anyway, and n would outgrow the two halves.
    let y = if x > 89.0 { 89.0 } else { x };
    let y = if y < -104.0 { -104.0 } else { y };
    let (n, head, rest) = split_f32(y);
    // n + 256 is positive, so a plain shift halves it. An exponent is stored with 127 added:
    // n/2 is stored as (n + 256)/2 − 128 + 127.
    let n = n.wrapping_add(256);
    let half = n >> 1;
    let low = f32::from_bits(half.wrapping_sub(1) << 23);
    let high = f32::from_bits(n.wrapping_sub(half).wrapping_sub(1) << 23);
    let near = 1.0 + head;
    let missed = head - (near - 1.0);
    let result = (near + (missed + rest)) * low * high;
    if x.is_nan() { f32::NAN } else { result }
}

/// eˣ
#[inline(always)]
pub(super) fn exp_f64(x: f64) -> f64 {
    let y = if x > 710.0 { 710.0 } else { x };
    let y = if y < -746.0 { -746.0 } else { y };
    let (n, head, rest) = split_f64(y);
    let n = n.wrapping_add(2048);
    let half = n >> 1;
    let low = f64::from_bits(half.wrapping_sub(1) << 52);
    let high = f64::from_bits(n.wrapping_sub(half).wrapping_sub(1) << 52);
    let near = 1.0 + head;
    let missed = head - (near - 1.0);
    let result = (near + (missed + rest)) * low * high;
    if x.is_nan() { f64::NAN } else { result }
}
