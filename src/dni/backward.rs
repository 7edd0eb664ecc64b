//! Gradients guessed: the interface that the paper is about (chapter 9).

use super::{Manager, Over, Synthesizer, UnidirectionalInterface, synthetic_gradient_updater};
use crate::tape::Var;
use crate::{Param, Scalar};

/// Guesses the gradient of what passes through it, so that the layers below can learn before
/// those above have finished: an update unlock.
pub struct BackwardInterface<S> {
    /// What it is built on: `send` and `receive`.
    pub messages: UnidirectionalInterface<S>,
}

impl<S: Synthesizer> BackwardInterface<S> {
    /// An interface with this synthesizer.
    pub fn new(synthesizer: S) -> Self {
        Self { messages: UnidirectionalInterface::new(synthesizer) }
    }

    /// With the squared error divided by this.
    pub fn over(mut self, over: Over) -> Self {
        self.messages.over = over;
        self
    }

    // ANCHOR: forward
    /// In training: goes back from the trigger with its guessed gradient, and gives a copy at
    /// which the true one will be intercepted. In evaluation: the trigger.
    #[track_caller]
    pub fn forward<'t>(
        &self,
        dni: &Manager<'t, S::Element>,
        trigger: Var<'t, S::Element>,
    ) -> Var<'t, S::Element> {
        if !dni.is_training() {
            return trigger;
        }
        self.backward(dni, trigger, S::Element::ONE);
        self.make_trigger(dni, trigger.detach())
    }

    /// Goes back from the trigger with `factor` times its guessed gradient. Nothing in evaluation.
    ///
    /// # Panics
    /// If the trigger depends on no leaf.
    #[track_caller]
    pub fn backward<'t>(
        &self,
        dni: &Manager<'t, S::Element>,
        trigger: Var<'t, S::Element>,
        factor: S::Element,
    ) {
        if dni.is_training() {
            let guess = self.messages.receive(dni, trigger).value();
            dni.backward_from(
                trigger,
                if factor == S::Element::ONE { guess } else { guess * factor },
            );
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
        &self,
        dni: &Manager<'t, S::Element>,
        trigger: Var<'t, S::Element>,
    ) -> Var<'t, S::Element> {
        if !dni.is_training() {
            return trigger;
        }
        let guess = self.messages.synthesizer.synthesize(trigger.detach(), dni.context());
        synthetic_gradient_updater(trigger, guess, self.messages.over)
    }
    // ANCHOR_END: forward

    /// The synthesizer's parameters.
    pub fn params_mut(&mut self) -> Vec<&mut Param<S::Element>> {
        self.messages.params_mut()
    }
}
