//! Chapter 8: every rule of the comparison, on small digits, for two epochs: what is learnt of the
//! gradients in the first of them tempers the second.

use super::Journal;
use super::digits::images;
use longhand::data::Dataset;
use longhand::layers::{Layer, Linear, LogSoftmax, Loss, Nll, Relu, Sequential};
use longhand::tensor::{Divisor, Window};
use longhand::wtb::{DecayingStats, GradientStats};
use longhand::{Rng, sequential};
use rules::{Method, Rule};

#[path = "../../../examples/chapter8/rules.rs"]
#[allow(dead_code)]
mod rules;

const RULES: [Rule; 9] = [
    Rule::Plain,
    Rule::Tempered,
    Rule::OneFactor,
    Rule::Mean,
    Rule::Msvag,
    Rule::Adam,
    Rule::TemperedMomentum,
    Rule::Fading,
    Rule::FadingCurve,
];

pub fn write(journal: &mut Journal) {
    let digits = images(0..100);
    let small = digits.images.avg_pool2d(Window::tiling(2), Divisor::Window);
    let digits = Dataset::new(small.reshape([100, 196]), digits.labels);
    for rule in RULES {
        training(rule, &digits, journal);
    }
    statistics(&digits, journal);
}

/// 196-64-10, in batches of 20.
fn net() -> Sequential {
    let rng = &mut Rng::new(8);
    sequential![Linear::new(196, 64, rng), Relu::new(), Linear::new(64, 10, rng), LogSoftmax::new()]
}

fn training(rule: Rule, digits: &Dataset, journal: &mut Journal) {
    let (name, least) = rule.about();
    journal.begin(name);
    let (mut net, mut method, mut loss) = (net(), Method::new(rule, 4.0 * least), Nll::mean());
    let (batches, rng) = (digits.batches(20), &mut Rng::new(9));
    journal.net(0, &net);
    let mut step = 0;
    for _ in 0..2 {
        for (x, labels) in batches.shuffled(rng) {
            let value = loss.forward(&net.forward(&x), &labels);
            net.zero_grad();
            net.backward_params(&loss.backward());
            method.step(&mut net);
            step += 1;
            journal.loss(step, value);
            journal.net(step, &net);
        }
        method.end_epoch(&net);
    }
}

/// What is known of the gradients of the first weight when no step is made.
fn statistics(digits: &Dataset, journal: &mut Journal) {
    journal.begin("statistics of a gradient");
    let (mut net, mut loss) = (net(), Nll::mean());
    let mut all = GradientStats::new([64, 196]);
    let mut latest = DecayingStats::new([64, 196], 0.9);
    for (x, labels) in digits.batches(20).in_order() {
        loss.forward(&net.forward(&x), &labels);
        net.zero_grad();
        net.backward_params(&loss.backward());
        let gradient = net.params()[0].grad().expect("it has arrived");
        all.add(gradient);
        latest.add(gradient);
    }
    journal.tensor("mean", &all.mean());
    journal.tensor("variance", &all.variance());
    journal.tensor("ratio", &all.snr());
    journal.tensor("decaying: mean", latest.mean());
    journal.tensor("decaying: variance", latest.variance());
    journal.tensor("decaying: ratio", &latest.snr());
}
