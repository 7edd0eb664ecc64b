//! What a tape holds, in bytes (chapter 5).

use super::entry::{Entry, Held, Rule};
use super::list::Tape;
use crate::Scalar;
use std::collections::HashMap;

impl<T: Scalar> Tape<T> {
    /// The bytes that the tape keeps alive: values, each run of memory counted once however many
    /// entries share it, and what pullbacks have saved besides.
    ///
    /// ```
    /// use longhand::{Tape, Tensor};
    /// let tape = Tape::<f32>::new();
    /// let x = tape.leaf(Tensor::zeros([10, 10]));
    /// let y = x.flatten(0).exp(); // the flat view shares x's memory
    /// assert_eq!(tape.bytes(), 400 + 400);
    /// y.sum().backward();
    /// assert_eq!(tape.bytes(), 400 + 4); // what is left is the leaf and the result
    /// ```
    #[must_use]
    pub fn bytes(&self) -> usize {
        let entries = self.entries.borrow();
        let owners = owners(&entries);
        let values = (0..entries.len()).filter(|index| owners[*index] == Some(*index));
        let values: usize = values.map(|index| entries[index].value_bytes()).sum();
        values + entries.iter().map(Entry::pullback_bytes).sum::<usize>()
    }
}

impl<T: Scalar> Entry<T> {
    /// The bytes of its value.
    pub(super) fn value_bytes(&self) -> usize {
        match &self.held {
            Held::Value(value) => size_of_val(value.data()),
            Held::Freed(_) => 0,
        }
    }

    /// The bytes that its pullback has saved, for as long as there is one.
    pub(super) fn pullback_bytes(&self) -> usize {
        if matches!(self.rule, Rule::Operation(_)) { self.saved_bytes } else { 0 }
    }
}

/// For each entry the first one that holds the same memory; `None` where the value is freed.
pub(super) fn owners<T: Scalar>(entries: &[Entry<T>]) -> Vec<Option<usize>> {
    let mut first = HashMap::new();
    let owner = |(index, entry): (usize, &Entry<T>)| match &entry.held {
        // Tensors without elements have no memory, and so none to share.
        Held::Value(value) if value.len() == 0 => Some(index),
        Held::Value(value) => Some(*first.entry(value.data().as_ptr()).or_insert(index)),
        Held::Freed(_) => None,
    };
    entries.iter().enumerate().map(owner).collect()
}
