//! The updater: an operation that changes nothing on the way there, and on the way back teaches
//! a synthesizer (chapter 9).

use crate::Scalar;
use crate::tape::Var;
use crate::tensor::Shape;

// ANCHOR: over
/// What the squared error of a synthesizer is divided by.
///
/// Every interface here takes the mean over the samples: the error of a sample is the squared
/// distance between what was guessed and what was true, as in the paper. `dni.py` does so for
/// gradients, and divides by all elements for activations.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Over {
    /// The samples, which lie along this axis. The state of a recurrent net is often
    /// (layers, batch, features), and there it is 1.
    Samples {
        /// The axis, counted from 0.
        axis: usize,
    },
    /// All elements.
    Elements,
}

impl Over {
    /// By how much a message of this shape is divided.
    ///
    /// # Panics
    /// If it has no such axis.
    #[track_caller]
    #[must_use]
    pub fn count(self, shape: Shape) -> usize {
        match self {
            Over::Elements => shape.count(),
            Over::Samples { axis } => match shape.get(axis) {
                Some(&samples) => samples,
                None => panic!("samples along axis {axis} of a message of shape {shape}"),
            },
        }
    }
}
// ANCHOR_END: over

impl Default for Over {
    /// Samples along the first axis.
    fn default() -> Self {
        Over::Samples { axis: 0 }
    }
}

// ANCHOR: updater
/// The trigger, unchanged. When its true gradient comes back, the trigger receives it, and the
/// synthetic gradient s receives 2(s − true)/n: the slope of its squared error.
///
/// # Panics
/// If the shapes differ, or nothing in the synthetic gradient can learn.
#[track_caller]
pub fn synthetic_gradient_updater<'t, T: Scalar>(
    trigger: Var<'t, T>,
    synthetic: Var<'t, T>,
    over: Over,
) -> Var<'t, T> {
    // trigger and synthetic of one shape → the same shape
    // L_s = (1/n) Σ (s − g)²: dL_s/ds = 2(s − g)/n, where g is the gradient that arrives
    let scale = slope(trigger, synthetic, over);
    let value = trigger.value();
    trigger.tape().operation(
        "synthetic gradient updater",
        [trigger, synthetic],
        value,
        move |[trigger, s], _, g| {
            [trigger.grad_if_needed(|| g), s.grad_if_needed(|| (s - g) * scale)]
        },
    )
}
// ANCHOR_END: updater

/// 2/n, for a trigger and a synthetic gradient of one shape, in which something can learn.
#[track_caller]
pub(super) fn slope<'t, T: Scalar>(trigger: Var<'t, T>, synthetic: Var<'t, T>, over: Over) -> T {
    let (shape, found) = (trigger.shape(), synthetic.shape());
    if found != shape {
        panic!("a synthetic gradient of shape {found} for a trigger of shape {shape}");
    }
    if !synthetic.needs_grad() {
        panic!("the synthetic gradient depends on no parameter: nothing could learn from the true");
    }
    T::from_f64(2.0 / over.count(shape) as f64)
}
