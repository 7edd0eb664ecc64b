//! eˣ from additions, multiplications and a little work on bits (chapter 4).
//!
//! Every step is exact or rounds once in a stated way, and none is a branch: where the cases
//! differ, both sides are computed and one is selected. So a loop over a slice becomes vector
//! instructions, and each lane gives the bits that one call gives. A fused multiply-add is not used
//! for f64: a machine without one would be slow, or give other bits.
//!
//! # How
//!
//! **1. Make the argument small.** Take the whole number n nearest to x / ln 2. Then
//!
//! ```text
//! eˣ = 2ⁿ · eʳ    with   r = x − n·ln 2,   |r| ≤ ½·ln 2 ≈ 0.347
//! ```
//!
//! To round to a whole number, add 1.5·2⁵² and take it away again: at that size neighbouring f64
//! are 1 apart, so the addition itself rounds. As a bonus, the low bits of the sum *are* n.
//!
//! The subtraction would lose digits, since n·ln 2 nearly equals x. So ln 2 is split (Cody and
//! Waite): a head of so few bits that n·head is exact, and the rest. `x − n·head` is then exact
//! too, and r is kept as a pair, `head − tail`, that is not added up before the end.
//!
//! **2. A polynomial for the small part.** eʳ = 1 + r + r²·q(r). The coefficients of q are not the
//! ½, ⅙, … of Taylor's series, which is at its best at 0 and wastes it: they make the *largest*
//! error on the interval as small as it can be. `tests/golden/scalar/fit.py` finds them by Remez's
//! exchange. With ten of them the error is below 2⁻⁵⁵ of eʳ − 1.
//!
//! The largest rounding left is that of 1 + head, and what it misses is known exactly:
//! head − ((1 + head) − 1). It is added to the rest.
//!
//! **3. Put 2ⁿ back.** 2ⁿ is made by writing n into the exponent bits. But n runs from −1076 to
//! 1024, beyond what one f64 exponent holds, so 2ⁿ is applied as two halves, 2ᵏ·2ⁿ⁻ᵏ. The first
//! product is exact. The second rounds once: to infinity where the result is too large, or
//! gradually into the subnormal numbers where it is too small.
//!
//! # For f32: always the nearest
//!
//! An f32 has 24 digits, and an f64 carries 29 more. So the f32's function computes in f64, where
//! little care is needed, and rounds once at the end:
//!
//! ```text
//! eˣ = 2ⁿ · 2ᶠ    with   n + f = x·log₂e,   |f| ≤ ½,      2ᶠ = 1 + f·q(f)
//! ```
//!
//! Here it is log₂e that is split. Its head has 29 digits, so that the product with the 24 of x is
//! exact, and so is the product less n. All of 2ⁿ fits an f64's exponent: n is added to the bits of
//! 2ᶠ. The last conversion does the rest, to infinity and to the subnormal numbers too.
//!
//! In f64 the result is off by some 2⁻⁵⁰ of itself. The rounding to f32 turns that into a wrong
//! digit only where eˣ lies that close to a midpoint between two f32. No bound on the error can say
//! that it never does. But there are only 2³² arguments, and `.ci/rounding` has tried them all:
//! each result is the f32 nearest to eˣ.
//!
//! The nearest f32 is the same, however it is found. So here a machine that has a fused multiply-add
//! may use it (`fma`), which saves a third of the time. Its f64 differ in their last digits, its f32
//! in none: both ways have been through all arguments.
//!
//! For the same reason a whole slice may be computed in [another way](super::quick), which is quicker
//! for nearly all arguments and comes back to this one for the rest.

use super::polynomial::{multiply_add, polynomial};

/// 1.5·2⁵²: adding it rounds an f64 to a whole number.
const ROUND: f64 = 6_755_399_441_055_744.0;

/// The first 29 bits of log₂e, and the rest.
const LOG2_E_F32: [f64; 2] = [1.442695040255785, 6.331784189566044e-10];
/// (2ᶠ − 1) / f
const Q_F32: [f64; 10] = [
    0.6931471805599462,
    0.24022650695909856,
    0.055504108664653266,
    0.009618129107735974,
    0.0013333558200475883,
    0.00015403530255601517,
    1.5252673128614828e-05,
    1.321554195477281e-06,
    1.0205864711228243e-07,
    7.05490813923946e-09,
];

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

// ANCHOR: exp
/// n·2⁵², to be added to bits, and 2ᶠ − 1 of eˣ = 2ⁿ·2ᶠ. `x` has the 24 digits of an f32 and |x|
/// is below 700.
#[inline(always)]
pub(super) fn split_f32(x: f64, fma: bool) -> (u64, f64) {
    let rounded = multiply_add(fma, x, LOG2_E_F32[0], ROUND);
    let head = multiply_add(fma, x, LOG2_E_F32[0], -(rounded - ROUND));
    let f = multiply_add(fma, x, LOG2_E_F32[1], head);
    (rounded.to_bits() << 52, f * polynomial(fma, f, Q_F32))
}

/// eˣ in f64, off by some 2⁻⁵⁰ of itself, for the same `x`.
#[inline(always)]
pub(super) fn exp_wide(x: f64, fma: bool) -> f64 {
    let (n, growth) = split_f32(x, fma);
    f64::from_bits((1.0 + growth).to_bits().wrapping_add(n))
}

/// The f32 nearest to eˣ.
#[inline(always)]
pub(super) fn exp_f32(x: f32, fma: bool) -> f32 {
    // Beyond these ends the result is 0 or infinity anyway.
    let y = if x > 89.0 { 89.0 } else { x };
    let y = if y < -104.0 { -104.0 } else { y };
    let result = exp_wide(f64::from(y), fma) as f32;
    if x.is_nan() { f32::NAN } else { result }
}
// ANCHOR_END: exp

/// n, head and rest of eˣ = 2ⁿ·(1 + head + rest), for |x| below about 10¹⁵.
#[inline(always)]
pub(super) fn split_f64(x: f64) -> (u64, f64, f64) {
    let rounded = x * std::f64::consts::LOG2_E + ROUND;
    let n = rounded - ROUND;
    let head = x - n * LN_2_F64[0];
    let tail = n * LN_2_F64[1];
    let r = head - tail;
    let rest = r * r * polynomial(false, r, Q_F64) - tail;
    (rounded.to_bits().wrapping_sub(ROUND.to_bits()), head, rest)
}

/// eˣ
#[inline(always)]
pub(super) fn exp_f64(x: f64, _: bool) -> f64 {
    let y = if x > 710.0 { 710.0 } else { x };
    let y = if y < -746.0 { -746.0 } else { y };
    let (n, head, rest) = split_f64(y);
    // n + 2048 is positive, so a plain shift halves it. An exponent is stored with 1023 added:
    // n/2 is stored as (n + 2048)/2 − 1024 + 1023.
    let n = n.wrapping_add(2048);
    let half = n >> 1;
    let low = f64::from_bits(half.wrapping_sub(1) << 52);
    let high = f64::from_bits(n.wrapping_sub(half).wrapping_sub(1) << 52);
    let near = 1.0 + head;
    let missed = head - (near - 1.0);
    let result = (near + (missed + rest)) * low * high;
    if x.is_nan() { f64::NAN } else { result }
}
