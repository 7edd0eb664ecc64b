//! Comparisons that are fair: every rival at its own best rate, with three seeds.

use crate::trial::{Parts, Rule, Trial, Tuned, tune};
use longhand::Result;
use longhand::report::{Figure, LineChart, Table};

fn row(name: &str, tuned: &Tuned) -> [String; 4] {
    let Tuned { rate, loss, accuracy, .. } = tuned;
    [name.to_string(), rate.to_string(), format!("{loss:.3}"), format!("{:.2} %", accuracy.mean)]
}

fn table(what: &str) -> Table {
    Table::new([what, "best rate", "validation loss", "accuracy"]).right(3)
}

/// Descent on pixels as they are, and on normalised ones. Gives what it found for the latter.
pub fn raw_and_normalised(raw: &Parts, normalised: &Parts) -> Result<Tuned> {
    let rates = [0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0];
    let mut found = Vec::new();
    let mut table = table("pixels");
    let mut chart = LineChart::new("The validation loss after two epochs, against the rate")
        .x("rate")
        .y("cross-entropy")
        .log_x()
        .y_range(0.2, 1.0);
    for (name, parts) in [("raw", raw), ("normalised", normalised)] {
        let trial = Trial { rule: Rule::Descent, ..Trial::new(&parts.train) };
        let tuned = tune(name, &rates, &trial, parts);
        table.push(row(name, &tuned));
        let [low, mean, high] = [0, 1, 2].map(|which| {
            let pick = |loss: &crate::trial::Spread| [loss.least, loss.mean, loss.most][which];
            tuned.by_rate.iter().map(pick).collect::<Vec<_>>()
        });
        chart = chart.band(name, &rates, &low, &mean, &high);
        found.push(tuned);
    }
    print!("{table}");
    println!("\nfigure: {}", chart.save_figure("chapter4-rates")?);
    Ok(found.pop().expect("two of them"))
}

/// Descent, which is known, momentum and Adam. Gives what it found for momentum.
pub fn rules(parts: &Parts, descent: &Tuned) -> Tuned {
    let mut table = table("rule");
    table.push(row("descent", descent));
    let momentum = Trial::new(&parts.train);
    let momentum = tune("momentum", &[0.01, 0.02, 0.05, 0.1, 0.2], &momentum, parts);
    table.push(row("momentum 0.9", &momentum));
    let adam = Trial { rule: Rule::Adam, ..Trial::new(&parts.train) };
    table.push(row("Adam", &tune("Adam", &[0.001, 0.002, 0.005, 0.01, 0.02], &adam, parts)));
    print!("{table}");
    momentum
}

// ANCHOR: schedules
/// A constant rate, one that is halved after each of five epochs, one that falls to 0 evenly.
pub fn schedules(parts: &Parts) {
    let mut table = table("rate");
    // From the part of the training that is over, what the rate is multiplied by.
    type Schedule = fn(f64) -> f64;
    let rivals = [
        ("constant", (|_| 1.0) as Schedule),
        ("halved each epoch", |over| 0.5_f64.powi((5.0 * over) as i32)),
        ("falling evenly to 0", |over| 1.0 - over),
    ];
    for (name, schedule) in rivals {
        let trial = Trial { schedule, epochs: 5, ..Trial::new(&parts.train) };
        let rates = [0.005, 0.01, 0.02, 0.05, 0.1];
        table.push(row(name, &tune(name, &rates, &trial, parts)));
    }
    print!("{table}");
}
// ANCHOR_END: schedules
