//! Looking at a tape: as the table that it is, and as a graph (chapter 5).

use super::entry::Rule;
use super::list::{Tape, Var};
use super::memory::owners;
use crate::Scalar;
use crate::report::{Table, grouped};
use std::fmt;

impl<T: Scalar> Tape<T> {
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
                _ => grouped(entry.value_bytes() + entry.pullback_bytes()),
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
