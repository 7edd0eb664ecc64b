//! What every layer keeps to, bit for bit: by hand it gives what it gives recorded on a tape, and in
//! a batch what it gives alone.

mod common;

use common::{assert_says, both_roads, normal, panic_of};
use longhand::layers::{
    AvgPool2d, BatchNorm1d, BatchNorm2d, Conv2d, CrossEntropy, Dropout, Flatten, Function,
    GroupNorm, Layer, Linear, LogSoftmax, Loss, MaxPool2d, Mode, Relu, Sequential, Statistics,
};
use longhand::models::lenet;
use longhand::optim::{Adam, Optimizer};
use longhand::record::Record;
use longhand::tensor::isa::{self, Isa};
use longhand::tensor::{Window, threads};
use longhand::{Param, Rng, Scalar, Tape, Tensor, sequential};

/// Its place among all functions. There is no `_` here: a new one fails to compile until it has a
/// place, and `every_layer_is_the_same_on_both_roads` until it has a case.
fn place<T: Scalar>(function: &Function<'_, T>) -> usize {
    match function {
        Function::Linear { bias: None, .. } => 0,
        Function::Linear { bias: Some(_), .. } => 1,
        Function::Conv2d { bias: None, .. } => 2,
        Function::Conv2d { bias: Some(_), .. } => 3,
        Function::BatchNorm { statistics: Statistics::OfBatch, .. } => 4,
        Function::BatchNorm { statistics: Statistics::Given { .. }, .. } => 5,
        Function::Dropout { .. } => 6,
        Function::MaxPool2d { .. } => 7,
        Function::AvgPool2d { .. } => 8,
        Function::Flatten => 9,
        Function::Relu { .. } => 10,
        Function::LogSoftmax => 11,
        Function::Identity => 12,
        Function::Chain(_) => 13,
        Function::GroupNorm { .. } => 14,
    }
}

/// Layers of every kind, with an input each.
fn layers<T: Scalar>() -> Vec<(Box<dyn Layer<T>>, Tensor<T>)> {
    let rng = &mut Rng::new(1);
    let (rows, images) = (normal(&[6, 4], 2), normal(&[3, 2, 9, 8], 3));
    let window = Window::new([3, 2]);
    let mut all: Vec<(Box<dyn Layer<T>>, Tensor<T>)> = vec![
        (Box::new(Linear::new(4, 5, rng)), rows.clone()),
        (Box::new(Linear::without_bias(4, 5, rng)), rows.clone()),
        (Box::new(Linear::new(4, 5, rng)), rows.slice(0, 0..1)),
        (Box::new(BatchNorm1d::new(4)), rows.clone()),
        (Box::new(BatchNorm1d::new(4).momentum(0.5).eps(0.1)), normal(&[3, 4, 5], 4)),
        (Box::new(BatchNorm2d::new(2)), images.clone()),
        (Box::new(GroupNorm::new(2, 4)), rows.clone()),
        (Box::new(GroupNorm::new(2, 4).eps(0.1)), normal(&[3, 4, 5], 4)),
        (Box::new(GroupNorm::new(1, 2)), images.clone()),
        (Box::new(Dropout::new(0.4, rng)), rows.clone()),
        (Box::new(Dropout::new(0.0, rng)), images.clone()),
        (Box::new(Flatten::new()), images.clone()),
        (Box::new(Relu::new()), images.clone()),
        (Box::new(Relu::shifted(T::from_f64(0.25))), rows.clone()),
        (Box::new(LogSoftmax::new()), rows.clone()),
        (Box::new(LogSoftmax::new()), images.clone()),
        (Box::new(sequential![]), rows.clone()),
        (Box::new(sequential![Linear::new(4, 7, rng), sequential![Relu::new()]]), rows),
    ];
    for window in [
        window,
        window.stride([2, 3]),
        window.padding([2, 1]),
        window.dilation([2, 2]),
        window.stride([2, 2]).padding([1, 1]).dilation([1, 2]),
    ] {
        all.push((Box::new(Conv2d::new(2, 3, window, rng)), images.clone()));
        all.push((Box::new(Conv2d::without_bias(2, 3, window, rng)), images.clone()));
    }
    for window in [Window::tiling(2), Window::new([3, 3]).padding([1, 1]).stride([2, 2])] {
        all.push((Box::new(MaxPool2d::new(window)), images.clone()));
        all.push((Box::new(AvgPool2d::new(window)), images.clone()));
        all.push((Box::new(AvgPool2d::new(window).without_padding()), images.clone()));
    }
    all
}

