//! Looking at a tape: as the table that it is, as a graph, and as a number of bytes (chapter 5).

use super::entry::{Entry, Held, Rule};
use super::{Tape, Var};
use crate::Scalar;
use crate::report::{Table, grouped};
use std::collections::HashMap;
use std::fmt;

impl<T: Scalar> Tape<T> {
    /// The bytes that the tape keeps alive: values, each run of memory counted once however many
    /// entries share it, and what pullbacks keep besides.
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
    pub fn bytes(&self) -> usize {
        let entries = self.entries.borrow();
        let owners = owners(&entries);
        let values = (0..entries.len()).filter(|index| owners[*index] == Some(*index));
        let values: usize = values.map(|index| entries[index].value_bytes()).sum();
        values + entries.iter().map(Entry::kept_bytes).sum::<usize>()
    }

    /// The first operation of this name that went into `output`, from entry `from` on.
    pub(crate) fn find(&self, name: &str, from: usize, output: Var<T>) -> Option<Var<'_, T>> {
        let entries = self.entries.borrow();
        let mut leads = vec![false; output.index + 1];
        leads[output.index] = true;
        let mut found = None;
        for index in (from..=output.index).rev().filter(|&index| entries[index].needs_grad()) {
            if leads[index] {
                entries[index].inputs.iter().for_each(|input| leads[input] = true);
                if entries[index].name == name {
                    found = Some(Var { tape: self, index });
                }
            }
        }
        found
    }

    /// The tape as a graph in the language of Graphviz: `dot -Tsvg`.
    ///
    /// ```
    /// use longhand::{Tape, Tensor};
    /// let tape = Tape::<f32>::new();
    /// tape.leaf(Tensor::zeros([3])).exp();
    /// assert!(tape.to_dot().contains("0 -> 1;"));
    /// ```
    pub fn to_dot(&self) -> String {
        let mut dot = String::from("digraph tape {\n  node [shape=box];\n");
        for (index, entry) in self.entries.borrow().iter().enumerate() {
            let style = match entry.rule {
                Rule::Leaf | Rule::Param(_) => ", style=bold",
                Rule::Constant => ", style=dashed",
                Rule::Freed => ", style=dotted",
                Rule::Operation(_) => "",
            };
            let name = entry.name.escape_default();
            dot +=
                &format!("  {index} [label=\"{index} {name}\\n{}\"{style}];\n", entry.held.shape());
            for input in entry.inputs.iter() {
                dot += &format!("  {input} -> {index};\n");
            }
        }
        dot + "}\n"
    }
}

impl<T: Scalar> Entry<T> {
    fn value_bytes(&self) -> usize {
        match &self.held {
            Held::Value(value) => size_of_val(value.data()),
            Held::Freed(_) => 0,
        }
    }

    fn kept_bytes(&self) -> usize {
        if matches!(self.rule, Rule::Operation(_)) { self.kept } else { 0 }
    }
}

/// For each entry the first one that holds the same memory; `None` where the value is freed.
fn owners<T: Scalar>(entries: &[Entry<T>]) -> Vec<Option<usize>> {
    let mut first = HashMap::new();
    let owner = |(index, entry): (usize, &Entry<T>)| match &entry.held {
        // Tensors without elements have no memory, and so none to share.
        Held::Value(value) if value.len() == 0 => Some(index),
        Held::Value(value) => Some(*first.entry(value.data().as_ptr()).or_insert(index)),
        Held::Freed(_) => None,
    };
    entries.iter().enumerate().map(owner).collect()
}

/// One row for each entry. A value that shares another entry's memory says `as` which.
impl<T: Scalar> fmt::Display for Tape<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entries = self.entries.borrow();
        let owners = owners(&entries);
        let mut table = Table::new(["entry", "operation", "inputs", "shape", "bytes held"]);
        for (index, entry) in entries.iter().enumerate() {
            let name = match entry.rule {
                Rule::Param(_) => format!("param {}", entry.name),
                _ => entry.name.to_string(),
            };
            let inputs: Vec<_> = entry.inputs.iter().map(|input| input.to_string()).collect();
            let bytes = match owners[index] {
                None => "freed".to_string(),
                Some(owner) if owner != index => format!("as {owner}"),
                _ => grouped(entry.value_bytes() + entry.kept_bytes()),
            };
            let shape = entry.held.shape().to_string();
            table.push([index.to_string(), name, inputs.join(", "), shape, bytes]);
        }
        let table = table.left(1).left(2).left(3).right(4);
        let total = grouped(self.bytes());
        write!(f, "{}", table.footer(["", "", "", "", &total]))
    }
}

impl<T: Scalar> fmt::Debug for Tape<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tape of {} entries", self.len())
    }
}

impl<T: Scalar> fmt::Debug for Var<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.tape.entries.borrow()[self.index].describe(self.index))
    }
}
