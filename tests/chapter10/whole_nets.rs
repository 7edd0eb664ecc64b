//! A whole net of hand-made layers gives what the same net gives when it is spelled out.

use super::common::{assert_near, assert_says, normal};
use longhand::layers::{
    AvgPool2d, BatchNorm1d, BatchNorm2d, Conv2d, Dropout, Flatten, Layer, Linear, LogSoftmax,
    MaxPool2d, Mode, Relu, Sequential, Statistics,
};
use longhand::per_sample::{Recorder, Samples, Scaling, reference};
use longhand::tape::Var;
use longhand::tensor::Window;
use longhand::{Rng, Tape, Tensor, sequential};

fn window() -> Window {
    Window::new([3, 2])
}

/// Every layer with a rule, and some without parameters; a net within the net.
fn net() -> Sequential<f64> {
    let rng = &mut Rng::new(1);
    let mut norm = BatchNorm2d::new(3);
    norm.running_mean = normal(&[3], 2);
    norm.running_var = normal(&[3], 10).map(|x| 0.5 + x * x);
    norm.weight.value = normal(&[3], 3);
    let mut net = sequential![
        Conv2d::new(2, 3, window(), rng),
        norm,
        Relu::shifted(0.1),
        sequential![Conv2d::without_bias(3, 4, Window::new([2, 2]), rng), Relu::new()],
        AvgPool2d::new(Window::tiling(2)),
        Dropout::new(0.5, rng),
        Flatten::new(),
        Linear::without_bias(16, 5, rng),
        LogSoftmax::new(),
        Linear::new(5, 3, rng),
    ];
    net.set_mode(Mode::Eval);
    net
}

/// The same net, layer by layer.
fn spelled_out<'t>(
    recorder: &Recorder<'t, f64>,
    net: &Sequential<f64>,
    p: &[Var<'t, f64>],
    x: Var<'t, f64>,
) -> Var<'t, f64> {
    let [(_, mean), (_, var)] = net.buffers().try_into().expect("one normalisation");
    let h = recorder.conv2d(x, p[0], Some(p[1]), window());
    let h = recorder.batch_norm(h, p[2], p[3], Statistics::Given { mean, var }, 1e-5).relu() - 0.1;
    let h = recorder.conv2d(h, p[4], None, Window::new([2, 2])).relu();
    let h = h.avg_pool2d(Window::tiling(2)).flatten(1);
    let h = recorder.linear(h, p[5], None).log_softmax();
    recorder.linear(h, p[6], Some(p[7]))
}

fn all_quantities(samples: &Samples<'_, f64>, params: &[Var<'_, f64>]) -> Vec<Tensor<f64>> {
    let mut found = vec![samples.total_square_norms().value(), samples.total_variance().value()];
    for &param in params {
        found.extend([
            samples.individual(param).value(),
            samples.sum(param).value(),
            samples.sum_squares(param).value(),
            samples.square_norms(param).value(),
            samples.weighted_sum(param, samples.clipping(0.1)).value(),
        ]);
    }
    found
}

#[test]
fn a_net_recorded_whole_gives_the_bits_of_the_net_spelled_out() {
    let x = normal::<f64>(&[4, 2, 7, 6], 9);
    let quantities = |whole: bool, create_graph: bool| {
        let (mut net, tape) = (net(), Tape::new());
        let params: Vec<_> = net.params().into_iter().map(|param| tape.param(param)).collect();
        let (recorder, x) = (Recorder::new(&tape), tape.constant(x.clone()));
        let output = match whole {
            true => recorder.record(&mut net, x),
            false => spelled_out(&recorder, &net, &params, x),
        };
        assert_eq!(recorder.params().len(), params.len());
        let loss = output.cross_entropy(&[0, 2, 1, 2]);
        let samples = match create_graph {
            true => recorder.backward_create_graph(loss, Scaling::Own),
            false => recorder.backward(loss, Scaling::Own),
        };
        let mut found = all_quantities(&samples, &params);
        if create_graph {
            let gradients = samples.total_variance().backward_pass().with_respect_to(&params);
            found.extend(gradients.into_iter().flatten());
        }
        found
    };
    for create_graph in [true, false] {
        let (ours, theirs) = (quantities(true, create_graph), quantities(false, create_graph));
        assert_eq!(ours.len(), theirs.len());
        for (number, (ours, theirs)) in ours.iter().zip(&theirs).enumerate() {
            assert!(ours.same_bits(theirs), "quantity {number}: {ours} and {theirs}");
        }
    }
}

#[test]
fn it_gives_the_gradients_of_one_sample_at_a_time() {
    let (mut net, tape) = (net(), Tape::<f64>::new());
    let params: Vec<_> = net.params().into_iter().map(|param| tape.param(param)).collect();
    let (x, labels) = (normal::<f64>(&[4, 2, 7, 6], 9), [0, 2, 1, 2]);
    let recorder = Recorder::new(&tape);
    let loss = recorder.record(&mut net, tape.constant(x.clone())).cross_entropy_sum(&labels);
    let samples = recorder.backward_create_graph(loss, Scaling::Share);
    let one_by_one = reference::gradients(4, &params, |i| {
        let x = tape.constant(x.rows(i..i + 1));
        Recorder::new(&tape).record(&mut net, x).cross_entropy_sum(&labels[i..i + 1])
    });
    let flat: Vec<_> = params.iter().map(|&p| samples.individual(p).flatten(1)).collect();
    let ours = longhand::tape::concat(&flat, 1);
    assert_near("individual", &ours.value(), &one_by_one.value(), 1e-13);
}

#[test]
fn a_layer_alone_and_a_mask_that_is_drawn_once() {
    let tape = Tape::<f64>::new();
    let recorder = Recorder::new(&tape);
    let mut alone = Linear::<f64>::new(3, 2, &mut Rng::new(4));
    let y = recorder.record(&mut alone, tape.constant(normal(&[4, 3], 5)));
    assert!(y.value().same_bits(&alone.forward(&normal(&[4, 3], 5))));
    // A dropout in training: the mask of forward, since it draws from the same numbers.
    let dropping = || sequential![Dropout::new(0.5, &mut Rng::new(6)), MaxPool2d::new(window())];
    let x = normal::<f64>(&[2, 1, 6, 4], 7);
    let taped = recorder.record(&mut dropping(), tape.constant(x.clone()));
    assert!(taped.value().same_bits(&dropping().forward(&x)));
}

#[test]
fn a_net_that_mixes_its_samples_is_refused() {
    let tape = Tape::<f64>::new();
    let recorder = Recorder::new(&tape);
    let rng = &mut Rng::new(8);
    let mut net = sequential![Linear::<f64>::new(3, 4, rng), BatchNorm1d::new(4)];
    let x = tape.constant(normal(&[5, 3], 9));
    assert_says(|| recorder.record(&mut net, x), &["mixes the samples", "running mean"]);
    net.set_mode(Mode::Eval);
    let loss = recorder.record(&mut net, x).square().sum();
    assert_eq!(recorder.backward(loss, Scaling::Share).count(), 5);
    assert_says(|| recorder.record(&mut net, tape.constant(normal(&[5, 2], 1))), &["[5, 2]"]);
}
