//! Chapter 4: steps by hand, and the net that reads digits, by each of the rules.

use super::Journal;
use super::digits::digits;
use longhand::by_hand::Net;
use longhand::by_hand::refactor::forms;
use longhand::by_hand::steps::{Moments, adam, descend, momentum};
use longhand::layers::{CrossEntropy, Linear, Relu, Sequential};
use longhand::optim::{Adam, Optimizer, Sgd};
use longhand::report::Progress;
use longhand::{Rng, Tensor, sequential};

pub fn write(journal: &mut Journal) {
    valley(journal);
    journal.begin("one net in four forms");
    let digits = digits(0..8);
    let y = Tensor::new([8], digits.labels.iter().map(|&label| label as f32).collect());
    let net = Net::new(784, 50, &mut Rng::new(3));
    for (name, form) in forms() {
        let (loss, gradients) = form(&net, &digits.images, &y);
        journal.numbers(format_args!("{name}: loss"), &[loss]);
        journal.tensor(format_args!("{name}: gradient of w1"), &gradients.w1);
    }
    reading("descent", Sgd::new(0.1), journal);
    reading("momentum", Sgd::new(0.05).momentum(0.9), journal);
    reading("Nesterov, decay", Sgd::new(0.05).momentum(0.9).nesterov().weight_decay(1e-4), journal);
    reading("Adam", Adam::new(1e-3), journal);
}

/// Down the long valley, as the three rules are first written.
fn valley(journal: &mut Journal) {
    journal.begin("three rules by hand");
    let (mut velocity, mut moments) = ([0.0; 2], Moments::default());
    let mut w = [[-10.0, 1.0]; 3];
    for step in 1..=10 {
        let gradient = |w: [f64; 2]| [w[0], 100.0 * w[1]];
        let g = w.map(gradient);
        descend(&mut w[0], &g[0], 0.01);
        momentum(&mut w[1], &mut velocity, &g[1], 0.01, 0.9);
        adam(&mut w[2], &mut moments, &g[2], 0.1);
        journal.numbers(format_args!("step {step}"), w.as_flattened());
    }
}

/// 784-128-10 on digits, from the chapter's seed.
pub fn reading(name: &str, mut optimizer: impl Optimizer, journal: &mut Journal) {
    journal.begin(name);
    let rng = &mut Rng::new(4);
    let mut net: Sequential =
        sequential![Linear::new(784, 128, rng), Relu::new(), Linear::new(128, 10, rng)];
    let digits = digits(0..160);
    let batches = digits.batches(16);
    // It looks for a terminal, and at a clock only where there is one.
    let mut progress = Progress::new(name, batches.len());
    let batches = batches.shuffled(rng).inspect(|_| progress.step(String::new));
    journal.training(&mut net, &mut CrossEntropy::mean(), &mut optimizer, batches);
}