fn every_layer<T: Scalar>() -> Vec<usize> {
    let mut places = Vec::new();
    for (mut layer, x) in layers::<T>() {
        for mode in [Mode::Train, Mode::Eval] {
            layer.set_mode(mode);
            places.push(place(&layer.function(&x)));
            both_roads(&mut *layer, &x);
        }
    }
    places.sort_unstable();
    places.dedup();
    places
}

#[test]
fn every_layer_is_the_same_on_both_roads() {
    let all: Vec<usize> = (0..15).collect();
    assert_eq!(every_layer::<f32>(), all);
    assert_eq!(every_layer::<f64>(), all);
}

/// Row i of a batch, whatever else is in the batch and however large that is, is row i alone.
fn rows_do_not_know_each_other<T: Scalar>(
    layer: &mut dyn Layer<T>,
    sample: &[usize],
    batches: impl Iterator<Item = usize> + Clone,
) {
    let most = batches.clone().max().unwrap();
    let x = normal::<T>(&[&[most], sample].concat(), 30);
    layer.set_mode(Mode::Train);
    layer.forward(&x); // so that running statistics are not what they begin as
    layer.set_mode(Mode::Eval);
    let alone: Vec<Tensor<T>> = (0..most).map(|i| layer.predict(&x.rows(i..i + 1))).collect();
    let ways = Isa::supported().flat_map(|isa| [1, 3].map(|count| (isa, count)));
    // Without a fused multiply-add everything takes thirty times as long: once is enough there.
    for (isa, count) in ways.skip(1) {
        for batch in batches.clone() {
            let first = (most - batch) / 2;
            let part = x.rows(first..first + batch);
            let y = isa::with(isa, || threads::with(count, || layer.forward(&part)));
            for (i, expected) in (first..).zip(0..batch).map(|(i, row)| (row, &alone[i])) {
                assert!(
                    y.rows(i..i + 1).same_bits(expected),
                    "{}: row {i} in a batch of {batch}, {isa}, {count} threads",
                    layer.name(),
                );
            }
        }
    }
}

fn batches_of<T: Scalar>() {
    for (mut layer, x) in layers::<T>() {
        rows_do_not_know_each_other(&mut *layer, &x.shape()[1..], 1..=33);
    }
    // Sums that are long, and results that are narrow or wide, take other ways through the engine.
    let rng = &mut Rng::new(31);
    for (inputs, outputs) in [(1000, 1), (784, 50), (3, 700), (333, 17)] {
        let mut layer = Linear::<T>::new(inputs, outputs, rng);
        rows_do_not_know_each_other(&mut layer, &[inputs], 1..=33);
    }
    let mut layer = Conv2d::<T>::new(7, 20, Window::new([5, 5]), rng);
    rows_do_not_know_each_other(&mut layer, &[7, 12, 12], 1..=33);
    let mut net = lenet::<T>(rng, [0.3, 0.5]);
    rows_do_not_know_each_other(&mut net, &[1, 28, 28], [1, 2, 5, 16, 33].into_iter());
}

#[test]
fn a_row_is_the_same_in_every_batch() {
    batches_of::<f32>();
}

#[test]
fn a_row_is_the_same_in_every_batch_in_f64() {
    batches_of::<f64>();
}

