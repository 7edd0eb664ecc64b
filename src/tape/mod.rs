//! The tape: write only the forward pass, and the gradients follow (chapter 5).
//!
//! A [`Tape`] is a list. Every operation on its variables adds one entry: the value, the entries
//! it was computed from, and a *pullback*, which turns the gradient of the output into gradients
//! of the inputs. Walking the list backwards, pullback by pullback, is the chain rule. Nothing
//! is sorted and nothing is recursive: the list is in the order of computation already.
//!
//! ```
//! use longhand::{Tape, Tensor};
//! let tape = Tape::<f64>::new();
//! let x = tape.leaf(Tensor::vector(&[1.0, 2.0, 3.0]));
//! let y = (x * x + 3.0 * x).sum();
//! assert_eq!(y.value().item(), 32.0);
//! let gradients = y.backward();
//! assert_eq!(gradients[x].data(), [5.0, 7.0, 9.0]); // 2x + 3
//! ```
//!
//! A pullback is itself written in variables. So it matters where its operations are recorded:
//!
//! - thrown away at once: [`Var::backward`] and [`Var::grad`] give tensors. This is ordinary
//!   training;
//! - kept on the tape: [`Var::grad_create_graph`] gives variables, which can be used in further
//!   formulas and differentiated again, as often as one likes.
//!
//! ```
//! # use longhand::{Tape, Tensor};
//! let tape = Tape::<f64>::new();
//! let x = tape.leaf(Tensor::scalar(2.0));
//! let y = x.powi(4);
//! let [first] = y.grad_create_graph([x]);
//! let [second] = first.grad_create_graph([x]);
//! let [third] = second.grad([x]);
//! assert_eq!((first.value().item(), second.value().item(), third.item()), (32.0, 48.0, 48.0));
//! ```
//!
//! [`Tape::operation`] records an operation of your own; every operation here is made with it.
//! [`gradcheck`] and [`gradgradcheck`] hold derivatives against finite differences.

mod backward;
mod check;
mod entry;
mod gradients;
mod ops;
mod record;
mod show;
mod var;

use crate::param::ParamId;
use crate::{Param, Scalar, Tensor};
use entry::{Entry, Held, Inputs, Reach, Rule};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};

pub use backward::{BackwardPass, Upstream};
pub use check::{Check, Finding, Report, gradcheck, gradgradcheck};
pub use gradients::Gradients;
pub use ops::{concat, stack};

// ANCHOR: tape
/// A list of what was computed, in the order in which it was.
pub struct Tape<T: Scalar = f32> {
    entries: RefCell<Vec<Entry<T>>>,
    /// The leaf of each parameter.
    params: RefCell<HashMap<ParamId, usize>>,
    /// Whether operations keep a way back.
    recording: Cell<bool>,
    /// What each entry is to a backward pass for chosen inputs; empty in any other pass.
    reach: RefCell<Vec<Reach>>,
    /// The places for a backward pass's gradients, kept for their memory: empty between passes.
    pending: RefCell<Vec<Option<Tensor<T>>>>,
    /// Tells this list from others, and from itself before it was cleared.
    id: u64,
}

/// A value on a tape: the tape, and the number of its entry.
#[derive(Clone, Copy)]
pub struct Var<'t, T: Scalar = f32> {
    tape: &'t Tape<T>,
    index: usize,
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
    pub fn len(&self) -> usize {
        self.entries.borrow().len()
    }

    /// Whether nothing is recorded.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    // ANCHOR: leaves
    /// A value to be differentiated with respect to.
    #[track_caller]
    pub fn leaf(&self, value: Tensor<T>) -> Var<'_, T> {
        self.push("leaf", Inputs::NONE, value, Rule::Leaf, 0)
    }

    /// A value that no gradient is wanted for, such as a batch of images.
    #[track_caller]
    pub fn constant(&self, value: Tensor<T>) -> Var<'_, T> {
        self.push("constant", Inputs::NONE, value, Rule::Constant, 0)
    }

    /// The leaf of a parameter, made when it is first asked for. It shares the parameter's
    /// memory; nothing is copied.
    ///
    /// A parameter that has been changed since, or whose leaf is freed, gets a new one.
    #[track_caller]
    pub fn param(&self, param: &Param<T>) -> Var<'_, T> {
        let known = self.params.borrow().get(&param.id()).copied();
        if let Some(index) = known
            && let Held::Value(value) = &self.entries.borrow()[index].held
            && value.shares_memory_with(&param.value)
        {
            return Var { tape: self, index };
        }
        let rule = Rule::Param(param.id());
        let leaf = self.push(param.name, Inputs::NONE, param.value.clone(), rule, 0);
        self.params.borrow_mut().insert(param.id(), leaf.index);
        leaf
    }
    // ANCHOR_END: leaves
}
