//! The quantities are values on the tape: their gradients against finite differences.

use super::common::normal;
use longhand::layers::Statistics;
use longhand::per_sample::{
    Recorder, Samples, Scaling, conv2d_input_per_sample, conv2d_per_sample,
    conv2d_weight_per_sample, conv2d_weight_square_norms,
};
use longhand::tape::{Check, Var, gradcheck, gradgradcheck};
use longhand::tensor::Window;

#[test]
fn convolutions_with_kernels_for_each_sample() {
    for window in [Window::new([2, 3]), Window::new([3, 2]).stride([2, 1]).padding([1, 1])] {
        let [oh, ow] = window.output([4, 5]);
        let [kh, kw] = window.kernel;
        let x = normal(&[3, 2, 4, 5], 1);
        let (w, y) = (normal(&[3, 2, 2, kh, kw], 2), normal(&[3, 2, oh, ow], 3));
        for report in [
            gradcheck([&x, &w], |[x, w]| conv2d_per_sample(x, w, window)),
            gradgradcheck([&x, &w], |[x, w]| conv2d_per_sample(x, w, window)),
            gradcheck([&y, &w], |[y, w]| conv2d_input_per_sample(y, w, window, [4, 5])),
            gradgradcheck([&y, &w], |[y, w]| conv2d_input_per_sample(y, w, window, [4, 5])),
            gradcheck([&x, &y], |[x, y]| conv2d_weight_per_sample(x, y, window)),
            gradgradcheck([&x, &y], |[x, y]| conv2d_weight_per_sample(x, y, window)),
            gradcheck([&x, &y], |[x, y]| conv2d_weight_square_norms(x, y, window)),
            gradgradcheck([&x, &y], |[x, y]| conv2d_weight_square_norms(x, y, window)),
        ] {
            report.expect_right();
        }
    }
}

/// A small net of every layer, smooth throughout, and its samples.
fn samples<'t>(x: Var<'t, f64>, p: &[Var<'t, f64>]) -> Samples<'t, f64> {
    let recorder = Recorder::new(x.tape());
    let (mean, var) = (normal(&[2], 20), normal::<f64>(&[2], 21).exp());
    let statistics = Statistics::Given { mean: &mean, var: &var };
    let h = recorder.conv2d(x, p[0], Some(p[1]), Window::new([2, 2]));
    let h = recorder.batch_norm(h, p[2], p[3], statistics, 1e-5).tanh().flatten(1);
    let h = recorder.linear(h, p[4], Some(p[5]));
    recorder.backward_create_graph(h.cross_entropy(&[0, 2, 1]), Scaling::Own)
}

fn check(f: impl for<'t> Fn(&Samples<'t, f64>, &[Var<'t, f64>]) -> Var<'t, f64>) {
    let shapes: [&[usize]; 6] = [&[2, 1, 2, 2], &[2], &[2], &[2], &[3, 16], &[3]];
    let p: Vec<_> = shapes.iter().zip(30..).map(|(shape, seed)| normal(shape, seed)).collect();
    let x = normal(&[3, 1, 3, 5], 40);
    let inputs = [&p[0], &p[1], &p[2], &p[3], &p[4], &p[5], &x];
    gradcheck(inputs, |vars| f(&samples(vars[6], &vars[..6]), &vars[..6])).expect_right();
    Check { most: 12, ..Check::default() }
        .second(inputs, |vars| f(&samples(vars[6], &vars[..6]), &vars[..6]))
        .expect_right();
}

#[test]
fn the_gradient_of_the_variance() {
    check(|samples, _| samples.total_variance());
}

#[test]
fn the_gradient_of_functions_of_it() {
    // A noise-to-signal ratio: the total variance over the squared length of the mean gradient.
    check(|samples, p| {
        let length = p.iter().map(|&p| samples.sum(p).square().sum()).reduce(|a, b| a + b);
        samples.total_variance() / length.unwrap()
    });
}

#[test]
fn the_gradient_of_norms_and_clipped_sums() {
    check(|samples, _| samples.total_square_norms().sqrt().sum());
    check(|samples, _| samples.total_dot_products().tanh().sum());
    check(|samples, p| {
        let factors = samples.clipping(0.9);
        samples.weighted_sum(p[0], factors).square().sum()
            + samples.weighted_sum(p[4], factors).square().sum()
    });
}
