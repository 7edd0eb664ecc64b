//! The backward pass, plainly: what the engine computes, without its care for speed (chapter 5).
//!
//! It is the oracle that the tests hold the engine to, bit for bit.
//!
//! ```
//! use longhand::tape::reference::backward;
//! use longhand::{Tape, Tensor};
//! let tape = Tape::<f64>::new();
//! let (a, b) = (tape.leaf(Tensor::scalar(2.0)), tape.leaf(Tensor::scalar(3.0)));
//! let d = a * b + a;
//! let mut gradients = Vec::new();
//! backward(&tape, &[(d * d, Tensor::scalar(1.0))], false, |leaf, gradient| {
//!     gradients.push((leaf.index(), gradient.item()));
//! });
//! assert_eq!(gradients, [(1, 32.0), (0, 64.0)]); // the last leaf first
//! ```

use crate::tape::entry::Rule;
use crate::tape::list::{Tape, Var};
use crate::{Scalar, Tensor};

// ANCHOR: backward
/// Goes back from these outputs, each with the gradient that it is given, and hands over the
/// gradient of every leaf as soon as it is complete.
///
/// # Panics
/// If an entry on the way is freed.
#[track_caller]
pub fn backward<'t, T: Scalar>(
    tape: &'t Tape<T>,
    roots: &[(Var<'t, T>, Tensor<T>)],
    retain_graph: bool,
    mut arrived: impl FnMut(Var<'t, T>, Tensor<T>),
) {
    // For each entry the sum of what has arrived there so far.
    let mut pending: Vec<Option<Tensor<T>>> = vec![None; tape.len()];
    for (output, gradient) in roots {
        add(&mut pending[output.index()], gradient.clone());
    }
    for index in (0..pending.len()).rev() {
        let Some(gradient) = pending[index].take() else { continue };
        let output = Var { tape, index };
        match tape.take_rule(index) {
            Rule::Operation(pullback) => {
                let inputs = tape.inputs(index);
                let mut given = vec![None; inputs.len()];

                let length = tape.len();
                let upstream = tape.constant(gradient);
                tape.no_record(|| pullback.pull(&inputs, output, upstream, &mut given));
                for (input, given) in inputs.iter().zip(given) {
                    given.into_iter().for_each(|g| add(&mut pending[input.index()], g.value()));
                }
                tape.truncate(length);

                match retain_graph {
                    true => tape.put_back(index, Rule::Operation(pullback)),
                    false => tape.free(index),
                }
            }
            Rule::Freed => {
                panic!("an earlier pass has freed entry {index}: it was to retain_graph")
            }
            leaf_or_constant => {
                if matches!(leaf_or_constant, Rule::Leaf | Rule::Param(_)) {
                    arrived(output, gradient);
                }
                tape.put_back(index, leaf_or_constant);
            }
        }
    }
}

/// What has arrived before, and this.
fn add<T: Scalar>(sum: &mut Option<Tensor<T>>, more: Tensor<T>) {
    *sum = Some(match sum.take() {
        Some(earlier) => earlier + more,
        None => more,
    });
}
// ANCHOR_END: backward

/// What the pass does to the list.
impl<T: Scalar> Tape<T> {
    /// The rule of an entry, out of the list: the list grows while a pullback works, and cannot be
    /// borrowed meanwhile.
    fn take_rule(&self, index: usize) -> Rule<T> {
        std::mem::replace(&mut self.entries.borrow_mut()[index].rule, Rule::Freed)
    }

    fn put_back(&self, index: usize, rule: Rule<T>) {
        self.entries.borrow_mut()[index].rule = rule;
    }

    /// Lets go of an entry's value. Its rule is gone already.
    fn free(&self, index: usize) {
        self.entries.borrow_mut()[index].held.free();
    }

    fn inputs(&self, index: usize) -> Vec<Var<'_, T>> {
        self.entries.borrow()[index].inputs.iter().map(|index| Var { tape: self, index }).collect()
    }

    /// Cuts off what stands from `length` on.
    fn truncate(&self, length: usize) {
        self.entries.borrow_mut().truncate(length);
    }
}
