//! Real losses on simulated clocks: what each schedule of the layers has learnt by when.

use crate::digits::{Digits, error};
use crate::latency::{Costs, Schedule, late, patience, simulate};
use crate::net::{Link, Net, update};
use crate::seeds::{CHOOSING, SEEDS, band, best, each};
use crate::threads::{self, SIZES};
use longhand::data::Dataset;
use longhand::layers::Layer;
use longhand::optim::Adam;
use longhand::report::{Figure, LineChart, Table, section, spread};
use longhand::{Result, Rng, Tape, Tensor};
use std::collections::VecDeque;

/// The time that all have, and the length of the line.
const TIME: f64 = 3_000.0;
const LINE: f64 = 10.0;
/// Digits in a batch.
const BATCH: usize = 64;

// ANCHOR: late
/// The weights of each layer as they were some batches ago, the oldest first.
struct Versions {
    late: Vec<usize>,
    kept: Vec<VecDeque<Vec<Tensor>>>,
}

impl Versions {
    fn new(late: Vec<usize>) -> Self {
        Self { kept: late.iter().map(|_| VecDeque::new()).collect(), late }
    }

    /// A step in which every layer goes forward and back with the weights that it had when the
    /// batch came by, and changes those that it has by now.
    fn step(
        &mut self,
        net: &mut Net,
        tape: &mut Tape,
        adam: &mut Adam,
        x: &Tensor,
        y: &[usize],
    ) -> f32 {
        for ((layer, kept), &late) in net.layers.iter_mut().zip(&mut self.kept).zip(&self.late) {
            let mut params = layer.params_mut();
            kept.push_back(params.iter().map(|param| param.value.clone()).collect());
            if kept.len() > late + 1 {
                kept.pop_front();
            }
            params.iter_mut().zip(&kept[0]).for_each(|(param, old)| param.value = old.clone());
        }
        let loss = net.backward(tape, x, y);
        for (layer, kept) in net.layers.iter_mut().zip(&self.kept) {
            let params = layer.params_mut();
            let now = &kept[kept.len() - 1];
            params.into_iter().zip(now).for_each(|(param, now)| param.value = now.clone());
        }
        update(adam, net.params_mut());
        loss
    }
}
// ANCHOR_END: late

/// A net that learns on this schedule: the loss of each step, and the net.
pub fn learn(
    schedule: Schedule,
    steps: usize,
    rate: f64,
    train: &Dataset,
    seed: u64,
) -> (Vec<f32>, Net) {
    if let Schedule::Decoupled(delay) = schedule {
        let outcome = threads::train(train, Some(delay), steps, rate, seed);
        return (outcome.losses, outcome.net);
    }
    let rng = &mut Rng::new(seed);
    let mut net = Net::new(&SIZES, rng, |_, _| Link::Joined);
    net.summed = true;
    let (mut tape, mut adam) = (Tape::new(), Adam::new(rate));
    let (size, mut versions) = match schedule {
        Schedule::Flush(size) => (size, None),
        _ => (1, Some(Versions::new(late(SIZES.len() - 1, Costs::with_line(LINE))))),
    };
    let batches = train.batches(BATCH * size).drop_last();
    let mut losses = Vec::new();
    for (x, y) in std::iter::repeat_with(|| batches.shuffled(rng)).flatten().take(steps) {
        losses.push(match &mut versions {
            None => net.step(&mut tape, &mut adam, &x, &y),
            Some(versions) => versions.step(&mut net, &mut tape, &mut adam, &x, &y),
        });
    }
    (losses, net)
}

/// The mean of each `window` losses in a row.
fn means(losses: &[f32], window: usize) -> Vec<f64> {
    losses.windows(window).map(|w| f64::from(w.iter().sum::<f32>() / window as f32)).collect()
}

/// Every schedule for the same time over a line of ten forward passes, each at its best rate.
pub fn compare(digits: &Digits) -> Result<()> {
    section("The same time for all");
    let (machines, costs) = (SIZES.len() - 1, Costs::with_line(LINE));
    let rates = [1e-3, 3e-3, 1e-2];
    println!(
        "a line of {LINE}, time {TIME}; each has that of the rates {rates:?} with which another seed\n\
         misread fewest of {} other digits; mean of {} seeds ± standard deviation\n",
        digits.valid.len(),
        SEEDS.len()
    );
    let header = ["", "batches", "steps", "rate", "test error in %", "loss .3 at time"];
    let mut table = Table::new(header);
    let mut chart = LineChart::new("Learning over a line ten times as slow as a layer")
        .x("time, in forward passes of a layer")
        .y("cross-entropy")
        .log_y();
    for (name, schedule) in [
        ("locked", Schedule::Flush(1)),
        ("flush of 4", Schedule::Flush(4)),
        ("flush of 16", Schedule::Flush(16)),
        ("late gradients", Schedule::Late),
        ("decoupled", Schedule::Decoupled(patience(machines, costs))),
    ] {
        let size = if let Schedule::Flush(size) = schedule { size } else { 1 };
        let times = simulate(machines, costs, schedule, 2_000);
        let done = times.iter().take_while(|&&time| time <= TIME).count() / size * size;
        let times: Vec<f64> = (0..done / size).map(|step| times[(step + 1) * size - 1]).collect();
        let run = |rate, seed| learn(schedule, times.len(), rate, &digits.train, seed);
        let rate = best(&rates, |rate| error(&run(rate, CHOOSING).1, &digits.valid));
        let runs = each(&SEEDS, |seed| {
            let (losses, net) = run(rate, seed);
            (losses, error(&net, &digits.test))
        });
        // A mean over as many digits for all.
        let window = (32 / size).max(1);
        let lists: Vec<Vec<f64>> = runs.iter().map(|run| means(&run.0, window)).collect();
        let reached = |list: &Vec<f64>| list.iter().position(|&loss| loss < 0.3);
        let when: Option<Vec<f64>> =
            lists.iter().map(|list| reached(list).map(|at| times[at + window - 1])).collect();
        let errors: Vec<f64> = runs.iter().map(|run| run.1).collect();
        table.push([
            name.to_string(),
            done.to_string(),
            times.len().to_string(),
            rate.to_string(),
            spread(&errors, 2),
            when.map_or("not by all".to_string(), |when| spread(&when, 0)),
        ]);
        let [lows, means, highs] = band(&lists);
        chart = chart.band(name, &times[window - 1..], &lows, &means, &highs);
    }
    print!("{table}");
    println!("\nfigure: {}", chart.save_figure("chapter9-race-loss")?);
    Ok(())
}
