//! What a batch says about all images.

use longhand::data::{Dataset, Mnist};
use longhand::per_sample::{Recorder, Samples, Scaling};
use longhand::report::Table;
use longhand::tape::Var;
use longhand::{Param, Rng, Tape, Tensor};

/// A linear model that reads digits: weight and bias, zero at first.
pub fn linear_model() -> [Param<f64>; 2] {
    [Param::new("weight", Tensor::zeros([10, 784])), Param::new("bias", Tensor::zeros([10]))]
}

// ANCHOR: samples
/// The mean loss of these digits, and its samples, each with its own loss.
pub fn samples<'t>(
    tape: &'t Tape<f64>,
    model: &[Param<f64>; 2],
    digits: &Dataset<f64>,
) -> (Var<'t, f64>, Samples<'t, f64>) {
    let [weight, bias] = model.each_ref().map(|param| tape.param(param));
    let recorder = Recorder::new(tape);
    let scores = recorder.linear(tape.constant(digits.images.clone()), weight, Some(bias));
    let loss = scores.cross_entropy(&digits.labels);
    (loss, recorder.backward(loss, Scaling::Own))
}
// ANCHOR_END: samples

/// The mean gradient of these digits: of the weight and of the bias.
pub fn mean_gradient(model: &[Param<f64>; 2], digits: &Dataset<f64>) -> [Tensor<f64>; 2] {
    let tape = Tape::new();
    let [weight, bias] = model.each_ref().map(|param| tape.param(param));
    let scores = tape.constant(digits.images.clone()).linear(weight, bias);
    scores.cross_entropy(&digits.labels).grad([weight, bias])
}

pub fn descend(model: &mut [Param<f64>; 2], gradient: &[Tensor<f64>; 2], lr: f64) {
    for (param, gradient) in model.iter_mut().zip(gradient) {
        param.value.update(gradient, |w, g| w - lr * g);
    }
}

pub fn variance(mnist: &Mnist) {
    const BATCH: usize = 32;
    const DRAWS: usize = 200;
    let digits = mnist.train.split_at(1_000).0.dataset::<f64>([784], 255.0);
    let (mut model, mut steps, rng) = (linear_model(), 0, &mut Rng::new(1));
    let mut table = Table::new([
        "steps",
        "loss",
        "‖mean g‖²",
        "total variance",
        "variance/32",
        "measured",
        "noise scale",
    ]);
    for until in [0, 10, 100, 500] {
        while steps < until {
            let gradient = mean_gradient(&model, &digits);
            descend(&mut model, &gradient, 0.5);
            steps += 1;
        }
        // ANCHOR: noise
        let tape = Tape::new();
        let (loss, samples) = samples(&tape, &model, &digits);
        let variance = samples.total_variance().value().item();
        // ANCHOR_END: noise
        let mean = mean_gradient(&model, &digits);
        let length: f64 = mean.iter().map(|g| g.square().sum()).sum();

        // ANCHOR: measured
        let mut distance = 0.0;
        for _ in 0..DRAWS {
            let chosen: Vec<usize> = (0..BATCH).map(|_| rng.below(digits.len())).collect();
            let labels = chosen.iter().map(|&i| digits.labels[i]).collect();
            let batch = Dataset::new(digits.images.gather_rows(&chosen), labels);
            let gradient = mean_gradient(&model, &batch);
            for (batch, all) in gradient.iter().zip(&mean) {
                distance += (batch - all).square().sum() / DRAWS as f64;
            }
        }
        // ANCHOR_END: measured
        table.push([
            steps.to_string(),
            format!("{:.3}", loss.value().item()),
            format!("{length:.5}"),
            format!("{variance:.3}"),
            format!("{:.4}", variance / BATCH as f64),
            format!("{distance:.4}"),
            format!("{:.0}", variance / length),
        ]);
    }
    print!("{table}");
}
