//! Runs over several seeds, and a choice among settings by digits that are not reported on.

use longhand::data::Dataset;
use longhand::layers::{CrossEntropy, Evaluation, Layer, Sequential, evaluate};
use longhand::report;
use longhand::tensor::threads;
use std::ops::Range;

/// How many seeds each setting is tried with.
pub const SEEDS: usize = 3;

/// What one run ends in.
pub struct Outcome {
    /// The loss on the digits for validation, by which a setting is chosen.
    pub validation: f64,
    /// What is reported of it.
    pub reported: Vec<f64>,
}

// ANCHOR: tuned
/// Tries every setting with every seed, and gives the setting whose mean loss in validation is
/// smallest, with what was reported: a row for each seed.
pub fn tuned<S: Copy + Send + Sync>(
    settings: &[S],
    run: impl Fn(S, u64) -> Outcome + Sync,
) -> (S, Vec<Vec<f64>>) {
    let each = settings.iter().flat_map(|&setting| (0..SEEDS as u64).map(move |s| (setting, s)));
    let mut runs: Vec<_> = each.map(|(setting, seed)| (setting, seed, None)).collect();
    // Side by side, each run on one thread.
    threads::for_each(runs.iter_mut(), |(setting, seed, outcome)| {
        *outcome = Some(run(*setting, *seed));
    });
    let outcome = |run: &(S, u64, Option<Outcome>)| run.2.as_ref().expect("it ran").validation;
    let loss = |runs: &&[_]| runs.iter().map(outcome).map(or_infinite).sum::<f64>();
    let best = runs.chunks(SEEDS).min_by(|a, b| loss(a).total_cmp(&loss(b))).expect("a setting");
    let setting = best[0].0;
    let reported = best.iter().filter_map(|run| run.2.as_ref()).map(|run| run.reported.clone());
    (setting, reported.collect())
}
// ANCHOR_END: tuned

/// What is reported of one setting with these seeds: a row for each.
pub fn repeated<S: Copy + Send + Sync>(
    setting: S,
    seeds: Range<u64>,
    run: impl Fn(S, u64) -> Outcome + Sync,
) -> Vec<Vec<f64>> {
    let mut rows: Vec<_> = seeds.map(|seed| (seed, Vec::new())).collect();
    threads::for_each(rows.iter_mut(), |(seed, row)| *row = run(setting, *seed).reported);
    rows.into_iter().map(|(_, row)| row).collect()
}

/// A run that flew apart is the worst of all.
fn or_infinite(loss: f64) -> f64 {
    if loss.is_nan() { f64::INFINITY } else { loss }
}

/// Column `column` of what was reported, as the mean of the seeds ± their standard deviation.
pub fn spread(reported: &[Vec<f64>], column: usize, digits: usize) -> String {
    let values: Vec<f64> = reported.iter().map(|row| row[column]).collect();
    report::spread(&values, digits)
}

/// How a net does on these digits.
pub fn evaluated(net: &Sequential, digits: &Dataset) -> Evaluation {
    evaluate(digits, 500, &mut CrossEntropy::mean(), |x| net.predict(x))
}
