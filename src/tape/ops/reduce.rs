//! Many elements become one: sums, means, the largest, log Σ exp.

use crate::tape::list::Var;
use crate::tensor::Shape;
use crate::{Scalar, Tensor};

impl<T: Scalar> Var<'_, T> {
    // ANCHOR: sum
    /// Σ of all elements, of shape `[]`.
    #[track_caller]
    pub fn sum(self) -> Self {
        // any shape → []
        // y = Σ xᵢ: every element has slope 1, so every element receives g
        let value = Tensor::scalar(self.read().sum());
        self.tape.operation("sum", [self], value, |[x], _, g| [Some(g.expand(x.shape()))])
    }
    // ANCHOR_END: sum

    /// The mean of all elements, of shape `[]`.
    #[track_caller]
    pub fn mean(self) -> Self {
        let count = self.shape().count();
        self.sum() / T::from_f64(count as f64)
    }

    /// Σ over one axis, which is dropped; a negative axis counts from the end.
    #[track_caller]
    pub fn sum_axis(self, axis: isize) -> Self {
        self.sum_axes(&[axis])
    }

    /// Σ over several axes, which are dropped.
    #[track_caller]
    pub fn sum_axes(self, axes: &[isize]) -> Self {
        // [.., n, ..] → [.., ..]
        // what was added up receives the same gradient: g, repeated along the axes that are gone
        let value = self.read().sum_axes(axes);
        let mut kept = self.shape();
        for &axis in axes {
            kept = kept.with(kept.axis(axis), 1);
        }
        self.tape.operation("sum axes", [self], value, move |[x], _, g| {
            [Some(g.reshape(kept).expand(x.shape()))]
        })
    }

    /// The mean over one axis, which is dropped.
    #[track_caller]
    pub fn mean_axis(self, axis: isize) -> Self {
        self.mean_axes(&[axis])
    }

    /// The mean over several axes, which are dropped.
    #[track_caller]
    pub fn mean_axes(self, axes: &[isize]) -> Self {
        let sum = self.sum_axes(axes);
        let count = self.shape().count() as f64 / sum.shape().count() as f64;
        sum / T::from_f64(count)
    }

    /// Sums over every axis along which broadcasting `shape` to this shape repeats elements: the
    /// adjoint of [`expand`](Self::expand).
    #[track_caller]
    pub fn sum_to(self, shape: impl Into<Shape>) -> Self {
        // y_j = Σ of the x that are copies of y_j: each of them receives g_j
        let shape = shape.into();
        if shape == self.shape() {
            return self;
        }
        let value = self.read().sum_to(shape);
        self.tape.operation("sum to", [self], value, |[x], _, g| [Some(g.expand(x.shape()))])
    }

    /// Repeats elements along axes of size 1, and along new leading axes, to fill `shape`.
    #[track_caller]
    pub fn expand(self, shape: impl Into<Shape>) -> Self {
        // y holds copies of x_j: their gradients add up
        let shape = shape.into();
        if shape == self.shape() {
            return self;
        }
        let value = self.read().expand(shape);
        self.tape.operation("expand", [self], value, |[x], _, g| [Some(g.sum_to(x.shape()))])
    }

    /// The largest element along one axis, which is dropped, or NaN where there is one. The first
    /// of several equal ones, or the first NaN, receives the gradient.
    #[track_caller]
    pub fn max_axis(self, axis: isize) -> Self {
        // [.., n, ..] → [.., ..]
        // the gradient goes to the element that was taken, 0 to the others
        let value = self.read().max_axis(axis);
        let axis = self.shape().axis(axis);
        self.tape.operation("max axis", [self], value, move |[x], _, g| {
            let taken = taken(&x.read(), axis);
            let (taken, zero) = (x.tape.constant(taken), x.tape.constant(Tensor::scalar(T::ZERO)));
            [Some(g.unsqueeze(axis as isize).select_by(taken, zero))]
        })
    }

    /// ln Σ exp(x) along one axis, which is dropped; no exp overflows on the way. It is −∞ where
    /// all x are, and there it has the slope 0; it is ∞ where one of them is.
    #[track_caller]
    pub fn log_sum_exp(self, axis: isize) -> Self {
        // [.., n, ..] → [.., ..]
        // y = ln Σⱼ exp(xⱼ): dy/dxⱼ = exp(xⱼ) / Σ = exp(xⱼ − y)
        let axis = self.shape().axis(axis) as isize;
        let value = self.read().log_sum_exp(axis);
        self.tape.operation("log sum exp", [self], value, move |[x], y, g| {
            let none = y.read().mask(|y| y == -T::INFINITY);
            let zero = x.tape.constant(Tensor::scalar(T::ZERO));
            let y = zero.select_by(x.tape.constant(none), y);
            [Some(g.unsqueeze(axis) * (x - y.unsqueeze(axis)).exp())]
        })
    }
}

/// 1 at the first largest element along `axis`, else 0.
fn taken<T: Scalar>(x: &Tensor<T>, axis: usize) -> Tensor<T> {
    let (_, size, inner) = x.shape().around(axis);
    let mut taken = Tensor::zeros(x.shape());
    let data = taken.data_mut();
    for (place, index) in x.argmax(axis as isize).into_iter().enumerate() {
        data[place / inner * size * inner + index * inner + place % inner] = T::ONE;
    }
    taken
}
