//! The two element types, f32 and f64, behind one trait (chapter 1), and its functions (chapter 4).
//!
//! Every method gives the same bits on every machine. The platform's mathematics library does not:
//! its `exp` on one system differs in the last digit from that on another. So the functions that
//! IEEE 754 does not define, [`exp`](Scalar::exp), [`ln`](Scalar::ln), [`tanh`](Scalar::tanh) and
//! [`sigmoid`](Scalar::sigmoid), are written here from those it does: + − × ÷ and work on bits.
//!
//! | function | f32, in ulp | f64, in ulp |
//! |---|---|---|
//! | exp | 0.5 | 0.71 |
//! | ln | 0.5 | 0.78 |
//! | tanh | 0.5 | 1.30 |
//! | sigmoid | 0.5 | 1.39 |
//!
//! One ulp (unit in the last place) is the gap from the result to the next float; half of one is
//! the best that any function can do. For f32 it is what these four do: each result is the f32
//! nearest to the true value. They are *correctly rounded*: mathematics alone defines them.
//! `.ci/rounding` has compared all 2³² arguments of each with a source outside of this crate;
//! `tests/scalar.rs` compares a sample each time. For f64 the figures are the largest errors that
//! it finds over some thousand points, and what defines a result are the steps in the source. So it
//! is with what takes several roundings: [`powi`](Scalar::powi) is defined by the order of its
//! products, a normal draw by its rational function in f64.

use std::fmt::{Debug, Display, LowerExp};
use std::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Sub, SubAssign};

mod dtype;
mod exp;
mod fma;
mod ln;
mod polynomial;
mod quick;
mod tanh;

use crate::tensor::isa::Compiled;
pub use dtype::Dtype;
use fma::fma32;
pub(crate) use polynomial::{FMA, polynomial};

mod sealed {
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
}

