//! `+ − × ÷` between tensors, and between tensors and numbers (chapter 1).
//!
//! Operands may be owned or borrowed: `&a + &b`, `a + b`, `a * 2.0`, `2.0 * &a`.

use super::Tensor;
use crate::Scalar;
use std::borrow::Borrow;
use std::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Sub, SubAssign};

macro_rules! operator {
    ($Op:ident $op:ident, $OpAssign:ident $op_assign:ident, $by:tt) => {
        impl<T: Scalar> $Op for &Tensor<T> {
            type Output = Tensor<T>;
            #[track_caller]
            fn $op(self, other: Self) -> Tensor<T> {
                self.zip(other, |x, y| x $by y)
            }
        }

        operator!(@pair $Op $op $by [&Tensor<T>] [Tensor<T>]);
        operator!(@pair $Op $op $by [Tensor<T>] [&Tensor<T>]);
        operator!(@pair $Op $op $by [Tensor<T>] [Tensor<T>]);

        impl<T: Scalar> $Op<T> for &Tensor<T> {
            type Output = Tensor<T>;
            fn $op(self, number: T) -> Tensor<T> {
                self.map(|x| x $by number)
            }
        }

        impl<T: Scalar> $Op<T> for Tensor<T> {
            type Output = Tensor<T>;
            fn $op(mut self, number: T) -> Tensor<T> {
                self.$op_assign(number);
                self
            }
        }

        impl<T: Scalar> $OpAssign<T> for Tensor<T> {
            fn $op_assign(&mut self, number: T) {
                self.apply(|x| x $by number);
            }
        }

        impl<T: Scalar> $OpAssign<&Tensor<T>> for Tensor<T> {
            #[track_caller]
            fn $op_assign(&mut self, other: &Tensor<T>) {
                self.update(other, |x, y| x $by y);
            }
        }

        operator!(@number $Op $op $by f32);
        operator!(@number $Op $op $by f64);
    };
    (@pair $Op:ident $op:ident $by:tt [$($a:tt)*] [$($b:tt)*]) => {
        impl<T: Scalar> $Op<$($b)*> for $($a)* {
            type Output = Tensor<T>;
            #[track_caller]
            fn $op(self, other: $($b)*) -> Tensor<T> {
                // Compiled once, whoever owns what.
                let (a, b): (&Tensor<T>, &Tensor<T>) = (self.borrow(), other.borrow());
                a $by b
            }
        }
    };
    (@number $Op:ident $op:ident $by:tt $t:ty) => {
        impl $Op<&Tensor<$t>> for $t {
            type Output = Tensor<$t>;
            fn $op(self, tensor: &Tensor<$t>) -> Tensor<$t> {
                tensor.map(|x| self $by x)
            }
        }

        impl $Op<Tensor<$t>> for $t {
            type Output = Tensor<$t>;
            fn $op(self, tensor: Tensor<$t>) -> Tensor<$t> {
                self $by &tensor
            }
        }
    };
}

operator!(Add add, AddAssign add_assign, +);
operator!(Sub sub, SubAssign sub_assign, -);
operator!(Mul mul, MulAssign mul_assign, *);
operator!(Div div, DivAssign div_assign, /);

impl<T: Scalar> Neg for &Tensor<T> {
    type Output = Tensor<T>;
    fn neg(self) -> Tensor<T> {
        self.map(|x| -x)
    }
}

impl<T: Scalar> Neg for Tensor<T> {
    type Output = Tensor<T>;
    fn neg(mut self) -> Tensor<T> {
        self.apply(|x| -x);
        self
    }
}
