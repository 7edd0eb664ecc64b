// ANCHOR: statement
//! ### Exercise 4.4 · AdamW · 25 minutes
//!
//! Weight decay λ draws a parameter towards zero. If λw is added to the gradient, Adam divides it by
//! √v̂ like the rest, and a parameter with large gradients hardly decays. AdamW (Ilya Loshchilov and
//! Frank Hutter, 2019) keeps the two apart:
//!
//! ```text
//! w ← w − η · ( m̂ / (√v̂ + ε) + λ·w )
//! ```
//!
//! with m̂ and v̂ as in Adam, β₁ = 0.9, β₂ = 0.999 and ε = 1e-8. Write one step of one parameter.
//! `Kept` has `steps`, `mean` and `square`, which is all that Adam keeps, and all start at 0.
//!
//! ```text
//! the first step, with w = 1, g = 4, η = 0.1, λ = 0.5  →  w = 0.85
//! ```
// ANCHOR_END: statement

use exercises::chapter4::{self, Kept};
use std::process::ExitCode;

// ANCHOR: stub
/// Changes w and what is kept of it.
fn adamw(w: &mut f64, kept: &mut Kept, g: f64, lr: f64, decay: f64) {
    todo!()
}
// ANCHOR_END: stub

fn main() -> ExitCode {
    chapter4::ADAMW.run(adamw)
}
