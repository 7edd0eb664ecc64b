//! Functions that choose: ReLU, |x|, the larger of two, one or the other by a mask.
//!
//! Each is made of straight pieces. On a piece the slope is a plain 0 or 1; at a kink there is
//! none, and a convention stands in for it. What is chosen does not change with small changes of
//! the inputs, so masks are constants.

use crate::tape::list::Var;
use crate::{Scalar, Tensor};

impl<T: Scalar> Var<'_, T> {
    // ANCHOR: relu
    /// max(x, 0) of every element. At 0 the slope is taken to be 0.
    #[track_caller]
    pub fn relu(self) -> Self {
        // any shape
        // y = max(x, 0): the gradient passes where x > 0
        let value = self.read().clamp_min(T::ZERO);
        self.tape.operation("relu", [self], value, |[x], _, g| [Some(g.where_positive(x))])
    }

    /// This where `x` > 0, else 0: what a rectifier lets back.
    #[track_caller]
    pub fn where_positive(self, x: Self) -> Self {
        // self and x of one shape
        // y = self·[x > 0]: the gradient passes in the same places; x itself only decides
        let value = self.read().zip(&x.read(), |g, x| if x > T::ZERO { g } else { T::ZERO });
        self.tape.operation("where positive", [self, x], value, |[a, x], _, g| {
            [a.grad_if_needed(|| g.where_positive(x)), None]
        })
    }
    // ANCHOR_END: relu

    /// |x| of every element. At 0 the slope is taken to be 0.
    #[track_caller]
    pub fn abs(self) -> Self {
        // any shape
        // y = |x|: dy/dx = ±1, the sign of x
        let value = self.read().abs();
        self.tape.operation("abs", [self], value, |[x], _, g| {
            let sign = x.read().sign();
            [Some(g * x.tape.constant(sign))]
        })
    }

    /// The larger of each pair. Of two equal ones each receives half of the gradient.
    #[track_caller]
    pub fn maximum(self, b: Self) -> Self {
        // a and b broadcast to y
        // y = max(a, b): the gradient goes to the larger
        let value = self.read().maximum(&b.read());
        self.tape.operation("maximum", [self, b], value, |[a, b], _, g| {
            let [to_a, to_b] = shares(a, b);
            [
                a.grad_if_needed(|| (g * to_a).sum_to(a.shape())),
                b.grad_if_needed(|| (g * to_b).sum_to(b.shape())),
            ]
        })
    }

    /// The smaller of each pair. Of two equal ones each receives half of the gradient.
    #[track_caller]
    pub fn minimum(self, b: Self) -> Self {
        // a and b broadcast to y
        // y = min(a, b): the gradient goes to the smaller
        let value = self.read().minimum(&b.read());
        self.tape.operation("minimum", [self, b], value, |[a, b], _, g| {
            let [to_b, to_a] = shares(a, b);
            [
                a.grad_if_needed(|| (g * to_a).sum_to(a.shape())),
                b.grad_if_needed(|| (g * to_b).sum_to(b.shape())),
            ]
        })
    }

    /// This where `mask` is not 0, else `other`; all three broadcast.
    ///
    /// ```
    /// use longhand::{Tape, Tensor};
    /// let tape = Tape::<f32>::new();
    /// let x = tape.leaf(Tensor::vector(&[1.0, 2.0, 3.0]));
    /// let y = x.select(&Tensor::vector(&[1.0, 0.0, 1.0]), -x);
    /// assert_eq!(y.value().data(), [1.0, -2.0, 3.0]);
    /// assert_eq!(y.sum().backward()[x].data(), [1.0, -1.0, 1.0]);
    /// ```
    #[track_caller]
    pub fn select(self, mask: &Tensor<T>, other: Self) -> Self {
        let value = mask.select(&self.read(), &other.read());
        choose(self.tape.constant(mask.clone()), self, other, value)
    }

    /// The same with the mask on the tape.
    #[track_caller]
    pub(super) fn select_by(self, mask: Self, other: Self) -> Self {
        let value = mask.read().select(&self.read(), &other.read());
        choose(mask, self, other, value)
    }
}

#[track_caller]
fn choose<'t, T: Scalar>(
    mask: Var<'t, T>,
    yes: Var<'t, T>,
    no: Var<'t, T>,
    value: Tensor<T>,
) -> Var<'t, T> {
    // mask, yes and no broadcast to y
    // the gradient goes to the one that was chosen
    yes.tape.operation("select", [mask, yes, no], value, |[mask, yes, no], _, g| {
        let zero = mask.tape.constant(Tensor::scalar(T::ZERO));
        [
            None,
            yes.grad_if_needed(|| g.select_by(mask, zero).sum_to(yes.shape())),
            no.grad_if_needed(|| zero.select_by(mask, g).sum_to(no.shape())),
        ]
    })
}

/// How the gradient of max(a, b) is shared: 1 to the larger, 0 to the other, ½ each to equals.
fn shares<'t, T: Scalar>(a: Var<'t, T>, b: Var<'t, T>) -> [Var<'t, T>; 2] {
    let (half, tape) = (T::from_f64(0.5), a.tape);
    let share = |x: T, y: T| {
        if x > y {
            T::ONE
        } else if x == y {
            half
        } else {
            T::ZERO
        }
    };
    let to_a = a.read().zip(&b.read(), share);
    let to_b = to_a.map(|share| T::ONE - share);
    [tape.constant(to_a), tape.constant(to_b)]
}
