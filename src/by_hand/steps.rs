//! The rules for a step, plainly: gradient descent, momentum, Adam (chapter 4).
//!
//! [`optim`](crate::optim) has the same rules with options, for tensors, in vector instructions.
//! The tests hold them to these. All slices are as long as `w`.
//!
//! ```
//! use longhand::by_hand::steps::{Moments, adam, descend, momentum};
//! let (mut w, gradient) = ([1.0, 2.0], [0.5, -4.0]);
//! descend(&mut w, &gradient, 0.5);
//! assert_eq!(w, [0.75, 4.0]);
//!
//! let mut velocity = [0.0; 2];
//! momentum(&mut w, &mut velocity, &gradient, 0.5, 0.9); // the first step is descent's
//! assert_eq!((w, velocity), ([0.5, 6.0], gradient));
//!
//! let mut moments = Moments::default();
//! adam(&mut w, &mut moments, &gradient, 0.125); // each parameter by the rate, however steep
//! assert!((w[0] - 0.375).abs() < 1e-8 && (w[1] - 6.125).abs() < 1e-8);
//! ```

// ANCHOR: descend
/// w ← w − η·g
pub fn descend(w: &mut [f64], g: &[f64], lr: f64) {
    for (w, g) in w.iter_mut().zip(g) {
        *w -= lr * g;
    }
}
// ANCHOR_END: descend

// ANCHOR: momentum
/// v ← μ·v + g, then w ← w − η·v. The velocity starts at 0.
pub fn momentum(w: &mut [f64], v: &mut [f64], g: &[f64], lr: f64, mu: f64) {
    for ((w, v), g) in w.iter_mut().zip(v).zip(g) {
        *v = mu * *v + g;
        *w -= lr * *v;
    }
}
// ANCHOR_END: momentum

// ANCHOR: adam
/// What Adam keeps of its parameters: how many steps it has made, the running mean of each
/// gradient, and that of its square. All start at 0.
#[derive(Clone, Debug, Default)]
pub struct Moments {
    /// t, the number of steps.
    pub steps: u32,
    /// m, one number for each parameter.
    pub mean: Vec<f64>,
    /// v, one number for each parameter.
    pub square: Vec<f64>,
}

/// Adam: w ← w − η·m̂/(√v̂ + ε).
///
/// # Panics
/// If there are fewer gradients than parameters.
pub fn adam(w: &mut [f64], kept: &mut Moments, g: &[f64], lr: f64) {
    let (beta1, beta2, eps) = (0.9, 0.999, 1e-8);
    kept.steps += 1;
    kept.mean.resize(w.len(), 0.0);
    kept.square.resize(w.len(), 0.0);
    let (short1, short2) = (1.0 - power(beta1, kept.steps), 1.0 - power(beta2, kept.steps));
    for i in 0..w.len() {
        kept.mean[i] = beta1 * kept.mean[i] + (1.0 - beta1) * g[i];
        kept.square[i] = beta2 * kept.square[i] + (1.0 - beta2) * g[i] * g[i];
        let mean = kept.mean[i] / short1;
        let square = kept.square[i] / short2;
        w[i] -= lr * mean / (square.sqrt() + eps);
    }
}

/// bᵗ
fn power(b: f64, t: u32) -> f64 {
    (0..t).fold(1.0, |product, _| product * b)
}
// ANCHOR_END: adam
