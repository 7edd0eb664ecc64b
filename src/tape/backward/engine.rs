//! The backward engine: the chain rule, from the end of the list to its beginning (chapter 5).
//!
//! [`reference`](super::reference) is the same pass, plainly.

use super::mode::GradientMode;
use super::pending::Pending;
use super::reach::ReachGuard;
use super::root::{Root, end};
use crate::Scalar;
use crate::param::ParamId;
use crate::tape::entry::{FEW, Inputs, Reach, Rule};
use crate::tape::list::{Tape, Var};

/// Goes backwards through the list from the last root, for as long as any gradient is on its way.
/// `arrived` is called with each that is complete: at the leaves, or at the targets where `reach`
/// names any.
#[track_caller]
pub(super) fn run<'t, T: Scalar, M: GradientMode<'t, T>>(
    tape: &'t Tape<T>,
    roots: Vec<Root<'t, T>>,
    retain_graph: bool,
    reach: Vec<Reach>,
    mut arrived: impl FnMut(usize, Option<ParamId>, M::Gradient),
) {
    let end = end(&roots);
    let mut pending = Pending::new(M::slots(tape, end), end);
    let mut outputs = Vec::with_capacity(roots.len());
    for Root { output, gradient } in roots {
        outputs.push((output.index, tape.entries.borrow()[output.index].held.clone()));
        if reach.is_empty() || reach[output.index] != Reach::Unreachable {
            pending.add(output.index, M::start(tape, gradient), M::add);
        }
    }
    let guard = ReachGuard::enter(tape, reach);
    while let Some((index, gradient)) = pending.next() {
        // Whatever was computed from this entry stands further down the list and has been
        // passed: its gradient is complete.
        if guard.is_target(index) {
            arrived(index, None, gradient.clone());
        }
        let mut entries = tape.entries.borrow_mut();
        let entry = &mut entries[index];
        if guard.ends_at(entry) {
            continue;
        }
        match entry.rule {
            Rule::Constant => {}
            Rule::Leaf => {
                drop(entries);
                arrived(index, None, gradient);
            }
            Rule::Param(id) => {
                if !retain_graph {
                    entry.held.free();
                }
                drop(entries);
                arrived(index, Some(id), gradient);
            }
            Rule::Freed => freed(entry.describe(index)),
            Rule::Operation(_) => {
                drop(entries);
                let mut borrowed = BorrowedPullback::take(tape, index);
                borrowed.pull::<M>(gradient, &mut pending);
                borrowed.free = !retain_graph;
            }
        }
    }
    drop(guard);
    M::put_back(tape, pending.into_slots());
    // The outputs are what the caller asked about: their values can still be read.
    for (index, held) in outputs {
        tape.entries.borrow_mut()[index].held = held;
    }
}

#[track_caller]
fn freed(entry: impl std::fmt::Display) -> ! {
    panic!(
        "a second backward pass through {entry}, which the first has freed: the first can be told \
         to retain_graph()"
    );
}

/// The pullback of an entry, taken out of the list: the list grows while a pullback works, and
/// cannot be borrowed meanwhile. At the end it is put back, by a panic too, or freed together
/// with the entry's value.
struct BorrowedPullback<'t, T: Scalar> {
    output: Var<'t, T>,
    inputs: Inputs,
    rule: Rule<T>,
    free: bool,
}

impl<'t, T: Scalar> BorrowedPullback<'t, T> {
    fn take(tape: &'t Tape<T>, index: usize) -> Self {
        let entry = &mut tape.entries.borrow_mut()[index];
        let inputs = std::mem::replace(&mut entry.inputs, Inputs::NONE);
        let rule = std::mem::replace(&mut entry.rule, Rule::Freed);
        Self { output: Var { tape, index }, inputs, rule, free: false }
    }

    /// Calls the pullback, and adds what it gives to what its inputs have received already.
    #[track_caller]
    fn pull<M: GradientMode<'t, T>>(
        &self,
        gradient: M::Gradient,
        pending: &mut Pending<M::Gradient>,
    ) {
        let (output, Rule::Operation(pullback)) = (self.output, &self.rule) else { return };
        let tape = output.tape;
        let (mut few, mut given_few) = ([output; FEW], [None; FEW]);
        let (mut many, mut given_many) = (Vec::new(), Vec::new());
        let count = self.inputs.as_slice().len();
        let (inputs, given) = if count <= FEW {
            few.iter_mut().zip(self.inputs.iter()).for_each(|(var, index)| var.index = index);
            (&few[..count], &mut given_few[..count])
        } else {
            many.extend(self.inputs.iter().map(|index| Var { tape, index }));
            given_many.resize(count, None);
            (&many[..], &mut given_many[..])
        };

        let length = tape.len();
        let upstream = M::lift(tape, gradient);
        tape.with_recording(M::CREATE_GRAPH, || pullback.pull(inputs, output, upstream, given));
        for (number, (&input, given)) in inputs.iter().zip(given).enumerate() {
            let Some(given) = *given else { continue };
            let (found, expected) = (given.shape(), input.shape());
            if found != expected || !std::ptr::eq(given.tape, tape) {
                panic!(
                    "the pullback of {} gave a gradient of shape {found} for its input {number}, \
                     which has shape {expected}",
                    tape.entries.borrow()[output.index].describe(output.index)
                );
            }
            if input.grad_is_needed() {
                pending.give(input.index, M::take(given, input));
            }
        }
        if !M::CREATE_GRAPH {
            tape.entries.borrow_mut().truncate(length);
        }
        tape.with_recording(M::CREATE_GRAPH, || pending.settle(M::add));
    }
}

impl<T: Scalar> Drop for BorrowedPullback<'_, T> {
    fn drop(&mut self) {
        let entry = &mut self.output.tape.entries.borrow_mut()[self.output.index];
        entry.inputs = std::mem::replace(&mut self.inputs, Inputs::NONE);
        match self.free {
            true => entry.held.free(),
            false => entry.rule = std::mem::replace(&mut self.rule, Rule::Freed),
        }
    }
}
