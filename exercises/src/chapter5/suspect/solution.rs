//! Our answer to 5.5.

use exercises::chapter5::Rule;
use longhand::tape::Var;
use longhand::{Rng, Tape, Tensor, init};

// ANCHOR: solution
pub fn wrong_order(rule: Rule, x: &Tensor<f64>) -> Option<usize> {
    if differs(x, |x| weighed(rule(x))) {
        return Some(1);
    }
    if differs(x, |x| weighed(weighed(rule(x)).grad_create_graph([x])[0])) {
        return Some(2);
    }
    None
}

/// One number of many: their sum with random weights.
fn weighed<'t>(y: Var<'t, f64>) -> Var<'t, f64> {
    let weights = init::normal(y.shape(), 0.0, 1.0, &mut Rng::new(1));
    (y * y.tape().constant(weights)).sum()
}

/// Whether the gradient of `f` at x is another than what is measured.
fn differs(x: &Tensor<f64>, f: impl for<'t> Fn(Var<'t, f64>) -> Var<'t, f64>) -> bool {
    let tape = Tape::new();
    let leaf = tape.leaf(x.clone());
    let found = f(leaf).backward_pass().with_respect_to(&[leaf]);
    // Where nothing leads back to x the gradient is 0.
    let gradient = found[0].clone().unwrap_or(Tensor::zeros(x.shape()));
    let f_with = |i: usize, h: f64| {
        let mut moved = x.clone();
        moved.data_mut()[i] += h;
        f(Tape::new().leaf(moved)).value().item()
    };
    (0..x.len()).any(|i| {
        let slope = (f_with(i, 1e-5) - f_with(i, -1e-5)) / 2e-5;
        (gradient.data()[i] - slope).abs() > 1e-5 * slope.abs().max(1.0)
    })
}
// ANCHOR_END: solution
