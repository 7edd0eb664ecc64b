//! 4.4 with w shrunk first, and with means that move by a share of what they are short of.

use exercises::chapter4::Kept;

pub fn adamw(w: &mut f64, kept: &mut Kept, g: f64, lr: f64, decay: f64) {
    kept.steps += 1;
    kept.mean += (g - kept.mean) * 0.1;
    kept.square += (g * g - kept.square) * 0.001;
    let power = |b: f64| (0..kept.steps).fold(1.0, |product, _| product * b);
    let root = (kept.square / (1.0 - power(0.999))).sqrt();
    *w *= 1.0 - lr * decay;
    *w -= lr * kept.mean / (1.0 - power(0.9)) / (root + 1e-8);
}
