//! Chapter 10: what samples say one by one, curvature, and the steps that use either.

use super::Journal;
use super::digits::{digits, images};
use longhand::data::Dataset;
use longhand::layers::{
    Conv2d, Flatten, GroupNorm, Layer, Linear, MaxPool2d, Reduction, Relu, Sequential,
};
use longhand::per_sample::{
    Accountant, GaussNewton, Hessian, Recorder, Scaling, conjugate_gradients, cross_entropy_root,
    largest_eigenvalue, poisson_batch, sampled_cross_entropy_root, trace,
};
use longhand::tensor::Window;
use longhand::{Rng, Tape, Tensor, init, sequential};

pub fn write(journal: &mut Journal) {
    samples(journal);
    curvature(journal);
    newton(journal);
    penalty(journal);
    private(journal);
}

fn list(what: &str, tensors: &[Tensor], journal: &mut Journal) {
    for (number, tensor) in tensors.iter().enumerate() {
        journal.tensor(format_args!("{what}, {number}"), tensor);
    }
}

/// The variance of a batch and its gradient, on BackPACK's small CNN.
fn samples(journal: &mut Journal) {
    journal.begin("samples one by one");
    let (rng, data) = (&mut Rng::new(0), images(0..6));
    let mut net: Sequential = sequential![
        Conv2d::new(1, 5, Window::new([5, 5]), rng),
        Relu::new(),
        MaxPool2d::new(Window::tiling(2)),
        Flatten::new(),
        Linear::new(720, 10, rng),
    ];
    let tape = Tape::new();
    let recorder = Recorder::new(&tape);
    let scores = recorder.record(&mut net, tape.constant(data.images.clone()));
    let loss = scores.cross_entropy_sum(&data.labels);
    let samples = recorder.backward_create_graph(loss, Scaling::Share);
    for (number, param) in recorder.params().into_iter().enumerate() {
        journal.tensor(format_args!("gradients, {number}"), &samples.individual(param).value());
        journal.tensor(format_args!("norms, {number}"), &samples.square_norms(param).value());
        journal.tensor(format_args!("products, {number}"), &samples.dot_products(param).value());
        journal.tensor(format_args!("variance, {number}"), &samples.variance(param).value());
    }
    let total = samples.total_variance();
    let gradient = total.backward_pass().with_respect_to(&recorder.params());
    let gradient: Vec<Tensor> = gradient.into_iter().flatten().collect();
    list("gradient of the variance", &gradient, journal);
}

/// Traces and the largest eigenvalue, of a net with tanh.
fn curvature(journal: &mut Journal) {
    journal.begin("curvature");
    let (rng, data) = (&mut Rng::new(3), digits(0..8));
    let net = sequential![Linear::<f32>::new(784, 16, rng), Linear::new(16, 10, rng)];
    let tape = Tape::new();
    let params: Vec<_> = net.params().into_iter().map(|param| tape.param(param)).collect();
    let recorder = Recorder::new(&tape);
    let x = tape.constant(data.images.clone());
    let h = recorder.linear(x, params[0], Some(params[1])).tanh();
    let scores = recorder.linear(h, params[2], Some(params[3]));
    let loss = scores.cross_entropy(&data.labels);
    let (hessian, ggn) = (Hessian::new(loss, &params), GaussNewton::new(scores, loss, &params));
    for (name, estimate) in
        [("Gauss-Newton", trace(&ggn, 3, rng)), ("Hessian", trace(&hessian, 3, rng))]
    {
        journal.numbers(format_args!("trace of {name}"), &[estimate.mean, estimate.error]);
    }
    let start = net.params().iter().map(|p| init::normal(p.value.shape(), 0.0, 1.0, rng)).collect();
    let top = largest_eigenvalue(&hessian, start, 1e-2, 3);
    journal.numbers("largest eigenvalue", &[top.value]);
    list("its vector", &top.vector, journal);
}

