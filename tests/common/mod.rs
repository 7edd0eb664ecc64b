//! What the tests share: frozen figures, finite differences, how near is near, panics, children.
#![allow(dead_code)]

use longhand::data::npy;
use longhand::layers::{Layer, preserve_state};
use longhand::record::Record;
use longhand::{Rng, Scalar, Tape, Tensor, init};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The path of a file under `tests/golden/`.
pub fn golden_path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(format!("{name}.npy"))
}

/// A tensor that `tests/golden/generate.py` froze: `golden("chapter3/net/w1")`.
pub fn golden(name: &str) -> Tensor<f64> {
    npy::read_tensor(golden_path(name)).unwrap_or_else(|error| panic!("{error}"))
}

/// The same as labels.
pub fn golden_labels(name: &str) -> Vec<usize> {
    golden(name).data().iter().map(|&label| label as usize).collect()
}

/// Asserts that two tensors have one shape and differ by at most `tolerance` anywhere.
#[track_caller]
pub fn assert_near(what: &str, ours: &Tensor<f64>, theirs: &Tensor<f64>, tolerance: f64) {
    assert_eq!(ours.shape(), theirs.shape(), "{what}: shapes");
    let difference = ours.max_abs_diff(theirs);
    assert!(difference <= tolerance, "{what}: differs by {difference:e}, allowed {tolerance:e}");
}

/// Independent normal draws; a seed of its own for each tensor keeps tests apart.
pub fn normal<T: Scalar>(shape: &[usize], seed: u64) -> Tensor<T> {
    init::normal(shape, T::ZERO, T::ONE, &mut Rng::new(seed))
}

/// dL/dx by central differences: (L(x + h) − L(x − h)) / 2h for each element in turn.
pub fn numeric_gradient(x: &Tensor<f64>, mut loss: impl FnMut(&Tensor<f64>) -> f64) -> Tensor<f64> {
    let h = 1e-5;
    let mut gradient = Tensor::zeros(x.shape());
    for i in 0..x.len() {
        let mut at = |step: f64| {
            let mut moved = x.clone();
            moved.data_mut()[i] += step;
            loss(&moved)
        };
        gradient.data_mut()[i] = (at(h) - at(-h)) / (2.0 * h);
    }
    gradient
}

/// Holds every gradient of a layer against finite differences of L = Σ up·y, where `up` is
/// random: an incoming gradient of all ones would hide mistakes that cancel. Every pass draws the
/// same, and running statistics stay where they were.
#[track_caller]
pub fn check_layer(layer: &mut dyn Layer<f64>, x: &Tensor<f64>) {
    let forward = |layer: &mut dyn Layer<f64>, x: &Tensor<f64>| {
        preserve_state(layer, |layer| layer.forward(x))
    };
    let name = layer.name();
    let up = normal::<f64>(&forward(layer, x).shape(), 77);
    let d_input = layer.backward(&up);
    let analytic: Vec<_> = layer.params_mut().into_iter().map(|p| p.take_grad()).collect();

    let numeric = numeric_gradient(x, |x| (forward(layer, x) * &up).sum());
    assert_near(&format!("{name}: input"), &d_input, &numeric, 1e-8);
    for (number, analytic) in analytic.into_iter().enumerate() {
        let start = layer.params()[number].value.clone();
        let numeric = numeric_gradient(&start, |value| {
            layer.params_mut()[number].value = value.clone();
            (forward(layer, x) * &up).sum()
        });
        layer.params_mut()[number].value = start;
        let what = format!("{name}: {}", layer.params()[number].name);
        assert_near(&what, &analytic.expect("a gradient"), &numeric, 1e-8);
    }
}

/// Asserts that a layer by hand and the same recorded on a tape agree in every bit: the output, the
/// gradients of the input and the parameters, and what going forward has moved on.
#[track_caller]
pub fn both_roads<T: Scalar>(layer: &mut dyn Layer<T>, x: &Tensor<T>) {
    let name = layer.name();
    let state = |layer: &mut dyn Layer<T>| {
        let rngs: Vec<_> = layer.rngs_mut().into_iter().map(|rng| rng.clone()).collect();
        (layer.buffers().into_iter().map(|(_, buffer)| buffer.clone()).collect::<Vec<_>>(), rngs)
    };
    let (up, hand, moved) = preserve_state(layer, |layer| {
        let output = layer.forward(x);
        let up = normal::<T>(&output.shape(), 99);
        let mut hand = vec![output, layer.backward(&up)];
        hand.extend(layer.params_mut().into_iter().map(|param| param.take_grad().unwrap()));
        (up, hand, state(layer))
    });

    let tape = Tape::new();
    let leaf = tape.leaf(x.clone());
    let y = layer.record(leaf);
    let mut taped = vec![y.value()];
    let gradients = tape.backward_pass().root(y, up).gradients();
    taped.push(gradients[leaf].clone());
    taped.extend(layer.params().into_iter().map(|param| gradients.of(param).unwrap().clone()));

    assert_eq!(hand.len(), taped.len());
    for (number, (hand, taped)) in hand.iter().zip(&taped).enumerate() {
        assert!(hand.same_bits(taped), "{name}, tensor {number}: {hand} by hand, {taped} by tape");
        assert!(hand.data().iter().any(|&x| x != T::ZERO), "{name}: all zero proves nothing");
    }
    let (buffers, rngs) = state(layer);
    assert!(moved.0.iter().zip(&buffers).all(|(a, b)| a.same_bits(b)), "{name}: buffers");
    assert_eq!(moved.1, rngs, "{name}: random generators");
}

/// Runs `f` under every supported instruction set, on 1, 2 and 5 threads, and asserts that each
/// result equals the first.
#[track_caller]
pub fn same_everywhere<R: PartialEq + std::fmt::Debug>(f: impl Fn() -> R) {
    use longhand::tensor::{isa, threads};
    let first = f();
    for isa in isa::Isa::supported() {
        for count in [1, 2, 5] {
            let again = isa::with(isa, || threads::with(count, &f));
            assert!(again == first, "{isa} on {count} threads gives another result");
        }
    }
}

/// The message of the panic that `f` ends in.
#[track_caller]
pub fn panic_of<R>(f: impl FnOnce() -> R) -> String {
    let payload = std::panic::catch_unwind(std::panic::AssertUnwindSafe(f)).err().expect("a panic");
    payload
        .downcast_ref::<String>()
        .cloned()
        .unwrap_or_else(|| payload.downcast_ref::<&str>().unwrap().to_string())
}

/// Asserts that `f` panics, with a message that holds each of these parts.
#[track_caller]
pub fn assert_says<R>(f: impl FnOnce() -> R, parts: &[&str]) {
    let message = panic_of(f);
    for part in parts {
        assert!(message.contains(part), "{part:?} is not in: {message}");
    }
}

/// This test program, to be started once more as a process of its own.
///
/// Under an emulator the child needs the emulator as well: cargo is told of it by the variable
/// `CARGO_TARGET_<TRIPLE>_RUNNER`, and a triple begins with the architecture.
pub fn this_program() -> Command {
    let program = std::env::current_exe().unwrap();
    let triple = format!("CARGO_TARGET_{}", std::env::consts::ARCH.to_uppercase());
    let runner = std::env::vars()
        .find(|(name, _)| name.starts_with(&triple) && name.ends_with("_RUNNER"))
        .map_or(String::new(), |(_, command)| command);
    let mut words = runner.split_whitespace().map(OsString::from).chain([program.into()]);
    let mut command = Command::new(words.next().expect("at least the program"));
    command.args(words);
    command
}
