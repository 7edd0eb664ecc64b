//! a·b + c with one rounding, for f32, on machines without the instruction. Chapter 1 uses it.
//!
//! Where a target has no fused multiply-add, `f32::mul_add` calls a library function: right, but
//! slow, and no loop around it is vectorised. Here eight are computed side by side.
//!
//! # How
//!
//! **The product is exact in f64**: 24 bits times 24 bits are at most 48, and f64 has 53. So
//! s = a·b + c is the true sum, rounded once, to 53 bits. Rounding it again, to an f32, is nearly
//! always right.
//!
//! **The trap is rounding twice.** If s falls midway between two f32, the second rounding must
//! know on which side of s the true sum lies; s alone has forgotten. Anywhere else it need not
//! know: midpoints are f64, so the true sum and s lie on the same side of each. A midpoint is
//! plain to see: f64 has 29 more bits, and of these the first is 1 and the others are 0. (For
//! results that are subnormal in f32 the place is another one, so they are all taken for
//! doubtful.) Chance alone makes a midpoint once in 2²⁹ sums.
//!
//! **The careful way** finds what s has forgotten. Knuth's TwoSum gives, from six additions, the
//! rounded sum s *and* the exact error e: p + c = s + e. Then *rounding to odd* is the cure (Boldo
//! and Melquiond, "Emulation of FMA and correctly rounded sums", 2008): cut the true sum off towards
//! zero, and if anything was cut, set the last bit. An odd last bit, 29 places below the last bit
//! of an f32, can never be a midpoint, and it leans to the side where the truth is. In general two
//! more bits than the target has are enough.

/// `a`·`b` + `c`, rounded once to the nearest f32: what `a.mul_add(b, c)` gives, on every target.
///
/// Infinities, zeros' signs and subnormal numbers come out as IEEE 754 has them. A NaN comes out
/// as some NaN.
#[inline(always)]
pub(super) fn fma32<const L: usize>(a: [f32; L], b: [f32; L], c: [f32; L]) -> [f32; L] {
    let (mut nearest, mut low, mut high) = ([0.0; L], [0; L], [0; L]);
    for i in 0..L {
        let s = f64::from(a[i]) * f64::from(b[i]) + f64::from(c[i]);
        nearest[i] = s as f32;
        low[i] = s.to_bits() as u32;
        high[i] = (s.to_bits() >> 32) as u32;
    }
    let mut doubt = 0;
    for i in 0..L {
        let midpoint = low[i] & 0x1fff_ffff == 0x1000_0000;
        // 0 < |s| < 2⁻¹²⁶, by the exponent, which is in the upper half: 0 wraps round, far up.
        let subnormal = (high[i] & 0x7fff_ffff).wrapping_sub(1) < MIN_NORMAL - 1;
        doubt |= u32::from(midpoint) | u32::from(subnormal);
    }
    if doubt == 0 { nearest } else { careful(a, b, c) }
}

/// The upper half of 2⁻¹²⁶, the least f32 with all its digits, as an f64.
const MIN_NORMAL: u32 = (1023 - 126) << 20;

/// The same by way of the exact error, without a branch.
#[cold]
#[inline(never)]
fn careful<const L: usize>(a: [f32; L], b: [f32; L], c: [f32; L]) -> [f32; L] {
    std::array::from_fn(|i| {
        let p = f64::from(a[i]) * f64::from(b[i]);
        let c = f64::from(c[i]);
        let s = p + c;

        // TwoSum: what of c and of p arrived in s, and what of each did not.
        let c_in_s = s - p;
        let p_in_s = s - c_in_s;
        let e = (p - p_in_s) + (c - c_in_s);

        // False where s is infinite or NaN: e is NaN there, and the bits of s stay as they are.
        let inexact = u64::from(e < 0.0) | u64::from(e > 0.0);
        // If e points from s towards zero, s is too large: one step back is the sum, cut off.
        let towards_zero = (s.to_bits() ^ e.to_bits()) >> 63;
        let odd = s.to_bits().wrapping_sub(towards_zero & inexact) | inexact;
        f64::from_bits(odd) as f32
    })
}

#[cfg(test)]
mod tests {
    use super::{careful, fma32};

    /// Alone, so that its own doubt decides; and the careful way, which must not need one.
    fn hold(a: f32, b: f32, c: f32) {
        let bits = |[x]: [f32; 1]| if x.is_nan() { f32::NAN } else { x }.to_bits();
        let expected = bits([a.mul_add(b, c)]);
        assert_eq!(bits(fma32([a], [b], [c])), expected, "{a:e} × {b:e} + {c:e}");
        assert_eq!(bits(careful([a], [b], [c])), expected, "{a:e} × {b:e} + {c:e}, carefully");
    }

    #[test]
    fn nasty_numbers_in_every_place() {
        let mut numbers = vec![0.0, 1.0, 3.0, 1.0 / 3.0, 4097.0, f32::MAX, f32::INFINITY, f32::NAN];
        for exponent in [-149, -148, -127, -126, -75, -24, -1, 1, 12, 23, 24, 64, 127] {
            let power = 2.0_f64.powi(exponent) as f32;
            numbers.extend([power, power.next_up(), power.next_down()]);
        }
        numbers.extend(numbers.clone().iter().map(|x| -x));
        for &a in &numbers {
            for &b in &numbers {
                for &c in &numbers {
                    hold(a, b, c);
                }
            }
        }
    }

    #[test]
    fn random_bits_near_and_far() {
        let mut rng = crate::Rng::new(11);
        for _ in 0..1_000_000 {
            let [low, high] = [rng.next_u64(), rng.next_u64()];
            let [a, b, c] = [low as u32, (low >> 32) as u32, high as u32].map(f32::from_bits);
            hold(a, b, c);
            // c of the product's size: cancellation, where the exact sum is short.
            let product = a * b;
            hold(a, b, -product);
            hold(a, b, f32::from_bits((-product).to_bits() ^ (high >> 60) as u32));
        }
    }

    #[test]
    fn a_doubtful_one_leaves_the_seven_beside_it_as_they_are() {
        let mut rng = crate::Rng::new(13);
        for doubtful in 0..8 {
            let [mut a, mut b, mut c] =
                [(); 3].map(|()| std::array::from_fn::<f32, 8, _>(|_| rng.uniform()));
            (a[doubtful], b[doubtful]) = (1.0 + 1.0 / 4096.0, 1.0 + 1.0 / 4096.0);
            c[doubtful] = -1e-20;
            let expected: [f32; 8] = std::array::from_fn(|i| a[i].mul_add(b[i], c[i]));
            assert_eq!(fma32(a, b, c), expected);
        }
    }

    #[test]
    fn a_hair_beside_the_midpoint() {
        // 1 + 2⁻²⁴ lies midway between two f32. The product is that midpoint, or just beside it:
        // (1 + 2⁻¹²)² = 1 + 2⁻¹¹ + 2⁻²⁴. A c far below the f64's last place must still decide.
        let mut seen = [0; 2];
        for k in 1..2048 {
            let a = 1.0 + k as f32 / 4096.0;
            for tiny in [0.0, 1e-20, -1e-20, f32::from_bits(1), -f32::from_bits(1)] {
                for sign in [1.0, -1.0] {
                    hold(a * sign, a, tiny);
                    let twice = (f64::from(a) * f64::from(a) + f64::from(tiny)) as f32;
                    seen[usize::from(twice == a.mul_add(a, tiny))] += 1;
                }
            }
        }
        assert!(seen[0] > 1000, "two roundings are right here, so nothing was tested: {seen:?}");
    }
}