/// Directions by the diagonal, by Kronecker products and by the whole Gauss-Newton matrix.
fn newton(journal: &mut Journal) {
    journal.begin("Newton's directions");
    let (rng, five, data) = (&mut Rng::new(0), Window::new([5, 5]), images(0..4));
    let mut net: Sequential = sequential![
        Conv2d::new(1, 8, five.stride([2, 2]), rng), // 28 to 12
        Relu::new(),
        MaxPool2d::new(Window::tiling(2)), // 12 to 6
        Flatten::new(),
        Linear::new(8 * 6 * 6, 10, rng),
    ];
    let tape = Tape::new();
    let recorder = Recorder::new(&tape);
    let scores = recorder.record(&mut net, tape.constant(data.images.clone()));
    let loss = scores.cross_entropy(&data.labels);
    let params = recorder.params();
    let pass = loss.backward_pass().retain_graph().with_respect_to(&params);
    let gradient: Vec<Tensor> = pass.into_iter().flatten().collect();
    list("gradient", &gradient, journal);
    let root = cross_entropy_root(&scores.value(), Reduction::Mean);
    list("diagonal", &recorder.ggn_diagonal(scores, &root), journal);
    let drawn = sampled_cross_entropy_root(&scores.value(), Reduction::Mean, 1, rng);
    let factors = recorder.kronecker_factors(scores, &drawn);
    list("K-FAC", &conjugate_gradients(&factors, 1e-2, &gradient, 5).x, journal);
    let ggn = GaussNewton::new(scores, loss, &params);
    list("Gauss-Newton", &conjugate_gradients(&ggn, 1e-2, &gradient, 3).x, journal);
}

/// Descent on the loss and the variance of its batch.
fn penalty(journal: &mut Journal) {
    journal.begin("the variance as a penalty");
    let rng = &mut Rng::new(2);
    let mut net: Sequential =
        sequential![Linear::new(784, 32, rng), Relu::new(), Linear::new(32, 10, rng)];
    journal.net(0, &net);
    for (step, (images, labels)) in (1..).zip(digits(0..40).batches(8).in_order()) {
        let tape = Tape::new();
        let recorder = Recorder::new(&tape);
        let loss = recorder.record(&mut net, tape.constant(images)).cross_entropy(&labels);
        let samples = recorder.backward_create_graph(loss, Scaling::Own);
        let loss = loss + 0.01 * samples.total_variance();
        let gradients = loss.backward();
        for param in net.params_mut() {
            let gradient = gradients.of(param).expect("the loss depends on it").clone();
            param.value.update(&gradient, |w, g| w - 0.1 * g);
        }
        journal.net(step, &net);
    }
}

/// Steps of DP-SGD, and what they cost of privacy.
fn private(journal: &mut Journal) {
    journal.begin("private steps");
    let rng = &mut Rng::new(5);
    let mut net: Sequential = sequential![
        Conv2d::new(1, 8, Window::new([5, 5]).stride([2, 2]), rng),
        GroupNorm::new(2, 8),
        Relu::new(),
        MaxPool2d::new(Window::tiling(2)),
        Flatten::new(),
        Linear::new(8 * 6 * 6, 10, rng),
    ];
    let data = images(0..60);
    journal.net(0, &net);
    for step in 1..=5 {
        private_step(&mut net, &data, rng);
        journal.net(step, &net);
    }
    let mut accountant = Accountant::new();
    accountant.steps(0.1, 1.0, 5);
    journal.numbers("ε", &[accountant.epsilon(1e-5)]);
}

fn private_step(net: &mut Sequential, data: &Dataset, rng: &mut Rng) {
    let chosen = poisson_batch(data.len(), 0.1, rng);
    let labels: Vec<usize> = chosen.iter().map(|&i| data.labels[i]).collect();
    let tape = Tape::new();
    let recorder = Recorder::new(&tape);
    let scores = recorder.record(net, tape.constant(data.images.gather_rows(&chosen)));
    let samples = recorder.backward(scores.cross_entropy_sum(&labels), Scaling::Share);
    let factors = samples.clipping(1.0);
    for (param, leaf) in net.params_mut().into_iter().zip(recorder.params()) {
        let sum = samples.weighted_sum(leaf, factors).value();
        let hidden = sum + init::normal::<f32>(param.value.shape(), 0.0, 1.0, rng);
        param.value.update(&hidden, |w, g| w - 0.02 * g);
    }
}
