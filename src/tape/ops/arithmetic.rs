//! `+ − × ÷` between variables, and between variables and numbers; whole powers.

use crate::tape::list::Var;
use crate::{Scalar, Tensor};
use std::ops::{Add, Div, Mul, Neg, Sub};

// ANCHOR: add
impl<T: Scalar> Add for Var<'_, T> {
    type Output = Self;

    #[track_caller]
    fn add(self, b: Self) -> Self {
        // a and b broadcast to y
        // y = a + b: both slopes are 1.
        let value = &*self.read() + &*b.read();
        self.tape.operation("add", [self, b], value, |[a, b], _, g| {
            [a.grad_if_needed(|| g.sum_to(a.shape())), b.grad_if_needed(|| g.sum_to(b.shape()))]
        })
    }
}
// ANCHOR_END: add

impl<T: Scalar> Sub for Var<'_, T> {
    type Output = Self;

    #[track_caller]
    fn sub(self, b: Self) -> Self {
        // a and b broadcast to y
        // y = a − b: dy/da = 1, dy/db = −1
        let value = &*self.read() - &*b.read();
        self.tape.operation("sub", [self, b], value, |[a, b], _, g| {
            [a.grad_if_needed(|| g.sum_to(a.shape())), b.grad_if_needed(|| -g.sum_to(b.shape()))]
        })
    }
}

// ANCHOR: mul
impl<T: Scalar> Mul for Var<'_, T> {
    type Output = Self;

    #[track_caller]
    fn mul(self, b: Self) -> Self {
        // a and b broadcast to y
        // y = a·b: dy/da = b, dy/db = a
        let value = &*self.read() * &*b.read();
        self.tape.operation("mul", [self, b], value, |[a, b], _, g| {
            [
                a.grad_if_needed(|| (g * b).sum_to(a.shape())),
                b.grad_if_needed(|| (g * a).sum_to(b.shape())),
            ]
        })
    }
}
// ANCHOR_END: mul

impl<T: Scalar> Div for Var<'_, T> {
    type Output = Self;

    #[track_caller]
    #[allow(clippy::suspicious_arithmetic_impl)] // the pullback of a quotient has a product in it
    fn div(self, b: Self) -> Self {
        // a and b broadcast to y
        // y = a/b: dy/da = 1/b, dy/db = −a/b² = −y/b
        let value = &*self.read() / &*b.read();
        self.tape.operation("div", [self, b], value, |[a, b], y, g| {
            [
                a.grad_if_needed(|| (g / b).sum_to(a.shape())),
                b.grad_if_needed(|| -(g * y / b).sum_to(b.shape())),
            ]
        })
    }
}

impl<T: Scalar> Neg for Var<'_, T> {
    type Output = Self;

    #[track_caller]
    fn neg(self) -> Self {
        // any shape; y = −x: dy/dx = −1
        let value = -&*self.read();
        self.tape.operation("neg", [self], value, |[_], _, g| [Some(-g)])
    }
}

// With a number c: the slope of x + c and x − c is 1, of c − x −1, of x·c c, of x/c 1/c.

impl<T: Scalar> Add<T> for Var<'_, T> {
    type Output = Self;

    #[track_caller]
    fn add(self, c: T) -> Self {
        let value = &*self.read() + c;
        self.tape.operation("add number", [self], value, |[_], _, g| [Some(g)])
    }
}

impl<T: Scalar> Sub<T> for Var<'_, T> {
    type Output = Self;

    #[track_caller]
    fn sub(self, c: T) -> Self {
        let value = &*self.read() - c;
        self.tape.operation("sub number", [self], value, |[_], _, g| [Some(g)])
    }
}

impl<T: Scalar> Mul<T> for Var<'_, T> {
    type Output = Self;

    #[track_caller]
    fn mul(self, c: T) -> Self {
        let value = &*self.read() * c;
        self.tape.operation("mul number", [self], value, move |[_], _, g| [Some(g * c)])
    }
}

impl<T: Scalar> Div<T> for Var<'_, T> {
    type Output = Self;

    #[track_caller]
    fn div(self, c: T) -> Self {
        let value = &*self.read() / c;
        self.tape.operation("div number", [self], value, move |[_], _, g| [Some(g / c)])
    }
}

