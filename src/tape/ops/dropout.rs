//! Dropout (chapter 6).

use crate::tape::list::Var;
use crate::{Rng, Scalar, Tensor};

impl<T: Scalar> Var<'_, T> {
    // ANCHOR: dropout
    /// Sets each element to 0 with chance `p` and divides the others by 1 − p. The mask comes
    /// from `rng` and is a constant.
    ///
    /// ```
    /// use longhand::{Rng, Tape, Tensor};
    /// let tape = Tape::<f64>::new();
    /// let x = tape.leaf(Tensor::ones([8]));
    /// let y = x.dropout(0.5, &mut Rng::new(0));
    /// let value = y.value();
    /// assert!(value.data().iter().all(|&y| y == 0.0 || y == 2.0));
    /// assert_eq!(y.sum().grad([x]), [value]);
    /// ```
    ///
    /// # Panics
    /// Unless 0 ≤ p < 1.
    #[track_caller]
    pub fn dropout(self, p: f64, rng: &mut Rng) -> Self {
        // any shape
        // y = x·mask: the gradient passes through the same mask
        let mask = Tensor::dropout_mask(self.shape(), p, rng);
        self * self.tape.constant(mask)
    }
    // ANCHOR_END: dropout
}
