//! The list itself: what a tape holds, and what a variable is (chapter 5).

use super::entry::{Entry, Held, Inputs, Reach, Rule};
use crate::param::PerParam;
use crate::{Param, Scalar, Tensor};
use std::cell::{Cell, RefCell};
use std::sync::atomic::{AtomicU64, Ordering};

// ANCHOR: tape
/// A list of what was computed, in the order in which it was.
pub struct Tape<T: Scalar = f32> {
    /// One entry for each value.
    pub(super) entries: RefCell<Vec<Entry<T>>>,
    /// The number of each parameter's leaf.
    params: RefCell<PerParam<usize>>,
    /// Whether operations record pullbacks.
    pub(super) recording: Cell<bool>,
    /// What each entry is to a backward pass for chosen inputs; empty in any other pass.
    pub(super) reach: RefCell<Vec<Reach>>,
    /// The places for a backward pass's gradients, kept for their memory: empty between passes.
    pub(super) pending: RefCell<Vec<Option<Tensor<T>>>>,
    /// Tells this list from others, and from itself before it was cleared.
    pub(super) id: u64,
}

/// A value on a tape: the tape, and the number of its entry.
#[derive(Clone, Copy)]
#[must_use = "a variable is computed to be used in further formulas"]
pub struct Var<'t, T: Scalar = f32> {
    /// The tape that it is on.
    pub(super) tape: &'t Tape<T>,
    /// The number of its entry.
    pub(super) index: usize,
}
// ANCHOR_END: tape

fn fresh_id() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

impl<T: Scalar> Default for Tape<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Scalar> Tape<T> {
    /// An empty tape.
    #[must_use]
    pub fn new() -> Self {
        Self {
            entries: RefCell::default(),
            params: RefCell::default(),
            recording: Cell::new(true),
            reach: RefCell::default(),
            pending: RefCell::default(),
            id: fresh_id(),
        }
    }

    /// Empties the tape for the next step; the list keeps its memory.
    ///
    /// No variable can be left over: each borrows the tape, which is taken here by `&mut`.
    pub fn clear(&mut self) {
        self.entries.get_mut().clear();
        self.params.get_mut().clear();
        self.id = fresh_id();
    }

    /// The number of entries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.borrow().len()
    }

    /// Whether nothing is recorded.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    // ANCHOR: leaves
    /// A value to be differentiated with respect to.
    #[track_caller]
    pub fn leaf(&self, value: Tensor<T>) -> Var<'_, T> {
        self.push("leaf", Inputs::NONE, value, Rule::Leaf)
    }

    /// A value that no gradient is wanted for, such as a batch of images.
    #[track_caller]
    pub fn constant(&self, value: Tensor<T>) -> Var<'_, T> {
        self.push("constant", Inputs::NONE, value, Rule::Constant)
    }

    /// The leaf of a parameter, made when it is first asked for. It shares the parameter's
    /// memory; nothing is copied.
    ///
    /// A parameter whose value or shape has been changed since, or whose leaf is freed, gets a
    /// new one.
    #[track_caller]
    pub fn param(&self, param: &Param<T>) -> Var<'_, T> {
        let known = self.params.borrow().get(param.id()).copied();
        if let Some(index) = known
            && let Held::Value(value) = &self.entries.borrow()[index].held
            && value.shape() == param.value.shape()
            && value.shares_memory_with(&param.value)
        {
            return Var { tape: self, index };
        }
        let rule = Rule::Param(param.id());
        let leaf = self.push(param.name, Inputs::NONE, param.value.clone(), rule);
        self.params.borrow_mut().insert(param.id(), leaf.index);
        leaf
    }
    // ANCHOR_END: leaves
}
