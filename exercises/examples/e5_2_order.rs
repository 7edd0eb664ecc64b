// ANCHOR: statement
//! ### Exercise 5.2 · A graph has no order · 25 minutes
//!
//! A library that keeps its operations as a graph has no list to go up. `inputs[e]` are the entries
//! from which entry e was computed, and the numbers say nothing about which came first. Give the
//! entries that `last` depends on, `last` among them, each once, so that every entry comes after all
//! that use it. (Any such order is right. There are no rings.)
//!
//! ```text
//! 0 was computed from 3 and 2, 3 from 2 and 1; the last is 0  →  [0, 3, 2, 1] or [0, 3, 1, 2]
//! ```
// ANCHOR_END: statement

use exercises::chapter5;
use std::process::ExitCode;

// ANCHOR: stub
/// The entries in the order in which a backward pass may go through them.
fn order(inputs: &[Vec<usize>], last: usize) -> Vec<usize> {
    todo!()
}
// ANCHOR_END: stub

fn main() -> ExitCode {
    chapter5::ORDER.run(order)
}
