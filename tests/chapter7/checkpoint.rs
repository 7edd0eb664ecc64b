//! Activation checkpointing by hand: the bits of training without it, and the memory that theory
//! says.

use crate::common::{both_roads, check_layer, normal, panic_of};
use crate::{CASES, Case, RULES, Training, Way, first_difference, forward, nested_net};
use longhand::layers::{BatchNorm1d, Dropout, Layer, Linear, Mode, Relu, Sequential};
use longhand::mebp::{self, Checkpoint, checkpoint_sequential};
use longhand::optim::{Adam, Optimizer, Sgd};
use longhand::tensor::meter::{Kind, Meter};
use longhand::{Rng, Scalar, Tensor, sequential};

/// Batch normalisation and dropout in every segment, however it is cut.
const STATEFUL: Case = Case { name: "with state", net: stateful_net, batch: &[16, 12] };

fn stateful_net<T: Scalar>(seed: u64) -> Sequential<T> {
    let rng = &mut Rng::new(seed);
    sequential![
        BatchNorm1d::new(12),
        Linear::new(12, 20, rng),
        Dropout::new(0.3, rng),
        BatchNorm1d::new(20),
        Relu::new(),
        Dropout::new(0.2, rng),
        sequential![Linear::new(20, 8, rng), BatchNorm1d::new(8)],
        Dropout::new(0.1, rng),
        Linear::new(8, 4, rng),
    ]
}

/// Every net, in every number of segments.
fn every_cut(check: impl Fn(&Case, usize)) {
    for case in CASES.iter().chain([&STATEFUL]) {
        (1..=(case.net)(0).layers.len()).for_each(|segments| check(case, segments));
    }
}

#[test]
fn every_way_of_training_takes_the_same_steps() {
    every_cut(|case, segments| {
        for (rule, optimizer) in RULES {
            for way in [Way::Ordinary, Way::PerLayer, Way::PerParameter] {
                let cut = checkpoint_sequential((case.net)(3), segments);
                let mut plain = Training::new((case.net)(3), optimizer, Way::Ordinary);
                let mut cut = Training::new(cut, optimizer, way);
                let what = format!("{}, {rule}, {way:?}, {segments} segments", case.name);
                for step in 0..3 {
                    let x = normal(case.batch, 50 + step);
                    plain.step(&x, step);
                    cut.step(&x, step);
                    assert_eq!(first_difference(&plain.net, &cut.net), None, "{what}");
                    let [a, b] = [&plain.net, &cut.net].map(|net| net.predict(&x));
                    assert!(a.same_bits(&b), "{what}: predictions");
                }
            }
        }
    });
}

#[test]
fn outputs_and_gradients_have_the_same_bits_in_both_modes() {
    every_cut(|case, segments| {
        for mode in [Mode::Train, Mode::Eval] {
            let mut nets = [(case.net)(4), checkpoint_sequential((case.net)(4), segments)];
            let x = normal(case.batch, 5);
            let [plain, cut] = nets.each_mut().map(|net| {
                net.set_mode(mode);
                // Twice: gradients add up, and the state has moved on.
                let passes = [6, 7].map(|seed| {
                    let output = net.forward(&x);
                    [net.backward(&normal(&output.shape(), seed)), output]
                });
                let grads = net.params_mut().into_iter().map(|param| param.take_grad().unwrap());
                passes.into_iter().flatten().chain(grads).collect::<Vec<_>>()
            });
            for (a, b) in plain.iter().zip(&cut) {
                assert!(a.same_bits(b), "{}, {mode:?}, {segments} segments", case.name);
            }
            assert_eq!(first_difference(&nets[0], &nets[1]), None, "{}, {mode:?}", case.name);
        }
    });
}

#[test]
fn without_the_inputs_gradient_the_parameters_get_theirs() {
    every_cut(|case, segments| {
        let mut nets = [(case.net)(4), checkpoint_sequential((case.net)(4), segments)];
        let x = normal(case.batch, 5);
        let [plain, cut] = nets.each_mut().map(|net| {
            let output = net.forward(&x);
            net.backward_params(&normal(&output.shape(), 6));
            net.params_mut().into_iter().map(|param| param.take_grad()).collect::<Vec<_>>()
        });
        assert!(plain.iter().all(Option::is_some));
        assert_eq!(plain, cut, "{}, {segments} segments", case.name);
    });
}

