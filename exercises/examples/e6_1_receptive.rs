// ANCHOR: statement
//! ### Exercise 6.1 · How far a number sees · 15 minutes
//!
//! A number behind several windows depends on a patch of the image, its *receptive field*. Find the
//! height and the width of the patch, in pixels from its first row or column to its last. The windows
//! are given in the order in which the image meets them, each with `kernel`, `stride`, `padding` and
//! `dilation`, which are a pair each: down, across. Look at a place in the middle, where no padding
//! cuts it off.
//!
//! ```text
//! two windows of 5 × 5                                        →  [9, 9]
//! the net of the chapter: 5 × 5, pooling, 5 × 5, pooling      →  [16, 16]
//! ```
// ANCHOR_END: statement

use exercises::chapter6;
use longhand::tensor::Window;
use std::process::ExitCode;

// ANCHOR: stub
/// Height and width.
fn receptive(windows: &[Window]) -> [usize; 2] {
    todo!()
}
// ANCHOR_END: stub

fn main() -> ExitCode {
    chapter6::RECEPTIVE.run(receptive)
}
