//! Messages one way: send the true one, receive a guessed one (chapter 9).

use super::{Manager, Over, Synthesizer};
use crate::tape::Var;
use crate::{Param, Scalar};

/// A synthesizer at work: it learns from true messages and gives guessed ones. The interfaces
/// for activations and for gradients are both built on it.
pub struct UnidirectionalInterface<S> {
    /// What guesses.
    pub synthesizer: S,
    /// What its squared error is divided by.
    pub over: Over,
}

impl<S: Synthesizer> UnidirectionalInterface<S> {
    /// An interface with this synthesizer, its error averaged over samples along the first axis.
    pub fn new(synthesizer: S) -> Self {
        Self { synthesizer, over: Over::default() }
    }

    // ANCHOR: unidirectional
    /// A guessed message. No gradient goes back through it.
    #[track_caller]
    pub fn receive<'t>(
        &self,
        dni: &Manager<'t, S::Element>,
        trigger: Var<'t, S::Element>,
    ) -> Var<'t, S::Element> {
        dni.tape().no_record(|| self.synthesizer.synthesize(trigger, dni.context()))
    }

    /// Teaches the synthesizer that this message belongs to this trigger.
    ///
    /// # Panics
    /// If the message does not have the shape of what is guessed.
    #[track_caller]
    pub fn send<'t>(
        &self,
        dni: &Manager<'t, S::Element>,
        message: Var<'t, S::Element>,
        trigger: Var<'t, S::Element>,
    ) {
        let guess = self.synthesizer.synthesize(trigger.detach(), dni.context());
        let count = S::Element::from_f64(self.over.count(message.shape()) as f64);
        dni.backward(guess.mse_sum(message.detach()) / count);
    }
    // ANCHOR_END: unidirectional

    /// The synthesizer's parameters.
    pub fn params_mut(&mut self) -> Vec<&mut Param<S::Element>> {
        self.synthesizer.params_mut()
    }
}

/// Guesses a layer's input, so that it can start before the layers below have finished.
///
/// By itself it stops learning below, since no gradient goes back through it: to have both, use
/// [`BidirectionalInterface`](super::BidirectionalInterface).
pub struct ForwardInterface<S> {
    /// What it is built on: `send` and `receive`.
    pub messages: UnidirectionalInterface<S>,
}

impl<S: Synthesizer> ForwardInterface<S> {
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
    /// In training: teaches the synthesizer the true message, and gives the guessed one. In
    /// evaluation: the message.
    #[track_caller]
    pub fn forward<'t>(
        &self,
        dni: &Manager<'t, S::Element>,
        message: Var<'t, S::Element>,
        trigger: Var<'t, S::Element>,
    ) -> Var<'t, S::Element> {
        if !dni.is_training() {
            return message;
        }
        self.messages.send(dni, message, trigger);
        self.messages.receive(dni, trigger)
    }
    // ANCHOR_END: forward

    /// The synthesizer's parameters.
    pub fn params_mut(&mut self) -> Vec<&mut Param<S::Element>> {
        self.messages.params_mut()
    }
}
