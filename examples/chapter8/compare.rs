//! A fair comparison: each rule with its own best step size, chosen on other digits.

use crate::notebook::add_gradient;
use crate::rules::{Method, Rule};
use crate::small::{BATCH, DIGITS, EPOCHS, Task, net, tasks};
use longhand::Rng;
use longhand::data::{Dataset, Mnist};
use longhand::layers::{Evaluation, Layer, Nll, Sequential, evaluate};
use longhand::report::{Table, grouped, spread};
use longhand::tensor::threads;

/// How many step sizes each rule chooses from, each twice the one before.
const RATES: usize = 7;
/// The seeds that choose, and the others, that are reported.
const CHOOSING: usize = 3;
const REPORTED: usize = 8;

const RIVALS: [Rule; 8] = [
    Rule::Plain,
    Rule::Tempered,
    Rule::OneFactor,
    Rule::LargeBatch,
    Rule::Mean,
    Rule::Momentum,
    Rule::Msvag,
    Rule::Adam,
];
const VARIANTS: [Rule; 5] = [
    Rule::PlainInOrder,
    Rule::TemperedInOrder,
    Rule::Fading,
    Rule::FadingCurve,
    Rule::TemperedMomentum,
];

/// One training.
#[derive(Clone, Copy)]
struct Run {
    rule: Rule,
    rate: f64,
    seed: usize,
    validation: f64,
    test: [f64; 2],
}

/// A rule at its best step size.
pub struct Best {
    rule: Rule,
    rate: f64,
    /// Whether the step size is the first or the last that it could choose.
    at_an_edge: bool,
    reported: Vec<Run>,
}

/// The rivals with right labels and with wrong ones; gives what variants are compared with.
pub fn rivals(mnist: &Mnist) -> Vec<Best> {
    println!(
        "196-64-10, {} digits in batches of {BATCH}, {EPOCHS} epochs; each rule has the best of\n\
         {RATES} step sizes, by its loss on {} other digits with {CHOOSING} seeds; told are loss and\n\
         accuracy on the test set with {REPORTED} other seeds, mean ± standard deviation;\n\
         only training labels are redrawn",
        grouped(DIGITS),
        grouped(DIGITS)
    );
    let clean = tuned(&RIVALS, &tasks(mnist, 0.0, CHOOSING + REPORTED));
    tell("no label redrawn", &clean, &RIVALS);
    let rules: Vec<Rule> = RIVALS.into_iter().chain(VARIANTS).collect();
    let noisy = tuned(&rules, &tasks(mnist, 0.3, CHOOSING + REPORTED));
    tell("three training labels in ten redrawn", &noisy, &RIVALS);
    noisy
}

/// What becomes of tempering if one thing about it is changed.
pub fn variants(noisy: &[Best]) {
    println!("as above, three training labels in ten redrawn");
    let shown = [Rule::Plain, Rule::PlainInOrder, Rule::Momentum, Rule::Tempered];
    let shown: Vec<Rule> = shown.into_iter().chain(VARIANTS.into_iter().skip(1)).collect();
    tell("one thing changed", noisy, &shown);
}

// ANCHOR: tuned
/// Trains with every rule and step size, and keeps for each rule the step size with the smallest
/// mean loss in validation. With that it trains again, from other seeds.
fn tuned(rules: &[Rule], tasks: &[Task]) -> Vec<Best> {
    let run = |rule, rate, seed| Run { rule, rate, seed, validation: 0.0, test: [0.0; 2] };
    let mut tried = Vec::new();
    for &rule in rules {
        for power in 0..RATES {
            let rate = rule.about().1 * (1 << power) as f64;
            tried.extend((0..CHOOSING).map(|seed| run(rule, rate, seed)));
        }
    }
    train_all(&mut tried, tasks);
    let loss = |runs: &&[Run]| runs.iter().map(|run| run.validation).sum::<f64>();
    let mut best = Vec::new();
    for runs in tried.chunks(RATES * CHOOSING) {
        let rates = runs.chunks(CHOOSING).enumerate();
        let order =
            |(_, a): &(usize, &[Run]), (_, b): &(usize, &[Run])| loss(a).total_cmp(&loss(b));
        let (number, runs) = rates.min_by(order).expect("a step size");
        let at_an_edge = number == 0 || number == RATES - 1;
        best.push((runs[0].rule, runs[0].rate, at_an_edge));
    }
    let seeds = CHOOSING..CHOOSING + REPORTED;
    let again =
        |&(rule, rate, _): &(Rule, f64, bool)| seeds.clone().map(move |s| run(rule, rate, s));
    let mut reported: Vec<Run> = best.iter().flat_map(again).collect();
    train_all(&mut reported, tasks);
    let told = best.into_iter().zip(reported.chunks(REPORTED));
    told.map(|((rule, rate, at_an_edge), reported)| Best {
        rule,
        rate,
        at_an_edge,
        reported: reported.to_vec(),
    })
    .collect()
}
// ANCHOR_END: tuned

/// Every run by itself on one thread: the nets are too small to share one.
fn train_all(runs: &mut [Run], tasks: &[Task]) {
    threads::for_each(runs.iter_mut(), |run| train_and_test(run, &tasks[run.seed]));
}

fn train_and_test(run: &mut Run, task: &Task) {
    let rng = &mut Rng::new(run.seed as u64);
    let mut net = net(rng);
    let mut method = Method::new(run.rule, run.rate);
    let size = if run.rule == Rule::LargeBatch { 10 * BATCH } else { BATCH };
    let batches = task.train.batches(size);
    for _ in 0..EPOCHS {
        let epoch = if run.rule.shuffles() { batches.shuffled(rng) } else { batches.in_order() };
        for (images, labels) in epoch {
            net.zero_grad();
            add_gradient(&mut net, images, labels);
            method.step(&mut net);
        }
        method.end_epoch(&net);
    }
    let found = evaluated(&net, &task.test);
    run.validation = evaluated(&net, &task.validation).loss;
    if !run.validation.is_finite() {
        run.validation = f64::INFINITY; // one that flew apart is the worst of all
    }
    run.test = [found.loss, found.accuracy()];
}

fn evaluated(net: &Sequential, data: &Dataset) -> Evaluation {
    evaluate(data, 1000, &mut Nll::mean(), |x| net.predict(x))
}

fn tell(title: &str, best: &[Best], shown: &[Rule]) {
    let mut table =
        Table::new(["rule", "lr", "test loss", "less plain's", "accuracy %", "less plain's"])
            .title(title);
    let of = |best: &Best, column: usize| -> Vec<f64> {
        best.reported.iter().map(|run| run.test[column]).collect()
    };
    let less = |values: &[f64], column: usize| -> Vec<f64> {
        let plain = of(&best[0], column);
        values.iter().zip(plain).map(|(value, plain)| value - plain).collect()
    };
    for rule in shown {
        let best = best.iter().find(|best| best.rule == *rule).expect("it was trained");
        let edge = if best.at_an_edge { " (edge)" } else { "" };
        let [loss, accuracy] = [0, 1].map(|column| of(best, column));
        table.push([
            rule.about().0.to_string(),
            format!("{}{edge}", best.rate),
            spread(&loss, 3),
            spread(&less(&loss, 0), 3),
            spread(&accuracy, 1),
            spread(&less(&accuracy, 1), 1),
        ]);
    }
    print!("\n{table}");
}
