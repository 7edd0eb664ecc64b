//! What takes longer: experiments with a small net, each rival at its best rate with three seeds.
//! Pixels shuffled, batch normalisation, a deep net, digits moved on purpose.

use crate::judged::moved;
use crate::nets::{deep_normed, deep_plain, deep_residual, linear, normed, small};
use crate::trial::{Build, Parts, Plan, SEEDS, Tuned, mean, tune};
use longhand::data::Dataset;
use longhand::layers::{Layer, Loss, Nll, Sequential};
use longhand::report::{Figure, LineChart, Table, grouped, section, spread};
use longhand::tensor::threads;
use longhand::{Result, Rng};
use std::time::Instant;

/// The rates that every rival may choose from.
const RATES: [f64; 5] = [0.02, 0.05, 0.1, 0.2, 0.5];
/// Epochs over the few digits of the experiments.
const FEW: usize = 4;
/// Epochs where the digits are moved.
const MANY: usize = 8;

pub fn everything(few: &Parts) -> Result<()> {
    println!("Chapter 6: the experiments");
    announce(few);
    println!(
        "{} digits to learn from in batches of 64, {} to choose the rate by,\n{} to report on; \
         mean of {SEEDS} seeds ± standard deviation",
        grouped(few.train.len()),
        grouped(few.valid.len()),
        grouped(few.test.len()),
    );
    let plan = Plan { rate: 0.0, epochs: FEW, motion: None };

    section("Shuffled pixels");
    println!("{FEW} epochs, rate of {RATES:?}\n");
    let convolutional = tune(small, &RATES, plan, few);
    shuffled(&convolutional, plan, few);

    section("With batch normalisation");
    println!("{FEW} epochs, rate of {RATES:?}\n");
    batch_norm(&convolutional, plan, few)?;

    section("Ten hidden layers");
    ten_layers(plan, few);

    section("Moved on purpose");
    println!(
        "{MANY} epochs, rate of {RATES:?};\n\
         shifted by up to 2 pixels, turned by up to 15°\n"
    );
    moved_on_purpose(few)
}

/// Says on stderr how long it takes, from a few steps on this machine.
fn announce(few: &Parts) {
    let mut net = small(&mut Rng::new(0));
    let (images, labels) = few.train.batches(64).in_order().next().expect("a batch");
    let mut loss = Nll::mean();
    let mut step = || {
        loss.forward(&net.forward(&images), &labels);
        net.backward_params(&loss.backward());
    };
    let seconds = threads::with(1, || {
        step(); // the first one also fetches memory
        let start = Instant::now();
        (0..10).for_each(|_| step());
        start.elapsed().as_secs_f64() / 10.0
    });
    let epochs = SEEDS as usize * (3 * RATES.len() * FEW + 4 * RATES.len() * MANY);
    let steps = epochs * few.train.len() / 64;
    // The nets without convolutions and all evaluations take about as long again.
    let minutes = 2.0 * seconds * steps as f64 / 60.0 / threads::current() as f64;
    eprintln!("this will take about {:.0} min", minutes.ceil());
}

fn table(what: &str) -> Table {
    Table::new([what, "best rate", "validation loss", "test loss", "test accuracy %"]).right(1)
}

/// Both nets on digits as they are and on the same with their pixels shuffled, all in one way.
fn shuffled(convolutional: &Tuned, plan: Plan, few: &Parts) {
    let order = Rng::new(28).permutation(784);
    let shuffle = |digits: &Dataset| {
        let images = digits.images.reshape([digits.len(), 784]).t().gather_rows(&order).t();
        Dataset::new(images.reshape(digits.images.shape()), digits.labels.clone())
    };
    let mixed =
        Parts { train: shuffle(&few.train), valid: shuffle(&few.valid), test: shuffle(&few.test) };
    let mut table = table("net");
    table.push(tune(linear, &RATES, plan, few).row("linear layers", few));
    table.push(tune(linear, &RATES, plan, &mixed).row("linear layers, shuffled", &mixed));
    table.push(convolutional.row("convolutions", few));
    table.push(tune(small, &RATES, plan, &mixed).row("convolutions, shuffled", &mixed));
    print!("{table}");
}

