//! Smooth functions, element by element: exp, ln, √, tanh, the sigmoid.

use crate::Scalar;
use crate::tape::list::Var;

impl<T: Scalar> Var<'_, T> {
    // ANCHOR: exp
    /// eˣ of every element.
    #[track_caller]
    pub fn exp(self) -> Self {
        // any shape
        // y = eˣ: dy/dx = y
        let value = self.read().exp();
        self.tape.operation("exp", [self], value, |[_], y, g| [Some(g * y)])
    }
    // ANCHOR_END: exp

    /// The natural logarithm of every element. At 0 the slope is infinite; where no gradient
    /// arrives none goes on, even there.
    #[track_caller]
    pub fn ln(self) -> Self {
        // any shape
        // y = ln x: dy/dx = 1/x
        let value = self.read().ln();
        self.tape.operation("ln", [self], value, |[x], _, g| [Some(g.over_or_zero(x))])
    }

    /// √x of every element. At 0 the slope is infinite; where no gradient arrives none goes on,
    /// even there.
    ///
    /// ```
    /// use longhand::{Tape, Tensor};
    /// let tape = Tape::<f64>::new();
    /// let x = tape.leaf(Tensor::vector(&[0.0, 4.0]));
    /// let y = x.sqrt().maximum(tape.constant(Tensor::scalar(1.0)));
    /// assert_eq!(y.sum().backward()[x].data(), [0.0, 0.25]);
    /// ```
    #[track_caller]
    pub fn sqrt(self) -> Self {
        // any shape
        // y = √x: dy/dx = 1/(2y)
        let value = self.read().sqrt();
        self.tape.operation("sqrt", [self], value, |[_], y, g| [Some(g.over_or_zero(y + y))])
    }

    // ANCHOR: tanh
    /// The hyperbolic tangent of every element.
    #[track_caller]
    pub fn tanh(self) -> Self {
        // any shape
        // y = tanh x: dy/dx = 1 − y²
        let value = self.read().tanh();
        self.tape.operation("tanh", [self], value, |[_], y, g| {
            [Some(g * (y * y).subtracted_from(T::ONE))]
        })
    }
    // ANCHOR_END: tanh

    /// 1 / (1 + e⁻ˣ) of every element.
    #[track_caller]
    pub fn sigmoid(self) -> Self {
        // any shape
        // y = 1 / (1 + e⁻ˣ): dy/dx = e⁻ˣ / (1 + e⁻ˣ)² = y·(1 − y)
        let value = self.read().sigmoid();
        self.tape.operation("sigmoid", [self], value, |[_], y, g| {
            [Some(g * (y * y.subtracted_from(T::ONE)))]
        })
    }
}
