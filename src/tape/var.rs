//! Variables: what can be asked of a value on a tape (chapter 5).

use super::entry::{Inputs, Reach, Rule};
use super::list::{Tape, Var};
use crate::tensor::Shape;
use crate::{Scalar, Tensor};
use std::cell::Ref;

impl<'t, T: Scalar> Var<'t, T> {
    /// The tape it is on.
    #[must_use]
    pub fn tape(self) -> &'t Tape<T> {
        self.tape
    }

    /// The number of its entry, as a printed tape shows it.
    #[must_use]
    pub fn index(self) -> usize {
        self.index
    }

    /// The value; it shares the tape's memory.
    ///
    /// # Panics
    /// If a backward pass has been through it and let it go.
    #[track_caller]
    #[must_use]
    pub fn value(self) -> Tensor<T> {
        self.read().clone()
    }

    /// The value where it lies. Nothing can be recorded while the borrow lasts.
    #[track_caller]
    pub(super) fn read(self) -> Ref<'t, Tensor<T>> {
        let entry = Ref::map(self.tape.entries.borrow(), |entries| &entries[self.index]);
        // Not in a closure: there the caller's line would be lost.
        entry.value(self.index);
        Ref::map(entry, |entry| entry.value(self.index))
    }

    /// The shape of its value; known even when the value is freed.
    #[must_use]
    pub fn shape(self) -> Shape {
        self.tape.entries.borrow()[self.index].held.shape()
    }

    /// Whether anything that it was computed from wants a gradient.
    #[must_use]
    pub fn needs_grad(self) -> bool {
        self.tape.entries.borrow()[self.index].needs_grad()
    }

    /// Whether it is the leaf of a parameter.
    pub(super) fn is_param(self) -> bool {
        matches!(self.tape.entries.borrow()[self.index].rule, Rule::Param(_))
    }

    /// The same value as a constant: no gradient goes back through it.
    #[track_caller]
    pub fn detach(self) -> Self {
        let value = self.value();
        self.tape.push("detach", Inputs::NONE, value, Rule::Constant)
    }

    /// For pullbacks: the gradient for this input, computed only if the backward pass has a use
    /// for it.
    pub fn grad_if_needed(self, gradient: impl FnOnce() -> Self) -> Option<Self> {
        self.grad_is_needed().then(gradient)
    }

    /// Whether the backward pass under way has a use for a gradient of this.
    pub(super) fn grad_is_needed(self) -> bool {
        match self.tape.reach.borrow().get(self.index) {
            Some(reach) => *reach != Reach::Unreachable,
            None => self.needs_grad(),
        }
    }
}
