//! Why a batch: how far its gradient is from that of all digits, what it costs, how training fares.

use crate::trial::{Parts, Rule, Trial, Tuned, tune};
use longhand::data::Dataset;
use longhand::layers::{CrossEntropy, Layer, Loss, Sequential};
use longhand::report::{Table, grouped, measured};
use longhand::{Rng, Tensor};
use std::time::Instant;

/// The gradients of all parameters in a row.
fn gradient(net: &mut Sequential, x: &Tensor, labels: &[usize]) -> Vec<f32> {
    let mut loss = CrossEntropy::mean();
    loss.forward(&net.forward(x), labels);
    net.zero_grad();
    net.backward_params(&loss.backward());
    let grads = net.params().into_iter().map(|param| param.grad().expect("it has arrived").data());
    grads.collect::<Vec<_>>().concat()
}

fn length(x: impl Iterator<Item = f32>) -> f64 {
    x.map(|x| f64::from(x) * f64::from(x)).sum::<f64>().sqrt()
}

/// How far the gradient of a batch is from that of 10,000 digits, for a net that has begun to learn.
pub fn noise(train: &Dataset) {
    let mut net = Trial { epochs: 1, ..Trial::new(train) }.run(|_, _| ());
    let whole = gradient(&mut net, &train.images, &train.labels);
    let size = length(whole.iter().copied());
    let rng = &mut Rng::new(6);
    let mut table = Table::new(["batch", "off by", "off by × √batch", "quickest", "for a digit"]);
    for batch in [1, 4, 16, 64, 256, 1024] {
        let batches = train.batches(batch).drop_last();
        let draws: Vec<_> = batches.shuffled(rng).take(1000).collect();
        let off = |(x, labels): &(Tensor, Vec<usize>)| {
            let ours = gradient(&mut net, x, labels);
            let distance = length(ours.iter().zip(&whole).map(|(a, b)| a - b)) / size;
            distance * distance
        };
        let count = draws.len() as f64;
        let off = (draws.iter().map(off).sum::<f64>() / count).sqrt();
        let time = |(x, labels): &(Tensor, Vec<usize>)| {
            let start = Instant::now();
            gradient(&mut net, x, labels);
            start.elapsed().as_secs_f64() * 1e6
        };
        let time = draws.iter().take(100).map(time).fold(f64::INFINITY, f64::min);
        table.push([
            grouped(batch),
            format!("{off:.2}"),
            format!("{:.1}", off * (batch as f64).sqrt()),
            measured(format_args!("{time:.0} µs")),
            measured(format_args!("{:.1} µs", time / batch as f64)),
        ]);
    }
    print!("{}", table.right(3).right(4));
}

/// Twice the same digits in batches of several sizes, each at its best rate; `of_64` is known.
pub fn sizes(parts: &Parts, of_64: &Tuned) {
    let mut table = Table::new(["batch", "steps", "best rate", "validation loss", "accuracy"]);
    let rivals =
        [(8, &[0.02, 0.05, 0.1, 0.2, 0.5][..]), (64, &[]), (512, &[0.1, 0.2, 0.5, 1.0, 2.0])];
    for (batch, rates) in rivals {
        let trial = Trial { batch, rule: Rule::Descent, ..Trial::new(&parts.train) };
        let name = format!("batches of {batch}");
        let found = (batch != 64).then(|| tune(&name, rates, &trial, parts));
        let tuned = found.as_ref().unwrap_or(of_64);
        table.push([
            grouped(batch),
            grouped(trial.epochs * parts.train.batches(batch).len()),
            tuned.rate.to_string(),
            format!("{:.3}", tuned.loss),
            format!("{:.2} %", tuned.accuracy.mean),
        ]);
    }
    print!("{}", table.right(4));
}
