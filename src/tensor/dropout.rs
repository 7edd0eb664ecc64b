//! What dropout multiplies by (chapter 6).

use super::{Shape, Tensor};
use crate::{Rng, Scalar};

impl<T: Scalar> Tensor<T> {
    // ANCHOR: dropout_mask
    /// Independent draws: 0 with chance `p`, else 1/(1 − p). Their mean is 1.
    ///
    /// Each takes one step of the generator, and the same seed drops the same places in `f32` and
    /// in `f64`.
    ///
    /// ```
    /// use longhand::{Rng, Tensor};
    /// let mask = Tensor::<f32>::dropout_mask([1000], 0.2, &mut Rng::new(0));
    /// assert!(mask.data().iter().all(|&x| x == 0.0 || x == 1.25));
    /// assert!((mask.mean() - 1.0).abs() < 0.05);
    /// ```
    ///
    /// # Panics
    /// Unless 0 ≤ p < 1.
    #[track_caller]
    pub fn dropout_mask(shape: impl Into<Shape>, p: f64, rng: &mut Rng) -> Self {
        check_probability(p);
        let kept = T::from_f64(1.0 / (1.0 - p));
        Self::build(shape, |out| {
            out.iter_mut().for_each(|x| {
                let dropped = rng.uniform::<f64>() < p;
                *x = if dropped { T::ZERO } else { kept };
            });
        })
    }
    // ANCHOR_END: dropout_mask
}

/// Panics unless dropout with this chance leaves something.
#[track_caller]
pub(crate) fn check_probability(p: f64) {
    if !(0.0..1.0).contains(&p) {
        panic!("dropout: a chance of {p}; expected at least 0 and less than 1");
    }
}
