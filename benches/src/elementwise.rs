//! exp, ln, tanh, the sigmoid and log-softmax over a million numbers.

use crate::contest::Contest;
use crate::sleef;
use candle_core::{D, Device};
use longhand::{Rng, Tensor, init};
use ndarray::{Array1, Array2, Axis};
use std::hint::black_box;

const N: usize = 1_000;

/// The five rows. The numbers are normal with standard deviation 2; ln takes their sizes. SLEEF
/// knows of one thread.
pub fn contests(threads: usize) -> Vec<Contest> {
    let ours = init::normal::<f32>([N, N], 0.0, 2.0, &mut Rng::new(1));
    let candle = candle_core::Tensor::from_slice(ours.data(), (N, N), &Device::Cpu)
        .expect("a thousand rows of a thousand");
    let line = Array1::from_vec(ours.data().to_vec());
    let rows = Array2::from_shape_vec((N, N), ours.data().to_vec())
        .expect("a thousand rows of a thousand");

    let candle_sizes = candle.abs().expect("a thousand rows of a thousand");

    let run = |f: fn(&Tensor) -> Tensor| {
        let x = ours.clone();
        move || drop(black_box(f(black_box(&x))))
    };
    let candle = |f: fn(&candle_core::Tensor) -> candle_core::Result<candle_core::Tensor>| {
        let x = candle.clone();
        move || drop(black_box(f(black_box(&x)).expect("a thousand rows of a thousand")))
    };
    let each = |f: fn(f32) -> f32| {
        let x = line.clone();
        move || drop(black_box(black_box(&x).mapv(f)))
    };
    let sleef = |name: &str, x: &Tensor| match threads {
        1 => sleef::over(name, x.data().to_vec()),
        _ => None,
    };
    vec![
        Contest::ours("exp", run(Tensor::exp))
            .peer("candle", candle(candle_core::Tensor::exp))
            .peer("ndarray", each(f32::exp))
            .peer_if_any("SLEEF", sleef("exp", &ours))
            .pytorch("exp"),
        Contest::ours("tanh", run(Tensor::tanh))
            .peer("candle", candle(candle_core::Tensor::tanh))
            .peer("ndarray", each(f32::tanh))
            .peer_if_any("SLEEF", sleef("tanh", &ours))
            .pytorch("tanh"),
        Contest::ours("ln", {
            let x = ours.abs();
            move || drop(black_box(black_box(&x).ln()))
        })
        .peer("candle", {
            let x = candle_sizes;
            move || drop(black_box(black_box(&x).log().expect("a thousand rows of a thousand")))
        })
        .peer("ndarray", {
            let x = line.mapv(f32::abs);
            move || drop(black_box(black_box(&x).mapv(f32::ln)))
        })
        .peer_if_any("SLEEF", sleef("log", &ours.abs()))
        .pytorch("ln"),
        Contest::ours("sigmoid", run(Tensor::sigmoid))
            .peer("candle", candle(candle_nn::ops::sigmoid))
            .peer("ndarray", each(|x| 1.0 / (1.0 + (-x).exp())))
            .pytorch("sigmoid"),
        Contest::ours("log-softmax", run(Tensor::log_softmax))
            .peer("candle", candle(|x| candle_nn::ops::log_softmax(x, D::Minus1)))
            .peer("ndarray", move || {
                let mut x = black_box(&rows).clone();
                for mut row in x.axis_iter_mut(Axis(0)) {
                    let largest = row.fold(f32::NEG_INFINITY, |a, &b| a.max(b));
                    row -= largest;
                    row -= row.mapv(f32::exp).sum().ln();
                }
                black_box(x);
            })
            .pytorch("log_softmax"),
    ]
}
