//! Checkpoints on the tape: values and gradients of the plain formula, to any order, and what they
//! keep.

use crate::common::{assert_says, normal};
use longhand::optim::{Adam, Sgd};
use longhand::per_sample::{Recorder, Scaling};
use longhand::tape::{self, Var, gradcheck, gradgradcheck};
use longhand::tensor::meter::{Kind, Meter};
use longhand::{Param, Rng, Tape, Tensor, mebp};

const LAYERS: usize = 16;
const WIDTH: usize = 12;

fn params() -> Vec<Param> {
    let bias = |i: usize| Param::new("bias", normal(&[WIDTH], 100 + i as u64));
    let weight = |i: usize| Param::new("weight", normal::<f32>(&[WIDTH, WIDTH], i as u64) * 0.3);
    (0..LAYERS).flat_map(|i| [weight(i), bias(i)]).collect()
}

/// A deep net in segments of four layers, each with dropout on a path of its own.
fn deep<'t>(params: &[Param], x: Var<'t>, checkpoints: bool) -> Var<'t> {
    let tape = x.tape();
    params.chunks_exact(8).fold(x, |x, four| {
        let [a, b, c, d] = [0, 1, 2, 3].map(|i| [0, 1].map(|j| tape.param(&four[2 * i + j])));
        let inputs = [x, a[0], a[1], b[0], b[1], c[0], c[1], d[0], d[1]];
        if checkpoints { tape::checkpoint(inputs, four_layers) } else { four_layers(inputs) }
    })
}

fn four_layers<'t>([x, params @ ..]: [Var<'t>; 9]) -> Var<'t> {
    params.chunks_exact(2).zip(0..).fold(x, |x, (layer, seed)| {
        (x.dropout(0.2, &mut Rng::new(seed)) + x).linear(layer[0], layer[1]).tanh()
    })
}

fn loss<'t>(tape: &'t Tape, params: &[Param], checkpoints: bool) -> Var<'t> {
    let x = tape.leaf(normal(&[64, WIDTH], 7));
    deep(params, x, checkpoints).square().mean()
}

#[test]
fn a_deep_net_has_the_same_bits_and_a_lower_peak() {
    let [plain, cut] = [false, true].map(|checkpoints| {
        let (mut params, meter) = (params(), Meter::new());
        let mut adam = Adam::new(1e-2);
        let losses = [(); 3].map(|()| {
            meter.watch(|| {
                let tape = Tape::new();
                let loss = loss(&tape, &params, checkpoints);
                let value = loss.value().item();
                mebp::backward(loss, &mut params, &mut adam);
                value
            })
        });
        let values: Vec<_> = params.into_iter().map(|param| param.value).collect();
        (losses, values, meter.most(Kind::Activation))
    });
    assert_eq!(plain.0, cut.0);
    assert!(plain.1.iter().zip(&cut.1).all(|(a, b)| a.same_bits(b)));
    assert!(10 * cut.2 <= 4 * plain.2, "{} of {} bytes", cut.2, plain.2);
}

#[test]
fn a_weight_is_stepped_in_place() {
    let mut params = params();
    let places = |params: &[Param]| -> Vec<_> {
        params.iter().map(|param| param.value.data().as_ptr()).collect()
    };
    let before = places(&params);
    let tape = Tape::new();
    let loss = loss(&tape, &params, true);
    mebp::backward(loss, &mut params, &mut Sgd::new(0.1));
    assert_eq!(places(&params), before);
}

/// An input that is used twice, one that is computed from another, one that is used outside as
/// well, and one that is not used.
fn entangled<'t>([x, y]: [Var<'t, f64>; 2], checkpoints: bool) -> Var<'t, f64> {
    fn f<'t>([a, b, c, _]: [Var<'t, f64>; 4]) -> Var<'t, f64> {
        (a * b.tanh() + c * a).exp()
    }
    let inputs = [x, x, (x * y).tanh(), y];
    (if checkpoints { tape::checkpoint(inputs, f) } else { f(inputs) }) * x + y
}

#[test]
fn derivatives_of_any_order_are_those_of_the_formula() {
    let (x, y) = (normal(&[3, 2], 1) * 0.5, normal(&[3, 2], 2) * 0.5);
    gradcheck([&x, &y], |inputs| entangled(inputs, true)).expect_right();
    gradgradcheck([&x, &y], |inputs| entangled(inputs, true)).expect_right();
    let [plain, cut] = [false, true].map(|checkpoints| {
        let tape = Tape::new();
        let inputs = [x.clone(), y.clone()].map(|value| tape.leaf(value));
        let output = entangled(inputs, checkpoints).sum();
        let first = output.grad_create_graph(inputs);
        let second = first[0].square().sum().grad_create_graph(inputs);
        let values = [first, second].map(|gradients| gradients.map(Var::value));
        let third = (second[0] * second[1]).sum().grad(inputs);
        [values[0].clone(), values[1].clone(), third]
    });
    for (a, b) in plain.iter().flatten().zip(cut.iter().flatten()) {
        assert!(a.max_abs_diff(b) <= 1e-12 * a.abs().max(), "{a} and {b}");
    }
}

#[test]
fn a_checkpoint_within_a_checkpoint() {
    let x: Tensor<f64> = normal(&[5], 3);
    let tape = Tape::new();
    let leaf = tape.leaf(x);
    let nested = tape::checkpoint([leaf], |[x]| tape::checkpoint([x], |[x]| x.exp().tanh()).exp());
    let plain = leaf.exp().tanh().exp();
    assert!(nested.value().same_bits(&plain.value()));
    let [a, b] = [nested, plain].map(|y| y.sum().backward()[leaf].clone());
    assert!(a.same_bits(&b));
}

#[test]
fn what_draws_is_found_out_and_what_mixes_samples_still_does() {
    let rng = std::sync::Mutex::new(Rng::new(1));
    let tape = Tape::<f64>::new();
    let x = tape.leaf(normal(&[4, 30], 1));
    let y = tape::checkpoint([x], move |[x]| x.dropout(0.5, &mut rng.lock().unwrap()));
    assert_says(|| y.sum().backward(), &["another value when it is computed again"]);

    let tape = Tape::<f64>::new();
    let recorder = Recorder::new(&tape);
    let x = tape.constant(normal(&[4, 3], 1));
    let y = recorder.linear(x, tape.leaf(normal(&[2, 3], 2)), None);
    let one = |value: f64| tape.constant(Tensor::full([2], value));
    let y = tape::checkpoint([y, one(1.0), one(0.0)], |[y, w, b]| y.batch_norm(w, b, 1e-5));
    let loss = y.square().sum();
    assert_says(|| recorder.backward(loss, Scaling::Share), &["(checkpoint, shape [4, 2]", "mix"]);
}

#[test]
fn mistakes_are_told() {
    let (tape, other) = (Tape::<f64>::new(), Tape::new());
    let inputs = [tape.leaf(Tensor::scalar(1.0)), other.leaf(Tensor::scalar(2.0))];
    assert_says(|| tape::checkpoint(inputs, |[a, b]| a * b), &["input 1 belongs to another tape"]);
    assert_says(
        || tape::checkpoint([], |[]: [Var<'_, f64>; 0]| unreachable!()),
        &["a checkpoint without an input"],
    );
}
