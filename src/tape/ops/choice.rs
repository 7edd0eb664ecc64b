//! Functions that choose: ReLU, |x|, the larger of two, one or the other by a mask.
//!
//! Each is made of straight pieces. On a piece the slope is a plain 0 or 1; at a kink there is
//! none, and a convention stands in for it. What is chosen does not change with small changes of
//! the inputs, so masks are constants.

use crate::tape::list::Var;
use crate::{Scalar, Tensor};

impl<T: Scalar> Var<'_, T> {
    // ANCHOR: relu
    /// max(x, 0) of every element. At 0 the slope is taken to be 0; NaN stays NaN and lets its
    /// gradient pass.
    #[track_caller]
    pub fn relu(self) -> Self {
        // any shape
        // y = max(x, 0): the gradient passes where x > 0
        let value = self.read().clamp_min(T::ZERO);
        self.tape.operation("relu", [self], value, |[x], _, g| [Some(g.where_positive(x))])
    }

    /// 0 where `x` ≤ 0, else this: what a rectifier lets back.
    #[track_caller]
    pub fn where_positive(self, x: Self) -> Self {
        // self and x of one shape
        // y = self·[x > 0]: the gradient passes in the same places; x itself only decides
        let value = self.read().zip(&x.read(), |g, x| if x <= T::ZERO { T::ZERO } else { g });
        self.tape.operation("where positive", [self, x], value, |[a, x], _, g| {
            [a.grad_if_needed(|| g.where_positive(x)), None]
        })
    }
    // ANCHOR_END: relu

    /// |x| of every element. At 0 the slope is taken to be 0; at NaN it is NaN.
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

    /// The larger of each pair, or NaN where there is one. The gradient goes to the one that was
    /// taken, half of it to each of two equal ones, two NaNs included.
    #[track_caller]
    pub fn maximum(self, b: Self) -> Self {
        // a and b broadcast to y
        // y = max(a, b): the gradient goes to the larger
        let value = self.read().maximum(&b.read());
        self.tape.operation("maximum", [self, b], value, |[a, b], y, g| {
            let [to_a, to_b] = shares(a, b, y);
            [
                a.grad_if_needed(|| (g * to_a).sum_to(a.shape())),
                b.grad_if_needed(|| (g * to_b).sum_to(b.shape())),
            ]
        })
    }

    /// The smaller of each pair, or NaN where there is one. The gradient goes as in
    /// [`maximum`](Self::maximum).
    #[track_caller]
    pub fn minimum(self, b: Self) -> Self {
        // a and b broadcast to y
        // y = min(a, b): the gradient goes to the smaller
        let value = self.read().minimum(&b.read());
        self.tape.operation("minimum", [self, b], value, |[a, b], y, g| {
            let [to_a, to_b] = shares(a, b, y);
            [
                a.grad_if_needed(|| (g * to_a).sum_to(a.shape())),
                b.grad_if_needed(|| (g * to_b).sum_to(b.shape())),
            ]
        })
    }

    /// This where `mask` is not 0, else `other`; all three broadcast.
    ///
    /// What was not taken receives the gradient 0. That stays 0 behind a root or a logarithm; but
    /// an operation with an infinite slope, such as 1/x at 0, makes NaN of it, since 0·∞ is NaN:
    /// put a harmless x in first, by a `select` of its own.
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

/// How the gradient of y, which is a or b, is shared: 1 to the one that was taken, ½ each to two
/// of the same value. NaN is taken before all others.
fn shares<'t, T: Scalar>(a: Var<'t, T>, b: Var<'t, T>, y: Var<'t, T>) -> [Var<'t, T>; 2] {
    let taken = |x: T, y: T| {
        let same = x == y || (x.is_nan() && y.is_nan());
        if same { T::ONE } else { T::ZERO }
    };
    let [is_a, is_b] = [a, b].map(|x| x.read().zip(&y.read(), taken));
    let to_a = is_a.zip(&is_b, |a, b| a / (a + b));
    let to_b = to_a.map(|share| T::ONE - share);
    [to_a, to_b].map(|share| y.tape.constant(share))
}
