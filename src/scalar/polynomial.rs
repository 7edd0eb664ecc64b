//! A polynomial at a point: what all functions here are made of (chapter 4).

use super::Scalar;

/// Whether every machine that this is compiled for has a fused multiply-add.
pub(crate) const FMA: bool = cfg!(any(target_feature = "fma", target_arch = "aarch64"));

/// a·b + c, in one rounding or in two.
#[inline(always)]
pub(super) fn multiply_add<T: Scalar>(fma: bool, a: T, b: T, c: T) -> T {
    if fma { a.mul_add(b, c) } else { a * b + c }
}

/// c₀ + c₁x + c₂x² + …, the even powers and the odd ones each from the inside out (Horner).
///
/// As many products and sums as one long chain, but two chains of half the length, which a
/// processor works on side by side.
#[inline(always)]
pub(crate) fn polynomial<T: Scalar, const N: usize>(fma: bool, x: T, coefficients: [T; N]) -> T {
    let square = x * x;
    let chain = |first: usize| {
        let mut sum = coefficients[first];
        for i in (0..first / 2).rev() {
            sum = multiply_add(fma, sum, square, coefficients[2 * i + first % 2]);
        }
        sum
    };
    let (last, before) = (chain(N - 1), chain(N - 2));
    let (even, odd) = if N % 2 == 1 { (last, before) } else { (before, last) };
    multiply_add(fma, x, odd, even)
}
