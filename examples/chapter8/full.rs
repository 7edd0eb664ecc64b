//! The long runs: five draws of the labels, clean labels, 20 epochs with and without tempering;
//! and the WTB notebook's files.

use crate::notebook::{self, BATCH, LabelSet, NOTEBOOK, PART, RATE, SEED, label_set};
use longhand::data::Mnist;
use longhand::layers::{Evaluation, Layer, Loss, Nll, Sequential};
use longhand::models::{lenet, lenet_of_torch};
use longhand::optim::Sgd;
use longhand::report::{Figure, LineChart, Table, grouped, section};
use longhand::wtb::Tempered;
use longhand::wtb::notebook::save_stats;
use longhand::{Result, Rng, Tensor, files};
use std::path::Path;
use std::time::Instant;

const EPOCHS: usize = 20;
const SEEDS: u64 = 3;
/// A tenth of the images in batches a tenth as large: as many steps as the notebook's in an epoch,
/// and more noise in each.
const IMAGES: usize = 6000;
const SMALLER_BATCH: usize = BATCH / 10;

const DRAWS: usize = 5;

/// One way of training on one kind of labels: for each seed, each epoch's test results and the
/// part of the parameters that was tempered.
struct Runs {
    name: &'static str,
    seeds: Vec<Vec<(Evaluation, f64)>>,
}

pub fn everything(mnist: &Mnist) -> Result<()> {
    println!("Chapter 8: the long runs");
    let clean = label_set(mnist, 0.0, SEED);
    let (trained, tested) = (clean.train.len(), clean.test.len());
    announce(
        &clean,
        (DRAWS + 1) * notebook::EPOCHS * trained + 4 * SEEDS as usize * EPOCHS * IMAGES,
        (DRAWS + 1) * notebook::EPOCHS * (trained + tested) + 4 * SEEDS as usize * EPOCHS * tested,
    );

    section("Five draws of the labels");
    five_draws(mnist);

    section("With clean labels");
    notebook::by_itself(&notebook::run(&clean, true));
    drop(clean);

    let (fewer, _) = mnist.train.split_at(IMAGES);
    let fewer = Mnist { train: fewer, test: mnist.test.clone() };
    for (name, redrawn) in [("noisy", 0.1), ("clean", 0.0)] {
        section(&format!("Twenty epochs, {name} labels"));
        println!(
            "{} images in batches of {}, lr {RATE}, {SEEDS} seeds\n",
            grouped(IMAGES),
            grouped(SMALLER_BATCH)
        );
        norm_against_wtb(name, &label_set(&fewer, redrawn, SEED))?;
    }
    Ok(())
}

/// Says on stderr how long it takes to train with so many images and to test with so many, from a
/// few steps on this machine.
fn announce(set: &LabelSet, trained: usize, tested: usize) {
    let mut net = lenet::<f32>(&mut Rng::new(0), [0.0, 0.0]);
    let (images, labels) = set.train.batches(PART).in_order().next().expect("a part");
    let mut loss = Nll::mean();
    let mut step = |net: &mut Sequential| {
        loss.forward(&net.forward(&images), &labels);
        net.backward_params(&loss.backward());
    };
    step(&mut net); // the first one also fetches memory
    let start = Instant::now();
    (0..3).for_each(|_| step(&mut net));
    let stepped = start.elapsed().as_secs_f64() / 3.0;
    let start = Instant::now();
    net.predict(&images);
    let predicted = start.elapsed().as_secs_f64();
    let seconds = (trained as f64 * stepped + tested as f64 * predicted) / PART as f64;
    eprintln!("this will take about {:.0} min", (seconds / 60.0).ceil());
}

/// The notebook's losses from its own net, with five draws of the wrong labels.
fn five_draws(mnist: &Mnist) {
    let mut losses: Vec<Vec<f64>> = vec![Vec::new(); notebook::EPOCHS];
    for draw in 0..DRAWS as u32 {
        let noisy = label_set(mnist, 0.1, SEED + draw);
        let (mut net, mut wtb) = (lenet_of_torch(SEED), Tempered::new(Sgd::new(RATE)));
        for (number, losses) in (1..).zip(&mut losses) {
            let label = format!("draw {draw}, epoch {number}");
            let _ = notebook::epoch(&mut net, &mut wtb, &noisy.train, BATCH, &label);
            losses.push(notebook::evaluation(&net, &noisy.train).loss);
        }
    }
    let mut table =
        Table::new(["epoch", "training loss, mean", "std of a draw", "notebook", "difference"]);
    for (i, losses) in losses.iter().enumerate() {
        let (mean, notebook) = (mean(losses), NOTEBOOK[i][0].0);
        let cells = [mean, Tensor::vector(losses).std(), notebook, mean - notebook];
        table.push([(i + 1).to_string()].into_iter().chain(cells.map(|x| format!("{x:.4}"))));
    }
    print!("{table}");
}

fn norm_against_wtb(name: &str, set: &LabelSet) -> Result<()> {
    let pair = [false, true].map(|tempers| {
        let seeds = (0..SEEDS).map(|seed| train(set, seed, tempers)).collect();
        Runs { name: if tempers { "tempered" } else { "plain" }, seeds }
    });
    tell(&pair);
    draw(&pair, name)
}

