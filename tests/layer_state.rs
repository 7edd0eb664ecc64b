//! What a layer keeps between calls: the mode that it is in, what a forward pass saved for its
//! backward pass, and what training moves on besides the parameters.

mod common;

use common::{assert_says, normal, panic_of};
use longhand::dni::{BasicSizes, BasicSynthesizer, Synthesizer};
use longhand::init::Fan;
use longhand::layers::{
    AvgPool2d, BatchNorm1d, BatchNorm2d, Conv2d, Dropout, Flatten, GroupNorm, Layer, Linear,
    LogSoftmax, MaxPool2d, Mode, Relu, Sequential, preserve_state, summary,
};
use longhand::optim::{Adam, Optimizer, Sgd};
use longhand::tensor::Window;
use longhand::wtb::Tempered;
use longhand::{Param, Rng, Scalar, Tape, Tensor, init, sequential};

/// Every kind of layer, with an input for it, in training.
fn every_layer<T: Scalar>() -> Vec<(Box<dyn Layer<T>>, Tensor<T>)> {
    let rng = &mut Rng::new(1);
    let (rows, images) = (normal(&[6, 4], 2), normal(&[3, 2, 6, 6], 3));
    let window = Window::new([3, 3]);
    vec![
        (Box::new(Linear::new(4, 5, rng)), rows.clone()),
        (Box::new(Linear::without_bias(4, 5, rng)), rows.clone()),
        (Box::new(Conv2d::new(2, 3, window, rng)), images.clone()),
        (Box::new(Conv2d::without_bias(2, 3, window, rng)), images.clone()),
        (Box::new(BatchNorm1d::new(4)), rows.clone()),
        (Box::new(BatchNorm2d::new(2)), images.clone()),
        (Box::new(GroupNorm::new(2, 2)), images.clone()),
        (Box::new(Dropout::new(0.5, rng)), rows.clone()),
        (Box::new(MaxPool2d::new(Window::tiling(2))), images.clone()),
        (Box::new(AvgPool2d::new(Window::tiling(2))), images.clone()),
        (Box::new(Flatten::new()), images),
        (Box::new(Relu::shifted(T::from_f64(0.5))), rows.clone()),
        (Box::new(LogSoftmax::new()), rows.clone()),
        (Box::new(sequential![Linear::new(4, 3, rng), BatchNorm1d::new(3)]), rows),
    ]
}

/// What tables and messages call them.
#[test]
fn every_layer_has_its_name() {
    let names: Vec<String> = every_layer::<f32>().iter().map(|(layer, _)| layer.name()).collect();
    assert_eq!(
        names.join(" "),
        "Linear Linear Conv2d Conv2d BatchNorm1d BatchNorm2d GroupNorm Dropout MaxPool2d AvgPool2d \
         Flatten Relu LogSoftmax Sequential"
    );
    let (net, _) = every_layer::<f32>().pop().unwrap();
    assert_eq!(format!("{net:?}"), "Sequential[Linear, BatchNorm1d]");
}

#[test]
fn what_is_forgotten_cannot_be_gone_back_through() {
    for (mut layer, x) in every_layer::<f32>() {
        let y = layer.forward(&x);
        layer.forget();
        assert_says(|| layer.backward(&y), &["backward without a forward pass before it"]);
    }
}

/// All gradients of a backward pass from `up`: of the input, then of the parameters.
fn backward<T: Scalar>(layer: &mut dyn Layer<T>, up: &Tensor<T>) -> Vec<Tensor<T>> {
    let d_input = layer.backward(up);
    let params = layer.params_mut().into_iter().map(|param| param.take_grad().unwrap());
    [d_input].into_iter().chain(params).collect()
}

#[track_caller]
fn same(name: &str, ours: &[Tensor<f64>], theirs: &[Tensor<f64>]) {
    assert_eq!(ours.len(), theirs.len(), "{name}");
    for (number, (a, b)) in ours.iter().zip(theirs).enumerate() {
        assert!(a.same_bits(b), "{name}, gradient {number}: {a} and {b}");
    }
}

#[test]
fn predicting_is_going_forward_in_evaluation() {
    for (mut layer, x) in every_layer::<f32>() {
        layer.forward(&x); // so that running statistics are not what they begin as
        let predicted = layer.predict(&x);
        layer.set_mode(Mode::Eval);
        assert!(predicted.same_bits(&layer.forward(&x)), "{}", layer.name());
    }
}