/// The comparison finds a layer that looks at its neighbours: batch norm does, in training.
#[test]
fn a_row_that_knows_its_neighbours_is_found() {
    struct OfBatch(BatchNorm1d);
    impl Layer for OfBatch {
        fn name(&self) -> String {
            "OfBatch".into()
        }
        fn predict(&self, input: &Tensor) -> Tensor {
            self.0.predict(input)
        }
        fn forward(&mut self, input: &Tensor) -> Tensor {
            self.0.set_mode(Mode::Train);
            self.0.forward(input)
        }
        fn backward(&mut self, d_output: &Tensor) -> Tensor {
            self.0.backward(d_output)
        }
    }
    assert_says(
        || rows_do_not_know_each_other(&mut OfBatch(BatchNorm1d::new(4)), &[4], 2..=3),
        &["OfBatch: row 0 in a batch of 2"],
    );
}

fn lenet_in<T: Scalar>() {
    let mut net = lenet::<T>(&mut Rng::new(5), [0.3, 0.5]);
    let x = normal(&[4, 1, 28, 28], 6);
    for mode in [Mode::Train, Mode::Eval] {
        net.set_mode(mode);
        both_roads(&mut net, &x);
    }
}

#[test]
fn lenet_is_the_same_on_both_roads() {
    lenet_in::<f32>();
    lenet_in::<f64>();
}

#[test]
fn zeros_infinities_and_nan_take_the_same_road() {
    let x = Tensor::vector(&[0.0, -0.0, f32::INFINITY, f32::NEG_INFINITY, f32::NAN, 1.0, -1e-45]);
    for mut layer in [Relu::new(), Relu::shifted(0.5)] {
        both_roads(&mut layer, &x);
    }
    let x = Tensor::new([2, 3], vec![f64::INFINITY, 0.0, 1.0, f64::NAN, -0.0, 2.0]);
    both_roads(&mut LogSoftmax::new(), &x);
}

/// The sum over a batch of one is its only gradient, a −0 included, on both roads.
#[test]
fn a_batch_of_one_keeps_the_sign_of_a_zero() {
    let x = normal::<f64>(&[1, 3], 20);
    let up = Tensor::new([1, 2], vec![-0.0, 1.0]);
    let mut layer = Linear::new(3, 2, &mut Rng::new(21));
    let tape = Tape::new();
    let y = layer.record(tape.constant(x.clone()));
    let taped = tape.backward_pass().root(y, up.clone()).gradients();
    layer.forward(&x);
    layer.backward(&up);
    for param in layer.params() {
        let (hand, taped) = (param.grad().unwrap(), taped.of(param).unwrap());
        assert!(hand.same_bits(taped), "{}: {hand} by hand, {taped} by tape", param.name);
    }
    assert!(layer.params()[1].grad().unwrap().data()[0].is_sign_negative());
}

#[test]
fn training_by_either_road_ends_in_the_same_bits() {
    let build = || -> Sequential {
        let rng = &mut Rng::new(7);
        sequential![
            Linear::without_bias(5, 16, rng),
            sequential![BatchNorm1d::new(16), Relu::new(), Dropout::new(0.3, rng)],
            Linear::new(16, 3, rng),
        ]
    };
    let (mut hand, mut taped) = (build(), build());
    let (mut one, mut other, mut loss) = (Adam::new(0.01), Adam::new(0.01), CrossEntropy::mean());
    let labels: Vec<usize> = (0..24).map(|i| i % 3).collect();
    let mut tape = Tape::new();
    for step in 0..20 {
        let x = normal(&[24, 5], 100 + step);
        let value = loss.forward(&hand.forward(&x), &labels);
        hand.zero_grad();
        hand.backward_params(&loss.backward());
        one.step(hand.params_mut());

        tape.clear();
        let ours = taped.record(tape.constant(x)).cross_entropy(&labels);
        assert_eq!(ours.value().item(), value, "step {step}");
        taped.zero_grad();
        ours.backward().write_to(taped.params_mut());
        other.step(taped.params_mut());
    }
    for ((name, a), (_, b)) in hand.state().into_iter().zip(taped.state()) {
        assert!(a.same_bits(b), "{name}");
    }
    assert!(!hand.buffers()[0].1.same_bits(&Tensor::zeros([16])));
}