/// A floating-point number that tensors are made of: `f32` or `f64`.
///
/// ```
/// use longhand::Scalar;
///
/// fn softplus<T: Scalar>(x: T) -> T {
///     (T::ONE + x.exp()).ln()
/// }
/// assert_eq!(softplus(0.0_f64), 0.6931471805599453);
/// assert_eq!(softplus(0.0_f32), 0.6931472);
/// ```
pub trait Scalar:
    sealed::Sealed
    + crate::tensor::gemm::HasKernels
    + Copy
    + Default
    + PartialEq
    + PartialOrd
    + Debug
    + Display
    + LowerExp
    + Send
    + Sync
    + 'static
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + AddAssign
    + SubAssign
    + MulAssign
    + DivAssign
{
    /// The type as a value that can be matched.
    const DTYPE: Dtype;
    /// The type's name, `"f32"` or `"f64"`.
    const NAME: &'static str;
    /// The number of binary digits it holds: 24 or 53.
    const DIGITS: u32;
    /// 0
    const ZERO: Self;
    /// 1
    const ONE: Self;
    /// The gap between 1 and the next larger number.
    const EPSILON: Self;
    /// The smallest positive number with all its digits; below it are the subnormal numbers.
    const MIN_POSITIVE: Self;
    /// The largest finite number.
    const MAX: Self;
    /// Positive infinity.
    const INFINITY: Self;
    /// Not a number.
    const NAN: Self;

    /// The nearest value to `x`.
    fn from_f64(x: f64) -> Self;
    /// The same value as an `f64`, exactly.
    fn to_f64(self) -> f64;
    /// |x|
    fn abs(self) -> Self;
    /// √x, correctly rounded.
    fn sqrt(self) -> Self;
    /// `self`·`a` + `b` with one rounding.
    fn mul_add(self, a: Self, b: Self) -> Self;
    /// Eight of them, for code compiled for any processor of its kind: where the instruction may
    /// not be used, an `f32` is worked out in `f64` and not by a call into a library.
    #[doc(hidden)]
    fn mul_add_portable(a: [Self; 8], b: [Self; 8], c: [Self; 8]) -> [Self; 8];
    /// Whether this is not a number.
    fn is_nan(self) -> bool;
    /// Whether this is neither infinite nor NaN.
    fn is_finite(self) -> bool;
    /// The next smaller number.
    fn next_down(self) -> Self;

    /// The larger of the two; NaN if either is. +0 is larger than −0, as IEEE 754 has it.
    ///
    /// ```
    /// use longhand::Scalar;
    /// assert_eq!(Scalar::maximum(2.0, 3.0), 3.0);
    /// assert!(Scalar::maximum(2.0, f32::NAN).is_nan());
    /// ```
    fn maximum(self, other: Self) -> Self;
    /// The smaller of the two; NaN if either is. −0 is smaller than +0, as IEEE 754 has it.
    ///
    /// ```
    /// use longhand::Scalar;
    /// assert_eq!(Scalar::minimum(2.0, 3.0), 2.0);
    /// assert!(Scalar::minimum(f32::NAN, 2.0).is_nan());
    /// ```
    fn minimum(self, other: Self) -> Self;

    /// xⁿ by repeated squaring.
    ///
    /// The squares x, x², x⁴, … are formed one after the other, and those that the binary digits
    /// of |n| ask for are multiplied up from the lowest: x¹³ = (x·x⁴)·x⁸. A negative n gives
    /// 1 / x⁻ⁿ, which is 0 where x⁻ⁿ is too large. x⁰ is 1 for every x.
    ///
    /// ```
    /// use longhand::Scalar;
    /// assert_eq!(Scalar::powi(3.0_f64, 4), 81.0);
    /// assert_eq!(Scalar::powi(2.0_f64, -1), 0.5);
    /// ```
    #[inline]
    fn powi(self, n: i32) -> Self {
        let (mut square, mut power, mut digits) = (self, Self::ONE, n.unsigned_abs());
        while digits != 0 {
            if digits & 1 == 1 {
                power *= square;
            }
            square *= square;
            digits >>= 1;
        }
        if n < 0 { Self::ONE / power } else { power }
    }

    /// eˣ, for f32 the nearest to it. It is 0 at −∞ and ∞ from about 88.7 (f32) or 709.8 (f64); in
    /// between it loses digits only where the result is subnormal.
    ///
    /// ```
    /// use longhand::Scalar;
    /// assert_eq!(Scalar::exp(1.0_f64), std::f64::consts::E);
    /// assert_eq!(Scalar::exp(f32::NEG_INFINITY), 0.0);
    /// ```
    fn exp(self) -> Self;
    /// The natural logarithm, for f32 the nearest to it: −∞ at zero, NaN below.
    ///
    /// ```
    /// use longhand::Scalar;
    /// assert_eq!(Scalar::ln(2.0_f64), std::f64::consts::LN_2);
    /// assert_eq!(Scalar::ln(0.0_f32), f32::NEG_INFINITY);
    /// assert!(Scalar::ln(-1.0_f32).is_nan());
    /// ```
    fn ln(self) -> Self;
    /// The hyperbolic tangent, for f32 the nearest to it: odd to the last bit, −0 included.
    ///
    /// ```
    /// use longhand::Scalar;
    /// assert!((Scalar::tanh(0.5_f64) - 0.46211715726000976).abs() < 1e-16);
    /// assert_eq!(Scalar::tanh(1e-30_f32), 1e-30);
    /// assert_eq!(Scalar::tanh(f32::NEG_INFINITY), -1.0);
    /// ```
    fn tanh(self) -> Self;
    /// 1 / (1 + e⁻ˣ), for f32 the nearest to it, without overflow or cancellation at either end.
    ///
    /// ```
    /// use longhand::Scalar;
    /// assert_eq!(0.0_f32.sigmoid(), 0.5);
    /// assert_eq!((-100.0_f32).sigmoid(), Scalar::exp(-100.0_f32));
    /// ```
    fn sigmoid(self) -> Self;

    /// The four of them once more, over slices of one length, for loops compiled for one instruction
    /// set or another: where there is a quicker way to the same f32, they take it.
    #[doc(hidden)]
    fn exp_each(x: &[Self], out: &mut [Self], compiled: Compiled);
    #[doc(hidden)]
    fn ln_each(x: &[Self], out: &mut [Self], compiled: Compiled);
    #[doc(hidden)]
    fn tanh_each(x: &[Self], out: &mut [Self], compiled: Compiled);
    #[doc(hidden)]
    fn sigmoid_each(x: &[Self], out: &mut [Self], compiled: Compiled);
}

