//! The reverse sweep: the chain rule, from the end of the list to its beginning (chapter 5).

use super::entry::{Entry, FEW, Inputs, Rule};
use super::ground::Ground;
use super::{Sweep, Tape, Var};
use crate::Scalar;
use crate::param::ParamId;

/// What an entry is to a sweep for chosen inputs.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Role {
    /// No chosen input went into it.
    Off,
    /// One did.
    Way,
    /// Chosen.
    Target,
}

/// Which entries lie between the chosen inputs and the roots.
#[track_caller]
pub(super) fn roles<T: Scalar>(sweep: &Sweep<T>, inputs: &[Var<T>]) -> Vec<Role> {
    let entries = sweep.tape.entries.borrow();
    let end = sweep.roots.iter().map(|(root, _)| root.index + 1).max().unwrap_or(0);
    let mut roles = vec![Role::Off; end];
    let mut first = end;
    for input in inputs {
        assert!(std::ptr::eq(input.tape, sweep.tape), "a gradient for a variable of another tape");
        if input.index < end {
            roles[input.index] = Role::Target;
            first = first.min(input.index);
        }
    }
    for index in first..end {
        let mut inputs = entries[index].inputs.iter();
        if roles[index] == Role::Off && inputs.any(|input| roles[input] != Role::Off) {
            roles[index] = Role::Way;
        }
    }
    roles
}

/// The gradients that are on their way, by the number of the entry they have got to.
struct Pending<G> {
    slots: Vec<Option<G>>,
    waiting: usize,
    /// No entry from here on waits for anything.
    end: usize,
    /// What one pullback has just given, and to which entries.
    given: Vec<(usize, G)>,
}

impl<G> Pending<G> {
    fn add(&mut self, index: usize, gradient: G, sum: impl FnOnce(G, G) -> G) {
        let slot = &mut self.slots[index];
        *slot = Some(match slot.take() {
            Some(earlier) => sum(earlier, gradient),
            None => {
                self.waiting += 1;
                gradient
            }
        });
    }

    /// Sends what a pullback has given on its way.
    fn settle(&mut self, sum: impl Fn(G, G) -> G) {
        let mut given = std::mem::take(&mut self.given);
        given.drain(..).for_each(|(index, gradient)| self.add(index, gradient, &sum));
        self.given = given;
    }

    /// The one that has got to the last entry.
    fn next(&mut self) -> Option<(usize, G)> {
        if self.waiting == 0 {
            return None;
        }
        loop {
            self.end -= 1;
            if let Some(gradient) = self.slots[self.end].take() {
                self.waiting -= 1;
                return Some((self.end, gradient));
            }
        }
    }
}

// ANCHOR: walk
/// Walks the list backwards from the last root, for as long as any gradient is on its way. Hands
/// over those that have `arrived`: at leaves, or at the targets where `roles` names any.
#[track_caller]
pub(super) fn walk<'t, T: Scalar, G: Ground<'t, T>>(
    sweep: Sweep<'t, T>,
    roles: Vec<Role>,
    mut arrived: impl FnMut(usize, Option<ParamId>, G::Gradient),
) {
    let Sweep { tape, roots, retain } = sweep;
    let end = roots.iter().map(|(root, _)| root.index + 1).max().unwrap_or(0);
    let mut pending = Pending { slots: G::slots(tape, end), waiting: 0, end, given: Vec::new() };
    let mut outputs = Vec::with_capacity(roots.len());
    for (root, upstream) in roots {
        outputs.push((root.index, tape.entries.borrow()[root.index].held.clone()));
        if roles.is_empty() || roles[root.index] != Role::Off {
            pending.add(root.index, G::start(tape, upstream), G::add);
        }
    }
    let way = Way::enter(tape, roles);
    while let Some((index, gradient)) = pending.next() {
        // Whatever was computed from this entry stands further down the list and has been
        // passed: its gradient is complete.
        if way.role(index) == Some(Role::Target) {
            arrived(index, None, gradient.clone());
        }
        let mut entries = tape.entries.borrow_mut();
        let entry = &mut entries[index];
        if way.ends_at(entry) {
            continue;
        }
        match entry.rule {
            Rule::Constant => {}
            Rule::Leaf => {
                drop(entries);
                arrived(index, None, gradient);
            }
            Rule::Param(id) => {
                if !retain {
                    entry.held.spend();
                }
                drop(entries);
                arrived(index, Some(id), gradient);
            }
            Rule::Spent => panic!(
                "a second backward pass through {}: the first has spent it, unless it is told to \
                 retain() what it passes",
                entry.describe(index)
            ),
            Rule::Operation(_) => {
                drop(entries);
                let mut lent = Lent::take(tape, index);
                lent.pull::<G>(gradient, &mut pending);
                lent.spend = !retain;
            }
        }
    }
    drop(way);
    G::put_back(tape, pending.slots);
    // The outputs are what the caller asked about: their values can still be read.
    for (index, held) in outputs {
        tape.entries.borrow_mut()[index].held = held;
    }
}
// ANCHOR_END: walk

