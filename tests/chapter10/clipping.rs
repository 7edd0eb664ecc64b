//! Clipping each sample's gradient, from the same single pass.

use super::common::{assert_near, assert_says, normal};
use longhand::per_sample::{Recorder, Samples, Scaling};
use longhand::tape::Var;
use longhand::tensor::Window;
use longhand::{Tape, Tensor};

/// A weight of 1 on these inputs, with a summed squared error: g_n = 2·x_n²·w.
fn samples_of<'t>(tape: &'t Tape<f64>, xs: &[f64]) -> (Var<'t, f64>, Samples<'t, f64>) {
    let x = tape.constant(Tensor::new([xs.len(), 1], xs.to_vec()));
    let w = tape.leaf(Tensor::ones([1, 1]));
    let recorder = Recorder::new(tape);
    let loss = recorder.linear(x, w, None).square().sum();
    (w, recorder.backward_create_graph(loss, Scaling::Share))
}

#[test]
fn a_sample_without_a_gradient_takes_nothing_from_the_others() {
    // d/dw of (Σ_n f_n·g_n)², to the second order. A sample of zero has gradient 0 for every w.
    let derivatives = |xs: &[f64]| {
        let tape = Tape::new();
        let (w, samples) = samples_of(&tape, xs);
        let [first] =
            samples.weighted_sum(w, samples.clipping(1.0)).square().sum().grad_create_graph([w]);
        let [second] = first.grad([w]);
        [first.value().item(), second.item()]
    };
    let (with, without) = (derivatives(&[0.0, 2.0, 0.1]), derivatives(&[2.0, 0.1]));
    assert_eq!(with, without);
    // (1 + 0.02·w)² about w = 1, since the first gradient is clipped to 1 whatever w is.
    assert!(
        (with[0] - 2.0 * 1.02 * 0.02).abs() < 1e-12 && (with[1] - 2.0 * 0.02 * 0.02).abs() < 1e-12
    );
    // Nobody has a gradient: still nothing is NaN.
    assert_eq!(derivatives(&[0.0, 0.0]), [0.0, 0.0]);
}

#[test]
fn clipping_hides_no_nan_and_no_bound_that_is_none() {
    let tape = Tape::new();
    let factors =
        |xs: &[f64], bound: f64| samples_of(&tape, xs).1.clipping(bound).value().data().to_vec();
    let found = factors(&[f64::NAN, 1e10, 0.0], 1.0);
    assert!(found[0].is_nan() && found[1..] == [1.0 / 2e20, 1.0], "{found:?}");
    let (w, samples) = samples_of(&tape, &[f64::NAN, 1.0]);
    assert!(samples.weighted_sum(w, samples.clipping(1.0)).value().item().is_nan());
    assert_eq!(factors(&[1e10, 0.0], f64::INFINITY), [1.0, 1.0]);
    for bound in [f64::NAN, 0.0, -1.0] {
        assert_says(|| factors(&[1.0], bound), &["brought down to"]);
    }
}

#[test]
fn no_gradient_is_longer_than_the_bound_and_short_ones_stay() {
    let tape = Tape::<f64>::new();
    let shapes: [&[usize]; 4] = [&[2, 1, 2, 2], &[2], &[3, 24], &[3]];
    let p: Vec<_> = shapes.iter().zip(1..).map(|(s, seed)| tape.leaf(normal(s, seed))).collect();
    let recorder = Recorder::new(&tape);
    let x = tape.constant(normal(&[6, 1, 4, 5], 9));
    let h = recorder.conv2d(x, p[0], Some(p[1]), Window::new([2, 2])).tanh().flatten(1);
    let loss = recorder.linear(h, p[2], Some(p[3])).cross_entropy_sum(&[0, 1, 2, 0, 1, 2]);
    let samples = recorder.backward(loss, Scaling::Share);

    let norms = samples.total_square_norms().value().sqrt();
    let bound = (norms.min() + norms.max()) / 2.0;
    let factors = samples.clipping(bound);
    let long = norms.data().iter().filter(|&&norm| norm > bound).count();
    assert!(0 < long && long < 6, "{long} of 6 are longer than the bound");
    for (&norm, &factor) in norms.data().iter().zip(factors.value().data()) {
        if norm <= bound {
            assert_eq!(factor, 1.0);
        } else {
            assert!((norm * factor - bound).abs() < 1e-12);
        }
    }
    for &param in &p {
        let individual = samples.individual(param).value();
        let rank = individual.rank();
        let mut rows = vec![1; rank];
        rows[0] = 6;
        let by_hand: Tensor<f64> = (&individual * factors.value().reshape(&rows[..])).sum_axis(0);
        let ours = samples.weighted_sum(param, factors).value();
        assert_near("clipped sum", &ours, &by_hand, 1e-13);
        assert!(ours.max_abs_diff(&samples.sum(param).value()) > 1e-3);
    }
}