#[test]
fn a_prediction_between_forward_and_backward_changes_nothing() {
    for ((mut layer, x), (mut alone, _)) in every_layer::<f64>().into_iter().zip(every_layer()) {
        let (y, name) = (layer.forward(&x), layer.name());
        assert!(y.same_bits(&alone.forward(&x)), "{name}");
        let up = normal::<f64>(&y.shape(), 4);
        layer.predict(&(&x * 3.0));
        summary(&*layer, x.shape());
        same(&name, &backward(&mut *layer, &up), &backward(&mut *alone, &up));
        assert!(layer.forward(&x).same_bits(&alone.forward(&x)), "{name}: the next batch");
        for ((what, a), (_, b)) in layer.buffers().into_iter().zip(alone.buffers()) {
            assert!(a.same_bits(b), "{name}: {what}");
        }
    }
}

/// A layer that tells which mode it is in.
struct Probe(Mode);

impl Layer<f32> for Probe {
    fn name(&self) -> String {
        "Probe".into()
    }
    fn predict(&self, input: &Tensor) -> Tensor {
        Tensor::ones(input.shape())
    }
    fn forward(&mut self, input: &Tensor) -> Tensor {
        if self.0 == Mode::Eval { self.predict(input) } else { Tensor::zeros(input.shape()) }
    }
    fn backward(&mut self, d_output: &Tensor) -> Tensor {
        d_output.clone()
    }
    fn set_mode(&mut self, mode: Mode) {
        self.0 = mode;
    }
}

#[test]
fn modes_reach_every_layer_and_only_set_mode_changes_them() {
    let mut net: Sequential = sequential![sequential![Probe(Mode::Eval)], Probe(Mode::Train)];
    let x = Tensor::zeros([1]);
    let modes = |net: &mut Sequential| {
        let Some(layers) = net.layers_mut() else { unreachable!("a chain") };
        [0, 1].map(|number| layers[number].forward(&x).item())
    };
    assert_eq!(modes(&mut net), [1.0, 0.0], "a net takes its layers as they are");
    net.predict(&x);
    summary(&net, [1]);
    assert_eq!(modes(&mut net), [1.0, 0.0], "looking leaves each in its own mode");
    for mode in [Mode::Eval, Mode::Train] {
        net.set_mode(mode);
        assert_eq!(modes(&mut net), [f32::from(mode == Mode::Eval); 2]);
    }
}

#[test]
fn a_batch_norm_that_was_frozen_stays_frozen() {
    let mut net = sequential![Linear::<f32>::new(4, 3, &mut Rng::new(5)), BatchNorm1d::new(3)];
    net.layers[1].set_mode(Mode::Eval);
    let x = normal(&[8, 4], 6);
    net.predict(&x);
    net.forward(&x);
    assert_eq!(net.buffers()[0].1.data(), [0.0; 3]);
}

/// Backward belongs to the function that was computed going forward, whatever was done to the
/// layer's parameters in between.
#[test]
fn weights_changed_between_forward_and_backward_do_not_matter() {
    for mode in [Mode::Train, Mode::Eval] {
        for ((mut layer, x), (mut plain, _)) in every_layer::<f64>().into_iter().zip(every_layer())
        {
            for layer in [&mut layer, &mut plain] {
                layer.set_mode(mode);
                for (seed, param) in (7..).zip(layer.params_mut()) {
                    param.value = normal(&param.value.shape(), seed);
                }
            }
            let up = normal::<f64>(&layer.forward(&x).shape(), 9);
            plain.forward(&x);
            for (number, param) in layer.params_mut().into_iter().enumerate() {
                // In place as a step does it, or another tensor as loading does.
                match number % 2 {
                    0 => param.value *= 100.0,
                    _ => param.value = normal(&param.value.shape(), 10),
                }
            }
            for (_, buffer) in layer.buffers_mut() {
                *buffer *= 7.0;
            }
            same(&layer.name(), &backward(&mut *layer, &up), &backward(&mut *plain, &up));
        }
    }
}

/// PyTorch: a RuntimeError, of a gradient or a state of another size.
#[test]
fn a_shape_that_has_changed_is_told_at_the_callers_line() {
    let rules = || -> [Box<dyn Optimizer<f64>>; 4] {
        [
            Box::new(Sgd::new(1.0)),
            Box::new(Sgd::new(1.0).momentum(0.9)),
            Box::new(Adam::new(1.0)),
            Box::new(Tempered::new(Adam::new(1.0))),
        ]
    };
    let fresh = || Param::new("w", Tensor::<f64>::zeros([2]));
    assert_says(|| fresh().set_grad(Tensor::ones([1])), &["[1]", "w of shape [2]"]);
    assert_says(|| fresh().accumulate(Tensor::ones([1])), &["[1]", "w of shape [2]"]);
    for mut rule in rules() {
        let mut param = fresh();
        param.set_grad(Tensor::ones([2]));
        param.value = Tensor::zeros([3]);
        assert_says(|| rule.step_param(&mut param), &["[2]", "w of shape [3]"]);
    }
    // Grown after a step: what the rule remembers has the old shape. Plain descent remembers nothing.
    for (number, mut rule) in rules().into_iter().enumerate() {
        let mut param = fresh();
        param.set_grad(Tensor::ones([2]));
        rule.step_param(&mut param);
        param.zero_grad();
        param.value = Tensor::zeros([4]);
        param.set_grad(Tensor::ones([4]));
        match number {
            0 => rule.step_param(&mut param),
            _ => assert_says(|| rule.step_param(&mut param), &["[2]", "[4]"]),
        }
    }
}

