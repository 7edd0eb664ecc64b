//! DP-SGD: no sample may pull harder than a bound, noise hides what each has said, and an
//! accountant says how well.

use super::trials::{Outcome, SEEDS, evaluated, spread, tuned};
use longhand::data::{Dataset, Mnist};
use longhand::layers::{Conv2d, Flatten, GroupNorm, Layer, Linear, MaxPool2d, Relu, Sequential};
use longhand::per_sample::{Accountant, Recorder, Scaling, poisson_batch};
use longhand::report::Table;
use longhand::tensor::Window;
use longhand::{Rng, Tape, init, sequential};

/// Each digit is in a step's batch with this probability.
const RATE: f64 = 1.0 / 30.0;
const STEPS: usize = 90;
const DELTA: f64 = 1e-5;

// ANCHOR: step
/// How hard a sample may pull, and how much noise there is for each unit of that.
#[derive(Clone, Copy)]
struct Rule {
    bound: f32,
    noise: f32,
}

/// One step on a batch drawn at random: each sample's gradient shortened to the bound, their sum
/// hidden under noise. Gives which part of the batch was shortened.
fn step(net: &mut Sequential, digits: &Dataset, rule: Rule, lr: f32, rng: &mut Rng) -> f64 {
    let chosen = poisson_batch(digits.len(), RATE, rng);
    let labels: Vec<usize> = chosen.iter().map(|&i| digits.labels[i]).collect();
    let tape = Tape::new();
    let recorder = Recorder::new(&tape);
    let scores = recorder.record(net, tape.constant(digits.images.gather_rows(&chosen)));
    let samples = recorder.backward(scores.cross_entropy_sum(&labels), Scaling::Share);
    let factors = samples.clipping(rule.bound);
    // What is divided by is the size that the batch has on average. Its own would be one more thing
    // that depends on who is in it.
    let lr = lr / (RATE * digits.len() as f64) as f32;
    let spread = if rule.noise > 0.0 { rule.noise * rule.bound } else { 0.0 };
    for (param, leaf) in net.params_mut().into_iter().zip(recorder.params()) {
        let sum = samples.weighted_sum(leaf, factors).value();
        let hidden = sum + init::normal::<f32>(param.value.shape(), 0.0, 1.0, rng) * spread;
        param.value.update(&hidden, |w, g| w - lr * g);
    }
    let shortened = factors.value().data().iter().filter(|&&factor| factor < 1.0).count();
    shortened as f64 / chosen.len() as f64
}
// ANCHOR_END: step

fn linear(_: &mut Rng) -> Sequential {
    let mut layer = Linear::new(784, 10, &mut Rng::new(0));
    layer.params_mut().into_iter().for_each(|param| param.value *= 0.0);
    sequential![Flatten::new(), layer]
}

// ANCHOR: net
/// A net that is normalised and still keeps its samples apart.
fn convolutional(rng: &mut Rng) -> Sequential {
    sequential![
        Conv2d::new(1, 8, Window::new([5, 5]).stride([2, 2]), rng), // 28 to 12
        GroupNorm::new(2, 8),
        Relu::new(),
        MaxPool2d::new(Window::tiling(2)), // 12 to 6
        Flatten::new(),
        Linear::new(8 * 6 * 6, 10, rng),
    ]
}
// ANCHOR_END: net

type Build = fn(&mut Rng) -> Sequential;

fn train(
    build: Build,
    rule: Rule,
    lr: f32,
    seed: u64,
    [train, valid, test]: [&Dataset; 3],
) -> Outcome {
    let rng = &mut Rng::new(seed);
    let (mut net, mut shortened) = (build(rng), 0.0);
    for _ in 0..STEPS {
        shortened += 100.0 * step(&mut net, train, rule, lr, rng) / STEPS as f64;
    }
    let (validation, tested) = (evaluated(&net, valid).loss, evaluated(&net, test));
    Outcome { validation, reported: vec![shortened, tested.accuracy()] }
}

pub fn compare(mnist: &Mnist) {
    let (train_digits, rest) = mnist.train.split_at(6_000);
    let [train_set, valid, test] =
        [&train_digits, &rest.split_at(1_000).0, &mnist.test.split_at(2_000).0]
            .map(|digits| digits.dataset::<f32>([1, 28, 28], 255.0));
    let data = [&train_set, &valid, &test];
    println!(
        "{} digits, {STEPS} Poisson batches of {:.0} on average, δ = {DELTA:e}\nstep size chosen \
         from powers of two by the loss on {} other digits;\nmean of {SEEDS} seeds ± standard \
         deviation\n",
        train_set.len(),
        RATE * train_set.len() as f64,
        valid.len(),
    );
    let mut table =
        Table::new(["net", "bound", "noise σ", "ε", "step size", "shortened %", "test accuracy %"]);
    let none = f32::INFINITY;
    let powers =
        |from: i32, to: i32| (from..=to).map(|power| 2_f32.powi(power)).collect::<Vec<_>>();
    let linear_rules = [(none, 0.0), (1.0, 0.0), (1.0, 1.0), (1.0, 4.0), (1.0, 16.0)];
    for (name, build, rules, rates) in [
        ("linear", linear as Build, &linear_rules[..], powers(-4, 4)),
        ("group norm", convolutional, &[(none, 0.0), (1.0, 1.0), (1.0, 4.0)], powers(-3, 2)),
    ] {
        for &(bound, noise) in rules {
            let rule = Rule { bound, noise };
            let (lr, reported) = tuned(&rates, |lr, seed| train(build, rule, lr, seed, data));
            // ANCHOR: account
            let mut accountant = Accountant::new();
            accountant.steps(RATE, f64::from(noise), STEPS);
            let epsilon = accountant.epsilon(DELTA);
            // ANCHOR_END: account
            table.push([
                name.to_string(),
                if bound == none { "none".into() } else { bound.to_string() },
                noise.to_string(),
                if noise == 0.0 { "∞".into() } else { format!("{epsilon:.2}") },
                lr.to_string(),
                spread(&reported, 0, 1),
                spread(&reported, 1, 1),
            ]);
        }
    }
    print!("{}", table.right(1).right(3));
}
