// ANCHOR: statement
//! ### Exercise 9.4 · A pipeline with a flush · 25 minutes
//!
//! Machines in a row can be kept busy without a guess, too. Each holds a layer, and the batch is cut
//! into `parts` of one size, which follow each other. For the whole batch a layer takes `forward`
//! and `backward`, for a part its share of that, and a message between neighbours takes `line`.
//! The parts go up; when the last machine has gone forward with all of them, they come back down.
//! The step ends when the first machine has gone back with the last part. Only then may the next
//! batch begin, for its weights are others: the pipeline is flushed. Find how long a step takes, and
//! for which share of it a machine stands idle.
//!
//! ```text
//! machines = 3, parts = 4, forward = 4, backward = 8, line = 1  →  22 and 10/22
//! ```
// ANCHOR_END: statement

use exercises::chapter9;
use std::process::ExitCode;

// ANCHOR: stub
/// The time of a step, and the share of it in which a machine has nothing to do.
fn pipeline(machines: usize, parts: usize, forward: f64, backward: f64, line: f64) -> (f64, f64) {
    todo!()
}
// ANCHOR_END: stub

fn main() -> ExitCode {
    chapter9::PIPELINE.run(pipeline)
}