#[test]
fn a_hook_that_panics_stays() {
    let (mut param, mut calls) = (Param::new("w", Tensor::<f32>::zeros([1])), 0);
    param.set_hook(move |param| {
        param.zero_grad();
        calls += 1;
        assert!(calls > 1, "the first time");
    });
    assert_eq!(panic_of(|| param.accumulate(Tensor::ones([1]))), "the first time");
    param.accumulate(Tensor::ones([1]));
    assert!(param.grad().is_none(), "the hook was called again");
}

/// `nn.Linear(0, 5)` and the like: PyTorch gives a bias of zeros.
#[test]
fn layers_without_inputs_or_outputs_work() {
    let rng = &mut Rng::new(14);
    let mut none = Linear::<f64>::new(0, 5, rng);
    assert!(none.forward(&Tensor::zeros([3, 0])).same_bits(&Tensor::zeros([3, 5])));
    assert_eq!(none.backward(&Tensor::ones([3, 5])).shape(), [3, 0]);
    assert_eq!(none.params()[1].grad().unwrap().data(), [3.0; 5]);
    assert_eq!(Linear::<f64>::new(5, 0, rng).forward(&Tensor::ones([3, 5])).shape(), [3, 0]);
    let conv = Conv2d::<f32>::new(0, 2, Window::new([3, 3]), rng);
    assert_eq!(conv.params()[1].value.data(), [0.0; 2]);
    for fan in [Fan::In, Fan::Out] {
        for shape in [[5, 0], [0, 5]] {
            assert_eq!(init::kaiming_uniform::<f32>(shape, fan, 1.0, rng).shape(), shape);
            assert_eq!(init::kaiming_normal::<f32>(shape, fan, 1.0, rng).shape(), shape);
        }
    }
    let synthesizer = BasicSynthesizer::<f32>::new(BasicSizes::new(2).trigger_dim(0), rng);
    let (mut synthesizer, tape) = (synthesizer, Tape::new());
    let guess = synthesizer.synthesize(tape.constant(Tensor::zeros([3, 0])), None);
    assert_eq!(guess.shape(), [3, 2]);
}

#[test]
fn any_layer_can_be_saved_and_loaded() {
    let path = std::env::temp_dir().join(format!("longhand-layer-{}", std::process::id()));
    let (one, mut other) =
        (Linear::<f32>::new(3, 2, &mut Rng::new(15)), Linear::new(3, 2, &mut Rng::new(16)));
    one.save(&path).unwrap();
    other.load(&path).unwrap();
    assert!(one.weight.value.same_bits(&other.weight.value));
    let mut norm = BatchNorm1d::<f32>::new(3);
    let error = norm.load(&path).unwrap_err().to_string();
    assert!(error.contains("running_mean"), "{error}");
    norm.forward(&normal(&[8, 3], 17));
    norm.save(&path).unwrap();
    let mut again = BatchNorm1d::<f32>::new(3);
    again.load(&path).unwrap();
    assert!(again.running_mean.same_bits(&norm.running_mean));
    std::fs::remove_file(path).unwrap();
}

#[test]
fn what_a_pass_moves_on_can_be_put_back() {
    let build = || {
        let rng = &mut Rng::new(11);
        sequential![
            Linear::<f32>::new(4, 3, rng),
            sequential![BatchNorm1d::new(3), Dropout::new(0.5, rng)],
        ]
    };
    let (mut net, mut fresh) = (build(), build());
    let x = normal(&[8, 4], 12);
    let rehearsed = preserve_state(&mut net, |net| {
        net.forward(&normal(&[8, 4], 13));
        net.forward(&x)
    });
    let message = panic_of(|| {
        preserve_state(&mut net, |net| {
            net.forward(&x);
            panic!("in the middle");
        })
    });
    assert_eq!(message, "in the middle");
    let y = net.forward(&x);
    assert!(y.same_bits(&fresh.forward(&x)) && !y.same_bits(&rehearsed));
    for ((name, a), (_, b)) in net.buffers().into_iter().zip(fresh.buffers()) {
        assert!(a.same_bits(b), "{name}");
    }
}