#[test]
fn clipped_in_two_passes_it_takes_the_same_steps() {
    every_cut(|case, segments| {
        let (mut one, mut two) = ((case.net)(4), checkpoint_sequential((case.net)(4), segments));
        let [mut first, mut second] = [Adam::new(1e-3), Adam::new(1e-3)];
        for step in 0..3 {
            let x = normal(case.batch, step);
            let d_output = forward(&mut one, &x, step);
            one.backward_params(&d_output);
            let norm = mebp::clip(one.params_mut(), 0.01);
            first.step(one.params_mut());
            one.zero_grad();
            let found =
                mebp::per_layer_clipped(&mut two, &mut second, 0.01, |net| forward(net, &x, step));
            assert_eq!(found, norm, "{}, {segments} segments", case.name);
            assert_eq!(first_difference(&one, &two), None, "{}, {segments}", case.name);
            assert!(one.predict(&x).same_bits(&two.predict(&x)), "{}, {segments}", case.name);
        }
    });
}

/// L layers that keep one activation each. At the beginning of the way back there are the inputs
/// of all segments but the first (that one's is the caller's) and the last segment's outputs. When
/// segment k has been computed again there are k − 1 inputs, its outputs, and the output that it
/// is compared with.
#[test]
fn the_peak_is_what_theory_says() {
    const LAYERS: usize = 32;
    let one = 4 * 8 * 10;
    let mut peaks = Vec::new();
    for segments in 1..=LAYERS {
        let meter = Meter::new();
        let rng = &mut Rng::new(1);
        let layers = (0..LAYERS).map(|_| Box::new(Linear::new(10, 10, rng)) as _);
        let mut net = checkpoint_sequential(Sequential::new(layers.collect()), segments);
        let lengths: Vec<_> =
            net.layers.iter().map(|layer| layer.layers().unwrap().len()).collect();
        let x = normal(&[8, 10], 1);
        meter.watch(|| {
            let d_output = forward(&mut net, &x, 1);
            mebp::per_layer(&mut net, d_output, &mut Sgd::new(0.1));
        });
        let (last, others) = lengths.split_last().unwrap();
        let others = others.iter().enumerate().map(|(number, length)| number + 1 + length);
        let theory = others.chain([segments - 1 + last]).max().unwrap();
        assert_eq!(meter.most(Kind::Activation), one * theory, "{segments} segments");
        assert_eq!(meter.now()[Kind::Activation], 0);
        // The gradients are those of one layer, and not of a segment.
        assert_eq!(meter.most(Kind::Gradient), 4 * mebp::sizes(&net).layer);
        peaks.push(theory);
    }
    let least = *peaks.iter().min().unwrap();
    assert_eq!((peaks[0], peaks[5], least), (LAYERS, 10, 10));
    assert!(peaks[5] as f64 <= 0.4 * LAYERS as f64);
}

/// Segments within segments: 4 of 4 of 4 layers hold about 4 + 4 + 4 activations.
#[test]
fn checkpoints_within_checkpoints_hold_less() {
    let run = |inner: usize, outer: usize| {
        let rng = &mut Rng::new(1);
        let parts = (0..4).map(|_| -> Box<dyn Layer> {
            let layers = (0..16).map(|_| Box::new(Linear::new(10, 10, rng)) as _);
            Box::new(checkpoint_sequential(Sequential::new(layers.collect()), inner))
        });
        let mut net = checkpoint_sequential(Sequential::new(parts.collect()), outer);
        let (x, meter) = (normal(&[8, 10], 1), Meter::new());
        meter.watch(|| {
            let d_output = forward(&mut net, &x, 1);
            mebp::per_layer(&mut net, d_output, &mut Sgd::new(0.1));
        });
        (meter.most(Kind::Activation) / (4 * 8 * 10), net)
    };
    let [(all, plain), (_, inner), (less, outer), (least, both)] =
        [(1, 1), (4, 1), (1, 4), (4, 4)].map(|(inner, outer)| run(inner, outer));
    assert_eq!([all, less, least], [64, 19, 10]);
    for net in [inner, outer, both] {
        assert_eq!(first_difference(&plain, &net), None);
    }
}

