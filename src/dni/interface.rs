//! An interface between two parts of a net: it sends true messages and receives guessed ones
//! (chapter 9).

use super::{Manager, Over, Synthesizer};
use crate::tape::Var;
use crate::{Param, Scalar};
use std::marker::PhantomData;

/// A synthesizer at work: it learns from true messages and gives guessed ones. `M` says what the
/// messages are: [`Activations`], [`Gradients`], or anything.
#[derive(Debug)]
pub struct Interface<S, M = Anything> {
    /// What guesses.
    pub synthesizer: S,
    /// What its squared error is divided by.
    pub over: Over,
    messages: PhantomData<M>,
}

/// Messages of any kind.
#[derive(Debug)]
pub enum Anything {}

/// Messages that are a layer's inputs.
#[derive(Debug)]
pub enum Activations {}

/// Messages that are gradients of what passes through the interface.
#[derive(Debug)]
pub enum Gradients {}

/// Sends and receives messages of any kind.
pub type UnidirectionalInterface<S> = Interface<S>;

/// Guesses a layer's input, so that it can start before the layers below have finished.
///
/// By itself it stops learning below, since no gradient goes back through it: to have both, use
/// [`BidirectionalInterface`](super::BidirectionalInterface).
pub type ForwardInterface<S> = Interface<S, Activations>;

/// Guesses the gradient of what passes through it, so that the layers below can learn before those
/// above have finished. The paper calls that an update unlock.
pub type BackwardInterface<S> = Interface<S, Gradients>;

impl<S: Synthesizer, M> Interface<S, M> {
    /// An interface with this synthesizer, its error averaged over samples along the first axis.
    pub fn new(synthesizer: S) -> Self {
        Self { synthesizer, over: Over::default(), messages: PhantomData }
    }

    /// With the squared error divided by this.
    #[must_use]
    pub fn over(self, over: Over) -> Self {
        Self { over, ..self }
    }

    // ANCHOR: unidirectional
    /// A guessed message. No gradient goes back through it.
    #[track_caller]
    pub fn receive<'t>(
        &mut self,
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
        &mut self,
        dni: &Manager<'t, S::Element>,
        message: Var<'t, S::Element>,
        trigger: Var<'t, S::Element>,
    ) {
        let _received = self.exchange(dni, message, trigger);
    }

    /// Both at once, by one guess: teaches the synthesizer the true message, and gives the guessed
    /// one.
    ///
    /// # Panics
    /// If the message does not have the shape of what is guessed.
    #[track_caller]
    pub fn exchange<'t>(
        &mut self,
        dni: &Manager<'t, S::Element>,
        message: Var<'t, S::Element>,
        trigger: Var<'t, S::Element>,
    ) -> Var<'t, S::Element> {
        let guess = self.synthesizer.synthesize(trigger.detach(), dni.context());
        let received = guess.detach();
        let count = S::Element::from_f64(self.over.count(message.shape()) as f64);
        dni.backward(guess.mse_sum(message.detach()) / count);
        received
    }
    // ANCHOR_END: unidirectional

    /// The synthesizer's parameters.
    pub fn params_mut(&mut self) -> Vec<&mut Param<S::Element>> {
        self.synthesizer.params_mut()
    }
}
