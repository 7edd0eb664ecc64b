//! Which entries a pass for chosen inputs goes through: those on a path from a root to one of
//! them (chapter 5).

use super::root::{Root, end};
use crate::Scalar;
use crate::tape::entry::{Entry, Reach};
use crate::tape::list::{Tape, Var};

/// For each entry up to the last root, whether one of `targets` went into it. One walk forwards.
#[track_caller]
pub(super) fn reach<T: Scalar>(
    tape: &Tape<T>,
    roots: &[Root<T>],
    targets: &[Var<T>],
) -> Vec<Reach> {
    let end = end(roots);
    let mut reach = vec![Reach::Unreachable; end];
    let mut first = end;
    for target in targets {
        assert!(std::ptr::eq(target.tape, tape), "a gradient for a variable of another tape");
        if target.index < end {
            reach[target.index] = Reach::Target;
            first = first.min(target.index);
        }
    }
    let entries = tape.entries.borrow();
    for index in first..end {
        let mut inputs = entries[index].inputs.iter();
        if reach[index] == Reach::Unreachable
            && inputs.any(|input| reach[input] != Reach::Unreachable)
        {
            reach[index] = Reach::OnPath;
        }
    }
    reach
}

/// The reach of each entry, on the tape for pullbacks to see while a pass is under way; what was
/// there before is put back at the end, even by a panic.
pub(super) struct ReachGuard<'t, T: Scalar> {
    tape: &'t Tape<T>,
    /// That of the pass in whose pullback this one is made.
    outer: Vec<Reach>,
    /// Whether this is a pass for chosen inputs.
    chosen: bool,
}

impl<'t, T: Scalar> ReachGuard<'t, T> {
    /// Puts it on the tape; empty means a pass to all leaves.
    pub(super) fn enter(tape: &'t Tape<T>, reach: Vec<Reach>) -> Self {
        let chosen = !reach.is_empty();
        Self { tape, outer: tape.reach.replace(reach), chosen }
    }

    /// Whether an entry is one of the chosen inputs.
    pub(super) fn is_target(&self, index: usize) -> bool {
        self.chosen && self.tape.reach.borrow()[index] == Reach::Target
    }

    /// Whether no chosen input went into this entry.
    pub(super) fn ends_at(&self, entry: &Entry<T>) -> bool {
        self.chosen && {
            let reach = self.tape.reach.borrow();
            entry.inputs.iter().all(|input| reach[input] == Reach::Unreachable)
        }
    }
}

impl<T: Scalar> Drop for ReachGuard<'_, T> {
    fn drop(&mut self) {
        self.tape.reach.replace(std::mem::take(&mut self.outer));
    }
}