/// The pullback of an entry, taken out of the list: the list grows while a pullback works, and
/// cannot be borrowed meanwhile. It is put back at the end, by a panic too, or spent.
struct Lent<'t, T: Scalar> {
    output: Var<'t, T>,
    inputs: Inputs,
    rule: Rule<T>,
    spend: bool,
}

impl<'t, T: Scalar> Lent<'t, T> {
    fn take(tape: &'t Tape<T>, index: usize) -> Self {
        let entry = &mut tape.entries.borrow_mut()[index];
        let inputs = std::mem::replace(&mut entry.inputs, Inputs::NONE);
        let rule = std::mem::replace(&mut entry.rule, Rule::Spent);
        Self { output: Var { tape, index }, inputs, rule, spend: false }
    }

    // ANCHOR: pull
    /// Calls the pullback, and adds what it gives to what its inputs have received already.
    #[track_caller]
    fn pull<G: Ground<'t, T>>(&self, gradient: G::Gradient, pending: &mut Pending<G::Gradient>) {
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

        let scratch = tape.len();
        let upstream = G::lift(tape, gradient);
        tape.with_recording(G::RECORDED, || pullback.pull(inputs, output, upstream, given));
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
            if input.is_wanted() {
                pending.given.push((input.index, G::take(given, input)));
            }
        }
        if !G::RECORDED {
            tape.entries.borrow_mut().truncate(scratch);
        }
        tape.with_recording(G::RECORDED, || pending.settle(G::add));
    }
    // ANCHOR_END: pull
}

impl<T: Scalar> Drop for Lent<'_, T> {
    fn drop(&mut self) {
        let entry = &mut self.output.tape.entries.borrow_mut()[self.output.index];
        entry.inputs = std::mem::replace(&mut self.inputs, Inputs::NONE);
        match self.spend {
            true => entry.held.spend(),
            false => entry.rule = std::mem::replace(&mut self.rule, Rule::Spent),
        }
    }
}

/// The roles of a sweep, on the tape for its pullbacks to see; taken off it again at the end,
/// even by a panic.
struct Way<'t, T: Scalar> {
    tape: &'t Tape<T>,
    outer: Vec<Role>,
    chosen: bool,
}

impl<'t, T: Scalar> Way<'t, T> {
    fn enter(tape: &'t Tape<T>, roles: Vec<Role>) -> Self {
        let chosen = !roles.is_empty();
        Self { tape, outer: tape.roles.replace(roles), chosen }
    }

    /// The role of an entry, where some are chosen.
    fn role(&self, index: usize) -> Option<Role> {
        self.chosen.then(|| self.tape.roles.borrow()[index])
    }

    /// Whether no chosen input went into this entry.
    fn ends_at(&self, entry: &Entry<T>) -> bool {
        self.chosen && {
            let roles = self.tape.roles.borrow();
            entry.inputs.iter().all(|input| roles[input] == Role::Off)
        }
    }
}

impl<T: Scalar> Drop for Way<'_, T> {
    fn drop(&mut self) {
        self.tape.roles.replace(std::mem::take(&mut self.outer));
    }
}