#[test]
fn a_weight_stays_where_it_is() {
    for way in [Way::Ordinary, Way::PerLayer, Way::PerParameter] {
        let net = checkpoint_sequential(stateful_net(1), 3);
        let mut training = Training::new(net, RULES[0].1, way);
        let places = |net: &Sequential| -> Vec<_> {
            net.params().iter().map(|param| param.value.data().as_ptr()).collect()
        };
        let before = places(&training.net);
        (0..3).for_each(|step| training.step(&normal(STATEFUL.batch, step), step));
        assert_eq!(places(&training.net), before, "{way:?}");
    }
}

/// What happens between forward and backward makes no difference to the way back: other weights,
/// another mode, a prediction; and a second forward pass takes the place of the first.
#[test]
fn what_happens_in_between_changes_nothing() {
    type Meanwhile = fn(&mut Sequential, &Tensor);
    let between: [(&str, Meanwhile); 4] = [
        ("weights", |net, _| net.params_mut().into_iter().for_each(|param| param.value *= 2.0)),
        ("mode", |net, _| net.set_mode(Mode::Eval)),
        ("prediction", |net, x| drop(net.predict(x))),
        ("forward", |net, x| drop(net.forward(&(x * 2.0)))),
    ];
    for (name, meanwhile) in between {
        let mut nets = [stateful_net(2), checkpoint_sequential(stateful_net(2), 3)];
        let x = normal(STATEFUL.batch, 3);
        let [plain, cut] = nets.each_mut().map(|net| {
            net.forward(&x);
            meanwhile(net, &x);
            net.backward(&normal(&[16, 4], 4))
        });
        assert!(plain.same_bits(&cut), "{name}");
        let [a, b] = nets.each_ref().map(|net| net.params().into_iter().map(|param| param.grad()));
        assert!(a.zip(b).all(|(a, b)| a.unwrap().same_bits(b.unwrap())), "{name}");
        assert_eq!(first_difference(&nets[0], &nets[1]), None, "{name}");
        assert_eq!(nets[0].forward(&x), nets[1].forward(&x), "{name}: what is drawn next");
    }
}

#[test]
fn there_is_nothing_to_go_back_through_twice() {
    let (x, meter) = (normal(&[7, 3, 4], 1), Meter::new());
    let mut net = meter.watch(|| checkpoint_sequential(nested_net(1), 3));
    meter.watch(|| net.forward(&x));
    assert!(meter.now()[Kind::Activation] > 0);
    net.forget();
    assert_eq!(meter.now()[Kind::Activation], 0);
    let message = panic_of(|| net.backward(&Tensor::ones([7, 5])));
    assert!(message.contains("without a forward pass"), "{message}");
    let message = panic_of(|| checkpoint_sequential(nested_net(1), 7));
    assert!(message.contains("6 layers in 7 segments; expected 1 to 6"), "{message}");
}

/// Adds how often it was called, and tells nobody.
struct Counter(f32);

impl Layer for Counter {
    fn name(&self) -> String {
        "Counter".into()
    }
    fn predict(&self, input: &Tensor) -> Tensor {
        input + self.0
    }
    fn forward(&mut self, input: &Tensor) -> Tensor {
        self.0 += 1.0;
        self.predict(input)
    }
    fn backward(&mut self, d_output: &Tensor) -> Tensor {
        d_output.clone()
    }
}

#[test]
fn a_layer_that_hides_its_state_is_found_out() {
    let mut net = checkpoint_sequential(sequential![Counter(0.0), Relu::new()], 2);
    net.forward(&Tensor::ones([2]));
    let message = panic_of(|| net.backward(&Tensor::ones([2])));
    assert!(message.contains("another output when it is computed again"), "{message}");
}

#[test]
fn on_a_tape_it_is_its_chain() {
    let mut net = Checkpoint::new(stateful_net(7));
    assert_eq!(net.name(), "Checkpoint");
    both_roads(&mut net, &normal::<f32>(STATEFUL.batch, 8));
}

/// The check goes forward hundreds of times, and must draw the same masks each time.
#[test]
fn its_gradients_are_those_of_finite_differences() {
    let rng = &mut Rng::new(8);
    let dropout = Dropout::new(0.3, rng);
    let (first, last) = (Linear::new(6, 5, rng), Linear::new(5, 4, rng));
    let mut net = Checkpoint::new(sequential![first, BatchNorm1d::new(5), dropout, last]);
    check_layer(&mut net, &normal(&[16, 6], 9));
    assert_eq!(net.buffers()[0].1.data(), [0.0; 5], "the check leaves no trace");
}
