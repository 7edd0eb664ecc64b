//! 5.5 with gradients alone: the first against slopes of the value, and the Hessian, row by row,
//! against slopes of the first.

use exercises::chapter5::Rule;
use longhand::{Rng, Tape, Tensor};

type M = Tensor<f64>;

pub fn wrong_order(rule: Rule, x: &M) -> Option<usize> {
    let shape = rule(Tape::new().leaf(x.clone())).shape();
    let mut weights = Tensor::zeros(shape);
    Rng::new(9).fill_uniform(weights.data_mut(), 1.0, 2.0);

    let value = |x: &M| (rule(Tape::new().leaf(x.clone())).value() * &weights).sum();
    let gradient = |x: &M| {
        let tape = Tape::new();
        let leaf = tape.leaf(x.clone());
        let found = tape.backward_pass().root(rule(leaf), weights.clone()).gradients();
        found[leaf].clone()
    };
    let slope = |i: usize, h: f64, f: &dyn Fn(&M) -> f64| {
        let at = |h: f64| {
            let mut moved = x.clone();
            moved.data_mut()[i] += h;
            f(&moved)
        };
        (at(h) - at(-h)) / (2.0 * h)
    };
    let apart = |a: f64, b: f64| (a - b).abs() > 1e-5 * (1.0 + b.abs());
    if (0..x.len()).any(|i| apart(gradient(x).data()[i], slope(i, 1e-5, &value))) {
        return Some(1);
    }
    let tape = Tape::new();
    let leaf = tape.leaf(x.clone());
    let first = tape.backward_pass().root(rule(leaf), weights.clone()).create_graph(&[leaf]);
    let wrong_row = |i: usize| {
        let mut unit = Tensor::zeros(x.shape());
        unit.data_mut()[i] = 1.0;
        let row = first[0].and_then(|first| {
            let pass = tape.backward_pass().retain_graph().root(first, unit);
            pass.with_respect_to(&[leaf]).swap_remove(0)
        });
        let row = row.unwrap_or(Tensor::zeros(x.shape()));
        let measured = |j: usize| slope(j, 1e-5, &|x| gradient(x).data()[i]);
        (0..x.len()).any(|j| apart(row.data()[j], measured(j)))
    };
    (0..x.len()).any(wrong_row).then_some(2)
}
