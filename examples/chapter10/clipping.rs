//! DP-SGD: no sample may pull harder than a bound, and noise hides what each has said.

use super::batch::linear_model;
use longhand::data::{Dataset, Mnist};
use longhand::per_sample::{Recorder, Scaling};
use longhand::report::Table;
use longhand::{Param, Rng, Tape, init};

// ANCHOR: step
/// How hard a sample may pull, how much noise there is for each unit of that, how long a step is.
#[derive(Clone, Copy)]
struct Rule {
    bound: f32,
    noise: f32,
    lr: f32,
}

/// One step: each sample's gradient shortened to the bound, their sum hidden under noise. Gives
/// how many were shortened.
fn step(model: &mut [Param; 2], batch: &Dataset, rule: Rule, rng: &mut Rng) -> usize {
    let Rule { bound, noise, lr } = rule;
    let tape = Tape::new();
    let leaves = model.each_ref().map(|param| tape.param(param));
    let recorder = Recorder::new(&tape);
    let x = tape.constant(batch.images.clone());
    let loss = recorder.linear(x, leaves[0], Some(leaves[1])).cross_entropy_sum(&batch.labels);
    let samples = recorder.backward(loss, Scaling::Share);
    let factors = samples.clipping(bound);
    let lr = lr / batch.len() as f32;
    for (param, leaf) in model.iter_mut().zip(leaves) {
        let sum = samples.weighted_sum(leaf, factors).value();
        let hidden =
            sum + init::normal::<f32>(param.value.shape(), 0.0, 1.0, rng) * (noise * bound);
        param.value.update(&hidden, |w, g| w - lr * g);
    }
    factors.value().data().iter().filter(|&&factor| factor < 1.0).count()
}
// ANCHOR_END: step

pub fn train(mnist: &Mnist) {
    let train = mnist.train.split_at(6_000).0.dataset::<f32>([784], 255.0);
    let test = mnist.test.split_at(2_000).0.dataset::<f32>([784], 255.0);
    let mut table = Table::new(["bound", "noise", "step size", "shortened", "test accuracy"]);
    let free = 1e6; // longer than any gradient
    for (bound, noise, lr) in [
        (free, 0.0, 0.5),
        (1.0, 0.0, 0.5),
        (1.0, 0.0, 4.0),
        (1.0, 1.0, 4.0),
        (1.0, 4.0, 4.0),
        (1.0, 16.0, 4.0),
    ] {
        let (mut model, rng, mut shortened) = (linear_model(), &mut Rng::new(2), 0);
        for _ in 0..3 {
            for (images, labels) in train.batches(200).shuffled(&mut rng.fork()) {
                let batch = Dataset::new(images, labels);
                shortened += step(&mut model, &batch, Rule { bound, noise, lr }, rng);
            }
        }
        let scores = test.images.matmul_nt(&model[0].value) + &model[1].value;
        let right = scores.argmax(1).iter().zip(&test.labels).filter(|(a, b)| a == b).count();
        let percent =
            |part: usize, whole: usize| format!("{:.1} %", 100.0 * part as f64 / whole as f64);
        table.push([
            if bound == free { "none".to_string() } else { bound.to_string() },
            if bound == free { "none".to_string() } else { noise.to_string() },
            lr.to_string(),
            percent(shortened, 3 * train.len()),
            percent(right, test.len()),
        ]);
    }
    print!("{}", table.right(0).right(1).right(2).right(3).right(4));
}