/// A layer of one's own that is made of others, one after another.
struct Block {
    first: Linear<f64>,
    second: LogSoftmax<f64>,
    says: bool,
}

impl Layer<f64> for Block {
    fn name(&self) -> String {
        "Block".into()
    }
    fn predict(&self, input: &Tensor<f64>) -> Tensor<f64> {
        self.second.predict(&self.first.predict(input))
    }
    fn forward(&mut self, input: &Tensor<f64>) -> Tensor<f64> {
        let hidden = self.first.forward(input);
        self.second.forward(&hidden)
    }
    fn backward(&mut self, d_output: &Tensor<f64>) -> Tensor<f64> {
        let d_hidden = self.second.backward(d_output);
        self.first.backward(&d_hidden)
    }
    fn params(&self) -> Vec<&Param<f64>> {
        self.first.params()
    }
    fn params_mut(&mut self) -> Vec<&mut Param<f64>> {
        self.first.params_mut()
    }
    fn function(&mut self, _input: &Tensor<f64>) -> Function<'_, f64> {
        match self.says {
            true => Function::Chain(vec![&mut self.first, &mut self.second]),
            false => Function::Identity,
        }
    }
}

#[test]
fn a_layer_of_ones_own_is_recorded_as_the_chain_that_it_is() {
    let mut block =
        Block { first: Linear::new(4, 3, &mut Rng::new(8)), second: LogSoftmax::new(), says: true };
    let x = normal(&[5, 4], 9);
    both_roads(&mut block, &x);
    // The comparison finds a layer that says something else than it does.
    block.says = false;
    panic_of(|| both_roads(&mut block, &x));
}

/// A layer that does not say which function it is.
struct Silent;

impl Layer for Silent {
    fn name(&self) -> String {
        "Silent".into()
    }
    fn predict(&self, input: &Tensor) -> Tensor {
        input.clone()
    }
    fn forward(&mut self, input: &Tensor) -> Tensor {
        input.clone()
    }
    fn backward(&mut self, d_output: &Tensor) -> Tensor {
        d_output.clone()
    }
}

#[test]
fn mistakes_are_told_by_name() {
    let tape = Tape::new();
    let x = tape.constant(Tensor::zeros([2, 3]));
    assert_says(|| sequential![Silent].record(x), &["Silent", "which function"]);
    let mut norm = BatchNorm2d::new(3);
    assert_says(|| norm.record(x), &["BatchNorm2d", "[n, 3, h, w]", "[2, 3]"]);
    norm.set_mode(Mode::Eval);
    assert_says(|| norm.record(x), &["BatchNorm2d", "[n, 3, h, w]", "[2, 3]"]);
    let mut wide = Linear::new(4, 2, &mut Rng::new(10));
    assert_says(|| wide.record(x), &["[2, 3]", "[2, 4]"]);
}

/// The tape lets go of a parameter's value before its gradient is handed over, so that the step
/// is in place: what `record` makes must allow it.
#[test]
fn a_recorded_net_is_stepped_in_place() {
    let rng = &mut Rng::new(11);
    let window = Window::new([3, 3]);
    let mut net = sequential![
        Conv2d::<f64>::new(1, 2, window, rng),
        BatchNorm2d::new(2),
        Flatten::new(),
        Linear::new(2 * 4 * 4, 3, rng),
    ];
    let places = |net: &Sequential<f64>| {
        net.params().iter().map(|param| param.value.data().as_ptr()).collect::<Vec<_>>()
    };
    let before = places(&net);
    let tape = Tape::new();
    let loss = net.record(tape.constant(normal(&[2, 1, 6, 6], 12))).square().sum();
    longhand::mebp::backward(loss, net.params_mut(), &mut Adam::new(0.01));
    assert_eq!(places(&net), before);
}