impl<T: Scalar> Var<'_, T> {
    /// c − x. Where the element type is known, `1.0 - x` says the same.
    #[track_caller]
    pub fn subtracted_from(self, c: T) -> Self {
        // any shape; dy/dx = −1
        let value = self.read().map(|x| c - x);
        self.tape.operation("number sub", [self], value, |[_], _, g| [Some(-g)])
    }

    /// c/x. Where the element type is known, `1.0 / x` says the same.
    #[track_caller]
    pub fn divided_into(self, c: T) -> Self {
        // any shape; y = c/x: dy/dx = −c/x² = −y/x
        let value = self.read().map(|x| c / x);
        self.tape.operation("number div", [self], value, |[x], y, g| [Some(-(g * y / x))])
    }

    /// 1/x of every element.
    #[track_caller]
    pub fn recip(self) -> Self {
        self.divided_into(T::ONE)
    }

    /// xⁿ of every element.
    #[track_caller]
    pub fn powi(self, n: i32) -> Self {
        // any shape; y = xⁿ: dy/dx = n·xⁿ⁻¹, and 0 for n = 0, even where x is 0
        let value = self.read().powi(n);
        self.tape.operation("powi", [self], value, move |[x], y, g| {
            let slope = || {
                // There is no n − 1 below the least n: there xⁿ⁻¹ is xⁿ/x.
                let power = n.checked_sub(1).map_or_else(|| y / x, |less| x.powi(less));
                g * (power * T::from_f64(n.into()))
            };
            [(n != 0).then(slope)]
        })
    }

    /// x² of every element.
    #[track_caller]
    pub fn square(self) -> Self {
        // any shape; y = x²: dy/dx = 2x
        let value = self.read().square();
        self.tape.operation("square", [self], value, |[x], _, g| [Some(g * (x + x))])
    }

    /// xᵖ of every element. A whole p is [`powi`](Self::powi), for any x; any other gives
    /// exp(p·ln x), which is NaN for x below zero.
    ///
    /// ```
    /// use longhand::{Tape, Tensor};
    /// let tape = Tape::<f64>::new();
    /// let x = tape.leaf(Tensor::vector(&[-3.0, 0.0]));
    /// assert_eq!(x.powf(2.0).value().data(), [9.0, 0.0]);
    /// let gradients = x.powf(1.5).slice(0, 1..2).sum().backward();
    /// assert_eq!(gradients[x].data()[1], 0.0);
    /// ```
    #[track_caller]
    pub fn powf(self, p: T) -> Self {
        // any shape; y = xᵖ: dy/dx = p·xᵖ⁻¹
        if let Some(n) = whole(p) {
            return self.powi(n);
        }
        let value = self.read().map(|x| (p * x.ln()).exp());
        self.tape.operation("powf", [self], value, move |[x], _, g| {
            // A root is steep at 0, and 1/x¹⁻ᵖ rather than xᵖ⁻¹ says so to over_or_zero.
            let slope = match p > T::ZERO && p < T::ONE {
                true => g.over_or_zero(x.powf(T::ONE - p)),
                false => g * x.powf(p - T::ONE),
            };
            [Some(slope * p)]
        })
    }

    /// a/b, and a plain 0 where both are 0: the gradient of a root at 0 if none has arrived there.
    /// So a root that a `select` or a `maximum` did not take leaves no NaN behind, in derivatives
    /// of any order.
    #[track_caller]
    pub(super) fn over_or_zero(self, b: Self) -> Self {
        // a and b of one shape
        let both = |a: T, b: T| if a == T::ZERO && b == T::ZERO { T::ONE } else { T::ZERO };
        let both = self.read().zip(&b.read(), both);
        if both.data().iter().all(|&both| both == T::ZERO) {
            return self / b;
        }
        // Twice: 0/1 for 0/0, and 0 for that, so that neither a nor b receives anything there.
        let [both, zero, one] =
            [both, Tensor::scalar(T::ZERO), Tensor::scalar(T::ONE)].map(|x| self.tape.constant(x));
        zero.select_by(both, self / one.select_by(both, b))
    }
}

/// p as a whole number, if it is one that `powi` takes.
fn whole<T: Scalar>(p: T) -> Option<i32> {
    let (p, n) = (p.to_f64(), p.to_f64() as i32);
    (f64::from(n) == p).then_some(n)
}

/// `2.0 * x`, `1.0 - x`: the rules above with the number in front.
macro_rules! number_in_front {
    ($t:ty) => {
        impl<'t> Add<Var<'t, $t>> for $t {
            type Output = Var<'t, $t>;
            #[track_caller]
            fn add(self, x: Var<'t, $t>) -> Var<'t, $t> {
                x + self
            }
        }

        impl<'t> Sub<Var<'t, $t>> for $t {
            type Output = Var<'t, $t>;
            #[track_caller]
            fn sub(self, x: Var<'t, $t>) -> Var<'t, $t> {
                x.subtracted_from(self)
            }
        }

        impl<'t> Mul<Var<'t, $t>> for $t {
            type Output = Var<'t, $t>;
            #[track_caller]
            fn mul(self, x: Var<'t, $t>) -> Var<'t, $t> {
                x * self
            }
        }

        impl<'t> Div<Var<'t, $t>> for $t {
            type Output = Var<'t, $t>;
            #[track_caller]
            fn div(self, x: Var<'t, $t>) -> Var<'t, $t> {
                x.divided_into(self)
            }
        }
    };
}
number_in_front!(f32);
number_in_front!(f64);
