// ANCHOR: statement
//! ### Exercise 8.1 · One voice, or a few · 15 minutes
//!
//! A parameter has the gradient a in k of the B batches of an epoch, and 0 in the others. Its ratio
//! of signal to noise does not depend on a (which is not 0). Find a formula for it, for k from 1 to
//! B − 1.
//!
//! ```text
//! k = 1, B = 5  →  1.118     (the chapter's row "speak up once")
//! k = 2, B = 5  →  1.826
//! k = 4, B = 5  →  4.472
//! ```
// ANCHOR_END: statement

use exercises::chapter8;
use std::process::ExitCode;

// ANCHOR: stub
/// The ratio of k equal gradients among B.
fn ratio(k: usize, batches: usize) -> f64 {
    todo!()
}
// ANCHOR_END: stub

fn main() -> ExitCode {
    chapter8::ONE_VOICE.run(ratio)
}
