//! Gradients guessed: the interface that the paper is about (chapter 9).

use super::{BackwardInterface, Manager, Synthesizer, synthetic_gradient_updater};
use crate::tape::Var;

impl<S: Synthesizer> BackwardInterface<S> {
    // ANCHOR: forward
    /// In training: goes back from the trigger with its guessed gradient, and gives a copy of it,
    /// at which the true gradient will be caught when it comes. In evaluation: the trigger.
    ///
    /// It guesses once. `dni.py` does so twice, once to use the guess and once to learn from its
    /// error: the same numbers, unless the synthesizer draws or keeps statistics.
    #[track_caller]
    pub fn forward<'t>(
        &mut self,
        dni: &Manager<'t, S::Element>,
        trigger: Var<'t, S::Element>,
    ) -> Var<'t, S::Element> {
        dni.in_training(trigger, || {
            let copy = trigger.detach();
            let guess = self.synthesizer.synthesize(copy, dni.context());
            dni.backward_from(trigger, guess.value());
            synthetic_gradient_updater(copy, guess, self.over)
        })
    }

    /// Goes back from the trigger with `factor` times its guessed gradient. Nothing in evaluation.
    ///
    /// # Panics
    /// If the trigger depends on no leaf.
    #[track_caller]
    pub fn backward<'t>(
        &mut self,
        dni: &Manager<'t, S::Element>,
        trigger: Var<'t, S::Element>,
        factor: S::Element,
    ) {
        if dni.is_training() {
            let guess = self.receive(dni, trigger).value();
            dni.backward_from(trigger, guess * factor);
        }
    }

    /// A copy of the trigger at which the true gradient teaches the synthesizer as it passes.
    /// The trigger itself in evaluation.
    ///
    /// The synthesizer sees the trigger detached. In `dni.py` it does not, and where a trigger has
    /// a history the synthesizer's error then goes back into the net as if it were a gradient of
    /// the loss.
    #[track_caller]
    pub fn make_trigger<'t>(
        &mut self,
        dni: &Manager<'t, S::Element>,
        trigger: Var<'t, S::Element>,
    ) -> Var<'t, S::Element> {
        dni.in_training(trigger, || {
            let guess = self.synthesizer.synthesize(trigger.detach(), dni.context());
            synthetic_gradient_updater(trigger, guess, self.over)
        })
    }
    // ANCHOR_END: forward
}
