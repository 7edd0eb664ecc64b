//! Clipping each sample's gradient, from the same single pass.

use super::common::{assert_near, normal};
use longhand::per_sample::{Recorder, Scaling};
use longhand::tensor::Window;
use longhand::{Tape, Tensor};

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
