// ANCHOR: statement
//! ### Exercise 7.3 · Segments · 90 minutes
//!
//! A net is given in s segments, one after another, each a chain of layers. Go forward through all
//! of them and back, with d_output at the end. Afterwards the gradients are in the parameters, and
//! d_input is what you give. But do not keep all activations: keep the input of each segment, and
//! compute the rest again when the way back comes to it. If the net has L layers, hold at most
//! s + L/s activations.
//!
//! Nothing may show from outside: gradients, running statistics and what dropout draws, now and
//! next time, are to the last bit what they are without segments. Each segment but the last goes
//! forward twice, and the last one once. `preserve_state` of the chapter is at hand, and a layer's
//! `forget`. (The crate's `Checkpoint` is the answer in another form, and is not.)
//!
//! ```text
//! segments [[·2], [·3]], input = [[5]], d_output = [[1]]
//!   →  d_input = [[6]], d_w = [[15]] and [[10]]
//! ```
// ANCHOR_END: statement

use exercises::chapter7;
use longhand::Tensor;
#[allow(unused_imports)]
use longhand::layers::{Layer, Sequential, preserve_state};
use std::process::ExitCode;

// ANCHOR: stub
/// Forward and back, with few activations. Gives d_input.
fn pass(
    segments: &mut [Sequential<f64>],
    input: &Tensor<f64>,
    d_output: &Tensor<f64>,
) -> Tensor<f64> {
    todo!()
}
// ANCHOR_END: stub

fn main() -> ExitCode {
    chapter7::SEGMENTS.run(pass)
}
