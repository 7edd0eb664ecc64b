//! ln x, the natural logarithm, from bits, one division and a polynomial (chapter 4).
//!
//! # How
//!
//! **1. Read the exponent.** A positive float *is* m·2ᵏ. Its bits, seen as a whole number, grow
//! with it, so subtracting the bits of √½ before the exponent is cut off moves the seam: the m
//! that is left lies between √½ and √2, on both sides of 1, rather than between 1 and 2. Then
//!
//! ```text
//! ln x = k·ln 2 + ln m,    m = 1 + f,    f = m − 1 exactly
//! ```
//!
//! and where x is close to 1, k is 0 and nothing cancels. (Subnormal numbers have their exponent in
//! the wrong place: they are first multiplied by a power of two.)
//!
//! **2. Make it odd.** With s = f / (2 + f), 1 + f = (1 + s) / (1 − s), and
//!
//! ```text
//! ln(1 + f) = ln(1 + s) − ln(1 − s) = 2s + ⅔s³ + ⅖s⁵ + … = 2s + s·z·p(z),   z = s² < 0.03
//! ```
//!
//! The even powers are gone and s is less than half of f, so a short p will do: seven coefficients
//! from Remez's exchange in `tests/golden/scalar/fit.py`.
//!
//! **3. Spend the rounding errors where they are small.** 2s carries the error of a quotient. But
//! 2s = f − s·f and s·f = f²/2 − s·f²/2, so with R = z·p(z)
//!
//! ```text
//! ln(1 + f) = f − (f²/2 − s·(f²/2 + R))
//! ```
//!
//! where f is exact and the bracket is small beside it (this arrangement is K. C. Ng's). k·ln 2 is
//! added as head and rest, the small part first; [the exponential](super::exp) says why.
//!
//! # For f32: always the nearest
//!
//! The f32's function computes in f64, where 2s + s·z·p(z) is good enough as it stands, with six
//! coefficients, and rounds to f32 at the end. The whole range of f32 is inside f64's, so there
//! are no subnormal numbers to mind.
//!
//! The last addition needs care, for of all 2³¹ positive x a few have a logarithm so close to a
//! midpoint between two f32 that the f64 nearest to it *is* the midpoint, which has forgotten on
//! which side the truth lay. The cure is *rounding to odd*: from the rounded sum t = big + small,
//! what it lost is small − (t − big), exactly. If that points towards zero, t steps back by one in
//! its last place; then its last bit is set. An odd last bit, far below those of an f32, is never a
//! midpoint, and it leans to the side of the truth. With that every result is the f32 nearest to
//! ln x: `.ci/rounding` has tried all arguments.

use super::exp::LN_2_F64;
use super::polynomial::{multiply_add, polynomial};

/// The first 40 bits of ln 2, and the rest.
const LN_2_F32: [f64; 2] = [0.6931471805592082, 7.371002565167799e-13];
/// (ln((1 + s)/(1 − s)) − 2s) / s³ in z = s²
const P_F32: [f64; 6] = [
    0.6666666666658716,
    0.400000000523016,
    0.28571417124899723,
    0.22223372053012522,
    0.18123630004140295,
    0.16819979447387748,
];

/// (ln((1 + s)/(1 − s)) − 2s) / s³ in z = s²
const P_F64: [f64; 7] = [
    0.6666666666666734,
    0.3999999999941432,
    0.2857142874247489,
    0.22222198563484813,
    0.18183564866676616,
    0.15314035835736295,
    0.14796105432192297,
];

/// x = (1 + f)·2ᵏ with 1 + f from √½ to √2: f and k, for a positive normal x.
#[inline(always)]
fn split(x: f64) -> (f64, f64) {
    const SEAM: u64 = std::f64::consts::FRAC_1_SQRT_2.to_bits();
    const FRACTION: u64 = (1 << 52) - 1;
    /// 2⁵²: the low bits of a float of this size are a whole number.
    const WHOLE: f64 = 4_503_599_627_370_496.0;
    let shifted = x.to_bits().wrapping_sub(SEAM).wrapping_add(1023 << 52);
    // Vectors of u64 have no conversion to f64 on older machines: lay the bits inside 2⁵². An
    // exponent is stored with 1023 added.
    let k = f64::from_bits((shifted >> 52) | WHOLE.to_bits()) - (WHOLE + 1023.0);
    let f = f64::from_bits((shifted & FRACTION).wrapping_add(SEAM)) - 1.0;
    (f, k)
}

/// The f32 nearest to ln x.
#[inline(always)]
pub(super) fn ln_f32(x: f32, fma: bool) -> f32 {
    let (f, k) = split(f64::from(x));
    let s = f / (2.0 + f);
    let z = s * s;
    let near = multiply_add(fma, s, z * polynomial(fma, z, P_F32), s + s);
    let small = multiply_add(fma, k, LN_2_F32[1], near);
    let big = k * LN_2_F32[0];
    let sum = big + small;
    let lost = small - (sum - big);
    let towards_zero = (lost.to_bits() ^ sum.to_bits()) >> 63;
    let odd = sum.to_bits().wrapping_sub(towards_zero) | 1;
    let result = f64::from_bits(odd) as f32;

    let result = if x == f32::INFINITY { x } else { result };
    let result = if x == 0.0 { f32::NEG_INFINITY } else { result };
    // True for positive numbers and zeros, false for NaN.
    if x >= 0.0 { result } else { f32::NAN }
}

/// ln x
#[inline(always)]
pub(super) fn ln_f64(x: f64, _: bool) -> f64 {
    // A subnormal number has its exponent in the wrong place: 2⁵⁴ brings it in.
    let subnormal = x < f64::MIN_POSITIVE;
    let (f, k) = split(if subnormal { x * 18_014_398_509_481_984.0 } else { x });
    let k = if subnormal { k - 54.0 } else { k };

    let s = f / (2.0 + f);
    let z = s * s;
    let r = z * polynomial(false, z, P_F64);
    let half_square = 0.5 * f * f;
    let bracket = half_square - (s * (half_square + r) + k * LN_2_F64[1]);
    let result = k * LN_2_F64[0] - (bracket - f);

    let result = if x == f64::INFINITY { x } else { result };
    let result = if x == 0.0 { f64::NEG_INFINITY } else { result };
    if x >= 0.0 { result } else { f64::NAN }
}
