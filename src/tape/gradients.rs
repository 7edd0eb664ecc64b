//! What a backward pass gives: gradients as values (chapter 5).

use super::entry::Rule;
use super::list::Var;
use crate::param::ParamId;
use crate::{Param, Scalar, Tensor};
use std::fmt;
use std::ops::Index;

// ANCHOR: gradients
/// The gradients of the leaves that one backward pass arrived at.
///
/// They are a value like any other. Two passes give two of them, and nothing is added up that
/// was not meant to be.
///
/// ```
/// use longhand::{Tape, Tensor};
/// let tape = Tape::<f32>::new();
/// let (x, y) = (tape.leaf(Tensor::scalar(3.0)), tape.leaf(Tensor::scalar(4.0)));
/// let gradients = (x * y).backward();
/// assert_eq!(gradients[x].item(), 4.0);
/// assert_eq!(gradients.get(y).unwrap().item(), 3.0);
/// ```
pub struct Gradients<T: Scalar = f32> {
    /// The id of the tape that they belong to.
    tape: u64,
    /// By parameter, in the order of their identities once the pass is over.
    params: Vec<(ParamId, Tensor<T>)>,
    /// By the number of the entry, the highest first.
    leaves: Vec<(usize, Tensor<T>)>,
}
// ANCHOR_END: gradients

impl<T: Scalar> Gradients<T> {
    pub(super) fn new(tape: u64) -> Self {
        Self { tape, params: Vec::new(), leaves: Vec::new() }
    }

    pub(super) fn add(&mut self, index: usize, param: Option<ParamId>, gradient: Tensor<T>) {
        match param {
            Some(id) => self.params.push((id, gradient)),
            None => self.leaves.push((index, gradient)),
        }
    }

    #[track_caller]
    pub(super) fn finish(mut self) -> Self {
        self.params.sort_by_key(|&(id, _)| id);
        // A parameter that was changed on the way has had two leaves.
        let mut params: Vec<(ParamId, Tensor<T>)> = Vec::with_capacity(self.params.len());
        for (id, more) in self.params {
            match params.last_mut() {
                Some((earlier, sum)) if *earlier == id => {
                    let (first, second) = (sum.shape(), more.shape());
                    if first != second {
                        panic!(
                            "a parameter was used with shapes {first} and {second} on one tape: \
                             its two gradients have no sum"
                        );
                    }
                    *sum += &more;
                }
                _ => params.push((id, more)),
            }
        }
        Self { params, ..self }
    }

    /// The gradient of a leaf, if the pass arrived at it.
    ///
    /// # Panics
    /// If the variable belongs to another tape, or to what the tape held before it was cleared.
    #[track_caller]
    #[must_use]
    pub fn get(&self, leaf: Var<T>) -> Option<&Tensor<T>> {
        if leaf.tape().id != self.tape {
            panic!("gradients of one tape asked for a variable of another");
        }
        if let Rule::Param(id) = leaf.tape().entries.borrow()[leaf.index].rule {
            return self.of_id(id);
        }
        let place = self.leaves.binary_search_by(|(index, _)| leaf.index.cmp(index)).ok()?;
        Some(&self.leaves[place].1)
    }

    /// The gradient of a parameter, if the pass arrived at it.
    #[must_use]
    pub fn of(&self, param: &Param<T>) -> Option<&Tensor<T>> {
        self.of_id(param.id())
    }

    fn of_id(&self, id: ParamId) -> Option<&Tensor<T>> {
        let place = self.params.binary_search_by_key(&id, |&(id, _)| id).ok()?;
        Some(&self.params[place].1)
    }

    /// Adds to each of these parameters its gradient, where there is one, for an optimizer to
    /// find. Nothing is copied: the gradients move.
    pub fn write_to<'p>(self, params: impl IntoIterator<Item = &'p mut Param<T>>) {
        let Self { params: gradients, .. } = self;
        let mut gradients: Vec<_> = gradients.into_iter().map(|(id, g)| (id, Some(g))).collect();
        for param in params {
            let place = gradients.binary_search_by_key(&param.id(), |&(id, _)| id);
            if let Some(gradient) = place.ok().and_then(|place| gradients[place].1.take()) {
                param.accumulate(gradient);
            }
        }
    }

    /// How many gradients there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.params.len() + self.leaves.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// `gradients[x]`
impl<T: Scalar> Index<Var<'_, T>> for Gradients<T> {
    type Output = Tensor<T>;
    #[track_caller]
    fn index(&self, leaf: Var<T>) -> &Tensor<T> {
        match self.get(leaf) {
            Some(gradient) => gradient,
            None => {
                let entries = leaf.tape().entries.borrow();
                let leaf = entries[leaf.index].describe(leaf.index);
                panic!("no gradient for {leaf}: the output does not depend on it, or it is no leaf")
            }
        }
    }
}

impl<T: Scalar> fmt::Debug for Gradients<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let params = self.params.iter().map(|(id, g)| (format!("{id:?}"), g.shape()));
        let leaves = self.leaves.iter().map(|(index, g)| (format!("entry {index}"), g.shape()));
        f.debug_map().entries(params.chain(leaves)).finish()
    }
}
