//! Activations and their gradients guessed: nobody waits for anybody (chapter 9).

use super::{BackwardInterface, ForwardInterface, Manager, Synthesizer};
use crate::tape::Var;
use crate::{Param, Scalar};

/// Guesses both what passes through it and the gradient of that. The paper calls it a full unlock:
/// neither part waits for the other.
#[derive(Debug)]
pub struct BidirectionalInterface<F, B> {
    /// Guesses the activations.
    pub forward_interface: ForwardInterface<F>,
    /// Guesses their gradients.
    pub backward_interface: BackwardInterface<B>,
}

impl<F: Synthesizer, B: Synthesizer<Element = F::Element>> BidirectionalInterface<F, B> {
    /// An interface with these synthesizers: one for activations, one for gradients.
    pub fn new(forward_synthesizer: F, backward_synthesizer: B) -> Self {
        Self {
            forward_interface: ForwardInterface::new(forward_synthesizer),
            backward_interface: BackwardInterface::new(backward_synthesizer),
        }
    }

    // ANCHOR: bidirectional
    /// In training: what [`send`](Self::send) and [`receive`](Self::receive) do, with one guess of
    /// the message for both. In evaluation: the message.
    #[track_caller]
    pub fn forward<'t>(
        &mut self,
        dni: &Manager<'t, F::Element>,
        message: Var<'t, F::Element>,
        trigger: Var<'t, F::Element>,
    ) -> Var<'t, F::Element> {
        let received = self.forward_interface.forward(dni, message, trigger);
        self.backward_interface.backward(dni, message, F::Element::ONE);
        self.backward_interface.make_trigger(dni, received)
    }

    /// What the part below does: teaches the forward synthesizer its true message, and goes back
    /// from the message with a guessed gradient.
    #[track_caller]
    pub fn send<'t>(
        &mut self,
        dni: &Manager<'t, F::Element>,
        message: Var<'t, F::Element>,
        trigger: Var<'t, F::Element>,
    ) {
        self.forward_interface.send(dni, message, trigger);
        self.backward_interface.backward(dni, message, F::Element::ONE);
    }

    /// What the part above does: starts from a guessed message, and when the message's true
    /// gradient comes, teaches the backward synthesizer.
    #[track_caller]
    pub fn receive<'t>(
        &mut self,
        dni: &Manager<'t, F::Element>,
        trigger: Var<'t, F::Element>,
    ) -> Var<'t, F::Element> {
        let message = self.forward_interface.receive(dni, trigger);
        self.backward_interface.make_trigger(dni, message)
    }
    // ANCHOR_END: bidirectional

    /// The parameters of both synthesizers.
    pub fn params_mut(&mut self) -> Vec<&mut Param<F::Element>> {
        let mut params = self.forward_interface.params_mut();
        params.extend(self.backward_interface.params_mut());
        params
    }
}
