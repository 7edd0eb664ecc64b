//! A net trained to agree with itself: the variance of the batch as a part of the loss.

use super::trials::{Outcome, SEEDS, evaluated, repeated, spread, tuned};
use longhand::data::{Dataset, Mnist};
use longhand::layers::{Layer, Linear, Relu, Sequential};
use longhand::per_sample::{Recorder, Scaling};
use longhand::report::Table;
use longhand::{Rng, Tape, sequential};

const BATCH: usize = 50;
const EPOCHS: usize = 20;
/// The digits of one seed.
const DIGITS: usize = 500;
/// How many seeds are reported on: others than those that have chosen.
const REPORTED: usize = 8;

/// What is added to the loss.
#[derive(Clone, Copy, PartialEq)]
enum Penalty {
    Nothing,
    /// The squares of all parameters, as weight decay has it.
    Decay(f32),
    /// The total variance of the batch.
    Variance(f32),
}

// ANCHOR: step
/// One step of descent on the loss and its penalty.
fn step(net: &mut Sequential, digits: &Dataset, penalty: Penalty, lr: f32) {
    let tape = Tape::new();
    let recorder = Recorder::new(&tape);
    let scores = recorder.record(net, tape.constant(digits.images.clone()));
    let loss = scores.cross_entropy(&digits.labels);
    let loss = match penalty {
        Penalty::Nothing => loss,
        Penalty::Decay(by) => {
            let squares = recorder.params().into_iter().map(|param| param.square().sum());
            loss + by * squares.reduce(|a, b| a + b).expect("a net with parameters")
        }
        Penalty::Variance(by) => {
            let samples = recorder.backward_create_graph(loss, Scaling::Own);
            loss + by * samples.total_variance()
        }
    };
    let gradients = loss.backward();
    for param in net.params_mut() {
        let gradient = gradients.of(param).expect("the loss depends on it").clone();
        param.value.update(&gradient, |w, g| w - lr * g);
    }
}
// ANCHOR_END: step

fn train(penalty: Penalty, lr: f32, seed: u64, [all, valid, test]: [&Dataset; 3]) -> Outcome {
    let rng = &mut Rng::new(seed);
    let mut net = sequential![Linear::new(784, 32, rng), Relu::new(), Linear::new(32, 10, rng)];
    let digits = all.rows(seed as usize * DIGITS..(seed as usize + 1) * DIGITS);
    for _ in 0..EPOCHS {
        for (images, labels) in digits.batches(BATCH).shuffled(&mut rng.fork()) {
            step(&mut net, &Dataset::new(images, labels), penalty, lr);
        }
    }
    let tape = Tape::new();
    let recorder = Recorder::new(&tape);
    let scores = recorder.record(&mut net, tape.constant(digits.images.clone()));
    let loss = scores.cross_entropy(&digits.labels);
    let samples = recorder.backward(loss, Scaling::Own);
    let variance = f64::from(samples.total_variance().value().item());
    let (validation, tested) = (evaluated(&net, valid).loss, evaluated(&net, test));
    let reported = vec![variance, tested.loss, tested.accuracy()];
    Outcome { validation, reported }
}

pub fn compare(mnist: &Mnist) {
    let (train_digits, rest) = mnist.train.split_at(DIGITS * (SEEDS + REPORTED));
    let [all, valid, test] =
        [&train_digits, &rest.split_at(2_000).0, &mnist.test.split_at(5_000).0]
            .map(|digits| digits.dataset::<f32>([784], 255.0));
    let (rates, strengths) = ([0.1, 0.3, 1.0], [1e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1]);
    println!(
        "784-32-10, {DIGITS} digits for each seed, {EPOCHS} epochs in batches of {BATCH}\nstep size \
         (of {}) and strength (of {}) chosen with {SEEDS} seeds by the loss on {} other digits;\nthen \
         mean of {REPORTED} other seeds ± standard deviation, the difference taken seed by seed\n",
        rates.len(),
        strengths.len(),
        valid.len(),
    );
    let mut table = Table::new([
        "penalty",
        "strength",
        "step",
        "variance",
        "test loss",
        "difference",
        "correct %",
    ]);
    let mut control: Option<Vec<Vec<f64>>> = None;
    for (name, penalties) in [
        ("none", vec![Penalty::Nothing]),
        ("squares", strengths.map(Penalty::Decay).to_vec()),
        ("variance", strengths.map(Penalty::Variance).to_vec()),
    ] {
        let settings: Vec<(Penalty, f32)> =
            penalties.into_iter().flat_map(|penalty| rates.map(|lr| (penalty, lr))).collect();
        let run = |(penalty, lr), seed| train(penalty, lr, seed, [&all, &valid, &test]);
        let ((penalty, lr), _) = tuned(&settings, run);
        let others = SEEDS as u64..(SEEDS + REPORTED) as u64;
        let reported = repeated((penalty, lr), others, run);
        let plain = control.get_or_insert_with(|| reported.clone());
        let difference: Vec<Vec<f64>> =
            reported.iter().zip(plain).map(|(run, plain)| vec![run[1] - plain[1]]).collect();
        let (strength, difference) = match penalty {
            Penalty::Nothing => (String::new(), String::new()),
            Penalty::Decay(by) | Penalty::Variance(by) => {
                (by.to_string(), spread(&difference, 0, 3))
            }
        };
        table.push([
            name.to_string(),
            strength,
            lr.to_string(),
            spread(&reported, 0, 1),
            spread(&reported, 1, 3),
            difference,
            spread(&reported, 2, 1),
        ]);
    }
    print!("{table}");
}
