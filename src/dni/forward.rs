//! Activations guessed (chapter 9).

use super::{ForwardInterface, Manager, Synthesizer};
use crate::tape::Var;

impl<S: Synthesizer> ForwardInterface<S> {
    /// In training: teaches the synthesizer the true message, and gives the guessed one. In
    /// evaluation: the message.
    #[track_caller]
    pub fn forward<'t>(
        &mut self,
        dni: &Manager<'t, S::Element>,
        message: Var<'t, S::Element>,
        trigger: Var<'t, S::Element>,
    ) -> Var<'t, S::Element> {
        dni.in_training(message, || self.exchange(dni, message, trigger))
    }
}
