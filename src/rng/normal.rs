//! Normally distributed numbers, by asking which number has a given share of draws below it.
//!
//! # How
//!
//! Let Φ(z) be the share of all normal draws that fall below z. If p is uniform between 0 and 1,
//! then z = Φ⁻¹(p) is normal: the chance that z < a is the chance that p < Φ(a), which is Φ(a).
//! Other ways (Box and Muller's, Marsaglia's polar method, the ziggurat) draw pairs, or throw
//! draws away. This one takes one uniform number for one normal number, always, so a stream of
//! normals can be skipped, split and counted.
//!
//! Φ⁻¹ has no closed form. As Wichura does (algorithm AS 241, 1988), it is computed from quotients
//! of polynomials, with q = p − ½, in two pieces:
//!
//! ```text
//! middle, |q| ≤ 0.425:   z = q · R(0.425² − q²)
//! tails:                 |z| = R(t − 2.25),   t = √(−2 ln(½ − |q|))
//! ```
//!
//! Far out, ½ − |q| is nearly e^(−z²/2), so t is nearly |z| and R nearly a straight line. The
//! arguments of both R start at 0, where no coefficient is negative and no sum cancels. The
//! coefficients are our own, from `tests/golden/scalar/fit.py`. `tests/rng.rs` measures the result
//! against the true quantile: the relative error is below 10⁻¹⁴.

use crate::scalar::{Scalar, polynomial};

/// R of the middle: numerator and denominator.
const MIDDLE: [[f64; 8]; 2] = [
    [
        3.387132872796346,
        128.73512822628592,
        1830.5574779383005,
        12139.224890168312,
        38265.21131550791,
        52232.98928948384,
        23904.103116761136,
        1633.012284364955,
    ],
    [
        1.0,
        41.01236618942001,
        641.63926453726,
        4815.85752982153,
        17948.90981234101,
        31203.39304035507,
        21170.851303772684,
        3539.5413098191348,
    ],
];

/// R of the tails: numerator and denominator.
const TAIL: [[f64; 9]; 2] = [
    [
        1.4080407040990797,
        3.2732545264480075,
        2.9304616708378926,
        1.3516602794871022,
        0.35490493632783443,
        0.054362851534541914,
        0.004686031606415447,
        0.00020095472590006083,
        3.0855869609547042e-06,
    ],
    [
        1.0,
        1.4659491690256412,
        0.86660894515803,
        0.26635854769040174,
        0.04559131841345148,
        0.004267371467875606,
        0.00019404483116668424,
        3.085395511977107e-06,
        9.398427001916358e-13,
    ],
];

/// The normal number that 64 random bits stand for.
///
/// The highest 53 bits, read as a signed number and moved to the middle of its step, are q: one of
/// the odd multiples of 2⁻⁵⁴ between −½ and ½. So neither q = 0 nor the infinite ends occur, q and
/// −q are equally likely, and ½ − |q| is exact. The largest |z| is 8.29.
#[inline]
pub(super) fn from_bits(bits: u64) -> f64 {
    let steps = ((bits ^ (1 << 63)) as i64 >> 11) as f64;
    quantile((steps + 0.5) / 9_007_199_254_740_992.0)
}

/// The z that has a share ½ + `q` of all normal draws below it.
#[inline]
fn quantile(q: f64) -> f64 {
    if q.abs() <= 0.425 {
        let [above, below] = MIDDLE;
        let v = 0.425 * 0.425 - q * q;
        q * (polynomial(false, v, above) / polynomial(false, v, below))
    } else {
        let [above, below] = TAIL;
        let u = Scalar::sqrt(-2.0 * Scalar::ln(0.5 - q.abs())) - 2.25;
        (polynomial(false, u, above) / polynomial(false, u, below)).copysign(q)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_agree_with_mpmath() {
        let mut worst = (0.0, 0.0);
        let table = include_str!("../../tests/golden/scalar/normal.txt");
        for line in table.lines() {
            let mut columns = line.split(' ');
            let mut next = || {
                let bits = columns.next().expect("two columns of bits");
                f64::from_bits(u64::from_str_radix(bits, 16).expect("hexadecimal"))
            };
            let (q, z) = (next(), next());
            let error = (quantile(q) / z - 1.0).abs();
            if error > worst.0 {
                worst = (error, q);
            }
        }
        println!("normal: relative error {:e} at q = {}", worst.0, worst.1);
        assert!(worst.0 < 1e-14, "relative error {:e} at q = {}", worst.0, worst.1);
    }

    #[test]
    fn the_ends_are_finite_and_mirror() {
        assert!((from_bits(u64::MAX) - 8.2924).abs() < 1e-4, "{}", from_bits(u64::MAX));
        for bits in [0, 1 << 11, 12345 << 11, u64::MAX] {
            assert_eq!(from_bits(bits), -from_bits(!bits));
        }
        let middle = 1 << 63;
        let slope = from_bits(middle) * 2.0_f64.powi(54); // √(2π) at the middle
        assert!((slope - 2.5066282746310007).abs() < 1e-13, "{slope}");
    }
}
