//! A net that learns a thousand digits by heart, and what one does about it.

use crate::trial::{Parts, Spread, Trial, for_seeds, score};
use longhand::Result;
use longhand::data::Dataset;
use longhand::report::{Figure, LineChart, Table};

/// What one look at a net finds.
#[derive(Clone, Copy)]
struct Look {
    /// The loss of the digits that it learns from.
    train: f64,
    /// The loss of the digits to choose by.
    choose: f64,
    /// The loss of the digits to compare by.
    compare: f64,
    /// How many in a hundred of these it reads right.
    accuracy: f64,
}

/// Trains, and looks at the net from this epoch on after each.
fn run(trial: &Trial, parts: &Parts, from: usize) -> Vec<Look> {
    let mut looks = Vec::new();
    trial.run(|epoch, net| {
        if epoch >= from {
            let [train, choose] = [trial.train, &parts.choose].map(|part| score(net, part).loss);
            let found = score(net, &parts.compare);
            looks.push(Look { train, choose, compare: found.loss, accuracy: found.accuracy() });
        }
    });
    looks
}

/// The look at which a run ends.
fn last(run: &[Look]) -> Look {
    run[run.len() - 1]
}

// ANCHOR: stop
/// The look at which the loss of the digits to choose by was least.
fn best(run: &[Look]) -> Look {
    let better = |best: Look, look: &Look| if look.choose < best.choose { *look } else { best };
    run.iter().fold(run[0], better)
}
// ANCHOR_END: stop

fn spread(looks: &[Look], what: impl Fn(&Look) -> f64) -> Spread {
    Spread::of(&looks.iter().map(what).collect::<Vec<_>>())
}

fn row(name: &str, looks: &[Look]) -> [String; 4] {
    let [train, compare, accuracy] =
        [|look: &Look| look.train, |look: &Look| look.compare, |look: &Look| look.accuracy]
            .map(|what| spread(looks, what));
    [
        name.to_string(),
        format!("{:.3}", train.mean),
        format!("{compare:.3}"),
        format!("{accuracy:.1}"),
    ]
}

/// Five nets, each with a thousand digits of its own, in every way.
pub fn thousand(train: &Dataset, parts: &Parts) -> Result<()> {
    let thousands: Vec<Dataset> = (0..5).map(|i| train.rows(1000 * i..1000 * (i + 1))).collect();
    let plain = |seed: u64| {
        let train = &thousands[seed as usize];
        Trial { epochs: 60, seed, schedule: |_| 1.0, ..Trial::new(train) }
    };
    let ends = |runs: &[Vec<Look>]| runs.iter().map(|run| last(run)).collect::<Vec<_>>();

    let mut table =
        Table::new(["a thousand digits", "training loss", "validation loss", "accuracy, %"]);
    let runs = for_seeds(0..5, |seed| run(&plain(seed), parts, 1));
    table.push(row("60 epochs", &ends(&runs)));
    table.push(row("stopped in time", &runs.iter().map(|run| best(run)).collect::<Vec<_>>()));
    table.push(row(
        "10 hidden units",
        &ends(&for_seeds(0..5, |seed| run(&Trial { hidden: &[10], ..plain(seed) }, parts, 60))),
    ));
    for weight_decay in [0.003, 0.01, 0.03] {
        let runs = for_seeds(0..5, |seed| run(&Trial { weight_decay, ..plain(seed) }, parts, 60));
        table.push(row(&format!("weight decay {weight_decay}"), &ends(&runs)));
    }
    let dropped = for_seeds(0..5, |seed| run(&Trial { dropout: 0.5, ..plain(seed) }, parts, 60));
    table.push(row("dropout ½", &ends(&dropped)));
    let more = for_seeds(0..5, |seed| {
        let first = 10_000 * seed as usize;
        let ten_thousand = train.rows(first..first + 10_000);
        run(&Trial { train: &ten_thousand, epochs: 6, ..plain(seed) }, parts, 6)
    });
    table.push(row("10,000 digits", &ends(&more)));
    print!("{table}");
    println!("\nfigure: {}", chart(&runs).save_figure("chapter4-overfitting")?);
    Ok(())
}

/// The two losses, epoch by epoch, each in the band of its five runs.
fn chart(runs: &[Vec<Look>]) -> LineChart {
    let epochs: Vec<f64> = (1..=runs[0].len()).map(|epoch| epoch as f64).collect();
    let mut chart = LineChart::new("A thousand digits, by heart").x("epoch").y("cross-entropy");
    type Loss = fn(&Look) -> f64;
    for (name, loss) in
        [("training", (|look| look.train) as Loss), ("validation", |look| look.compare)]
    {
        let at = |look: usize| spread(&runs.iter().map(|run| run[look]).collect::<Vec<_>>(), loss);
        let spreads: Vec<Spread> = (0..epochs.len()).map(at).collect();
        let edge = |edge: fn(&Spread) -> f64| spreads.iter().map(edge).collect::<Vec<_>>();
        let (low, mean, high) = (edge(|s| s.least), edge(|s| s.mean), edge(|s| s.most));
        chart = chart.band(name, &epochs, &low, &mean, &high);
    }
    chart
}