/// The small net with and without, and the loss of each at every rate.
fn batch_norm(without: &Tuned, plan: Plan, few: &Parts) -> Result<()> {
    let with = tune(normed, &RATES, plan, few);
    let mut table = table("batch normalisation");
    let mut chart = LineChart::new("The loss in validation, against the rate")
        .x("rate")
        .y("negative log-likelihood")
        .log_x()
        .log_y()
        .y_range(0.05, 3.0);
    for (name, tuned) in [("without", without), ("with", &with)] {
        table.push(tuned.row(name, few));
        let of =
            |what: fn(&[f64]) -> f64| tuned.by_rate.iter().map(|l| what(l)).collect::<Vec<_>>();
        let low = of(|losses| losses.iter().copied().fold(f64::INFINITY, f64::min));
        let high = of(|losses| losses.iter().copied().fold(0.0, f64::max));
        chart = chart.band(name, &RATES, &low, &of(mean), &high);
    }
    let mut rates = Table::new(["loss at rate", "without", "with"]);
    for (i, rate) in RATES.iter().enumerate() {
        let losses = [without, &with].map(|tuned| spread(&tuned.by_rate[i], 3));
        let [a, b] =
            losses.map(|l| if l.contains("inf") || l.contains("NaN") { "none".into() } else { l });
        rates.push([rate.to_string(), a, b]);
    }
    println!("{table}\n{rates}");
    println!("figure: {}", chart.save_figure("chapter6-full-batch-norm")?);
    Ok(())
}

/// Chapter 4's deep net from the default start: as it is, normalised, with ways around.
fn ten_layers(plan: Plan, few: &Parts) {
    let rates = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5];
    println!("{FEW} epochs, rate of {rates:?}\n");
    let mut table = table("50 units in each");
    for (name, build) in [
        ("as they are", deep_plain as Build),
        ("batch normalisation", deep_normed),
        ("residual", deep_residual),
    ] {
        table.push(tune(build, &rates, plan, few).row(name, few));
    }
    print!("{table}");
}

/// The same number of steps on digits as they are, shifted, turned, and both.
fn moved_on_purpose(few: &Parts) -> Result<()> {
    let [shift, turn, both] = [(0.0, 2), (15.0, 0), (15.0, 2)].map(Some);
    let mut table = table("net and digits");
    let mut kept = Vec::new();
    for (name, build, motion, label) in [
        ("linear layers", linear as Build, None, Some("linear layers")),
        ("… shifted and turned", linear, both, Some("linear layers, moved digits")),
        ("convolutions", small, None, Some("convolutions")),
        ("… shifted", small, shift, None),
        ("… turned", small, turn, None),
        ("… shifted and turned", small, both, Some("convolutions, moved digits")),
    ] {
        let tuned = tune(build, &RATES, Plan { rate: 0.0, epochs: MANY, motion }, few);
        table.push(tuned.row(name, few));
        kept.extend(label.map(|label| (label, tuned.nets)));
    }
    println!("{table}");
    let (pixels, test): (Vec<i32>, _) = ((0..=6).collect(), few.test.rows(0..2_000));
    let mut chart = LineChart::new("Accuracy on digits that are moved")
        .x("moved by so many pixels, in one of four directions")
        .y("accuracy, %");
    let mut table = Table::new(
        ["accuracy %, moved by"]
            .into_iter()
            .map(String::from)
            .chain(pixels.iter().map(|p| p.to_string())),
    );
    for (name, nets) in &kept {
        let nets: Vec<&Sequential> = nets.iter().collect();
        let right: Vec<Vec<f64>> =
            pixels.iter().map(|&by| moved(&nets, &test, by as isize)).collect();
        let of = |what: fn(&[f64]) -> f64| right.iter().map(|r| what(r)).collect::<Vec<_>>();
        let low = of(|r| r.iter().copied().fold(f64::INFINITY, f64::min));
        let high = of(|r| r.iter().copied().fold(0.0, f64::max));
        chart = chart.band(name, &pixels, &low, &of(mean), &high);
        let cells = right.iter().map(|r| format!("{:.1}", mean(r)));
        table.push([name.to_string()].into_iter().chain(cells));
    }
    println!("{table}");
    println!("figure: {}", chart.save_figure("chapter6-full-moved")?);
    Ok(())
}