fn train(set: &LabelSet, seed: u64, tempers: bool) -> Vec<(Evaluation, f64)> {
    let mut net = lenet::<f32>(&mut Rng::new(seed), [0.0, 0.0]);
    let sgd = Sgd::new(RATE);
    let mut wtb = if tempers { Tempered::new(sgd) } else { Tempered::watching(sgd) };
    let each = |number| {
        let label = format!("seed {seed}, tempered {tempers}, epoch {number}");
        let summary = notebook::epoch(&mut net, &mut wtb, &set.train, SMALLER_BATCH, &label);
        (notebook::evaluation(&net, &set.test), summary.fraction())
    };
    (1..=EPOCHS).map(each).collect()
}

fn tell(pair: &[Runs; 2]) {
    let mut table = Table::new([
        "epoch",
        "plain",
        "ratio < 1",
        "tempered",
        "ratio < 1",
        "difference",
    ])
    .title(
        "test loss, and the part of the ratios that is below 1; mean of the seeds ± half the span",
    );
    for epoch in [1, 2, 3, 5, 8, 10, 12, 14, 16, 18, 20] {
        let loss = |runs: &Runs| runs.seeds.iter().map(|run| run[epoch - 1].0.loss).collect();
        let below = |runs: &Runs| runs.seeds.iter().map(|run| run[epoch - 1].1).collect();
        let [plain, tempered]: [Vec<f64>; 2] = [loss(&pair[0]), loss(&pair[1])];
        let [under, over]: [Vec<f64>; 2] = [below(&pair[0]), below(&pair[1])];
        let difference: Vec<f64> = tempered.iter().zip(&plain).map(|(t, p)| t - p).collect();
        table.push([
            epoch.to_string(),
            spread(&plain),
            format!("{:.3}", mean(&under)),
            spread(&tempered),
            format!("{:.3}", mean(&over)),
            spread(&difference),
        ]);
    }
    print!("{table}");
    for runs in pair {
        let last = runs.seeds.iter().filter_map(|run| run.last());
        let accuracy: Vec<f64> = last.map(|(stats, _)| stats.accuracy()).collect();
        println!("{}: {:.2} % of the test labels in the end", runs.name, mean(&accuracy));
    }
}

/// Accuracy and difference in loss, epoch by epoch, in bands from the least to the greatest seed.
fn draw(pair: &[Runs; 2], labels: &str) -> Result<()> {
    let epochs: Vec<f64> = (1..=EPOCHS).map(|epoch| epoch as f64).collect();
    let mut chart = LineChart::new(&format!("With and without tempering, {labels} labels"))
        .x("epoch")
        .y("test accuracy (%)");
    for runs in pair {
        let [low, middle, high] = band(
            runs.seeds.iter().map(|run| run.iter().map(|(stats, _)| stats.accuracy()).collect()),
        );
        chart = chart.band(runs.name, &epochs, &low, &middle, &high);
    }
    println!("\nfigure: {}", chart.save_figure(&format!("chapter8-full-accuracy-{labels}"))?);

    let difference = pair[0].seeds.iter().zip(&pair[1].seeds).map(|(plain, tempered)| {
        plain.iter().zip(tempered).map(|(p, t)| t.0.loss - p.0.loss).collect()
    });
    let [low, middle, high] = band(difference);
    let chart = LineChart::new(&format!("What tempering adds to the loss, {labels} labels"))
        .x("epoch")
        .y("test loss, tempered less plain")
        .band("", &epochs, &low, &middle, &high)
        .mark_y(0.0, "");
    println!("figure: {}", chart.save_figure(&format!("chapter8-full-difference-{labels}"))?);
    Ok(())
}

/// The least, the mean and the greatest of several lines.
fn band(lines: impl Iterator<Item = Vec<f64>>) -> [Vec<f64>; 3] {
    let lines: Vec<Vec<f64>> = lines.collect();
    let at = |i: usize| lines.iter().map(move |line| line[i]);
    let each = 0..lines[0].len();
    [
        each.clone().map(|i| at(i).fold(f64::INFINITY, f64::min)).collect(),
        each.clone().map(|i| at(i).sum::<f64>() / lines.len() as f64).collect(),
        each.map(|i| at(i).fold(f64::NEG_INFINITY, f64::max)).collect(),
    ]
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn spread(values: &[f64]) -> String {
    let (low, high) = values
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &v| (low.min(v), high.max(v)));
    format!("{:.4} ± {:.4}", mean(values), (high - low) / 2.0)
}

/// The four files that the notebook saves, from its own run and from the same without tempering.
pub fn save(mnist: &Mnist, folder: &Path) -> Result<()> {
    files::create_folder(folder)?;
    let noisy = label_set(mnist, 0.1, SEED);
    for (tempers, word) in [(true, "wtb"), (false, "norm")] {
        println!("{}", if tempers { "Well tempered backprop!" } else { "Normal backprop!" });
        let epochs = notebook::run(&noisy, tempers);
        let [train, test]: [Vec<Evaluation>; 2] = [
            epochs.iter().map(|e| e.train.clone()).collect(),
            epochs.iter().map(|e| e.test.clone()).collect(),
        ];
        for (set, stats) in [("train", train), ("test", test)] {
            let path = folder.join(format!("{set}_stats_{word}.npy"));
            save_stats(&path, &stats)?;
            println!("saved {}", path.display());
        }
        println!();
    }
    Ok(())
}
