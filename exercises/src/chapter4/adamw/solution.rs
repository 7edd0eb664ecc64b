//! Our answer to 4.4.

use exercises::chapter4::Kept;

// ANCHOR: solution
pub fn adamw(w: &mut f64, kept: &mut Kept, g: f64, lr: f64, decay: f64) {
    let (beta1, beta2, eps) = (0.9, 0.999, 1e-8);
    kept.steps += 1;
    kept.mean = beta1 * kept.mean + (1.0 - beta1) * g;
    kept.square = beta2 * kept.square + (1.0 - beta2) * g * g;
    let mean = kept.mean / (1.0 - f64::powi(beta1, kept.steps));
    let square = kept.square / (1.0 - f64::powi(beta2, kept.steps));
    *w -= lr * (mean / (square.sqrt() + eps) + decay * *w);
}
// ANCHOR_END: solution