#[inline(always)]
fn fma_each<T: Scalar>(a: [T; 8], b: [T; 8], c: [T; 8]) -> [T; 8] {
    std::array::from_fn(|i| a[i].mul_add(b[i], c[i]))
}

macro_rules! scalar {
    ($t:ident, $dtype:ident, $fma:expr, $over:path, $($name:ident $each:ident $function:path $(: $quick:path)?),*) => {
        // Small functions, used inside loops that are compiled for one instruction set or another:
        // only what is inlined there can be vectorised there.
        impl Scalar for $t {
            const DTYPE: Dtype = Dtype::$dtype;
            const NAME: &'static str = stringify!($t);
            const DIGITS: u32 = $t::MANTISSA_DIGITS;
            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;
            const EPSILON: Self = $t::EPSILON;
            const MIN_POSITIVE: Self = $t::MIN_POSITIVE;
            const MAX: Self = $t::MAX;
            const INFINITY: Self = $t::INFINITY;
            const NAN: Self = $t::NAN;
            #[inline(always)]
            fn from_f64(x: f64) -> Self {
                x as $t
            }
            #[inline(always)]
            fn to_f64(self) -> f64 {
                self as f64
            }
            #[inline(always)]
            fn abs(self) -> Self {
                $t::abs(self)
            }
            #[inline(always)]
            fn sqrt(self) -> Self {
                $t::sqrt(self)
            }
            #[inline(always)]
            fn mul_add(self, a: Self, b: Self) -> Self {
                $t::mul_add(self, a, b)
            }
            #[inline(always)]
            fn mul_add_portable(a: [Self; 8], b: [Self; 8], c: [Self; 8]) -> [Self; 8] {
                if FMA { fma_each(a, b, c) } else { $fma(a, b, c) }
            }
            #[inline(always)]
            fn is_nan(self) -> bool {
                $t::is_nan(self)
            }
            #[inline(always)]
            fn is_finite(self) -> bool {
                $t::is_finite(self)
            }
            #[inline(always)]
            fn next_down(self) -> Self {
                $t::next_down(self)
            }
            #[inline(always)]
            fn maximum(self, other: Self) -> Self {
                let first = self == other && other.is_sign_negative();
                if self > other || self.is_nan() || first { self } else { other }
            }
            #[inline(always)]
            fn minimum(self, other: Self) -> Self {
                let first = self == other && other.is_sign_positive();
                if self < other || self.is_nan() || first { self } else { other }
            }
            $(
                #[inline(always)]
                fn $name(self) -> Self {
                    $function(self, FMA)
                }
                #[inline(always)]
                fn $each(x: &[Self], out: &mut [Self], compiled: Compiled) {
                    // A function's name is not as good as a closure: only this one says that it
                    // must be inlined.
                    $over(
                        x,
                        out,
                        compiled,
                        #[inline(always)]
                        |x, fma| $function(x, fma)
                        $(,
                        #[inline(always)]
                        |x, low, high| $quick(x, low, high, compiled))?
                    );
                }
            )*
        }
    };
}
scalar!(
    f32, F32, fma32, quick::nearest,
    exp exp_each exp::exp_f32: quick::exp,
    ln ln_each ln::ln_f32: quick::ln,
    tanh tanh_each tanh::tanh_f32: quick::tanh,
    sigmoid sigmoid_each tanh::sigmoid_f32: quick::sigmoid
);
scalar!(
    f64, F64, fma_each, quick::one_by_one,
    exp exp_each exp::exp_f64,
    ln ln_each ln::ln_f64,
    tanh tanh_each tanh::tanh_f64,
    sigmoid sigmoid_each tanh::sigmoid_f64
);
