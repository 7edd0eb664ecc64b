//! The long run: 20 epochs on all digits with and without tempering; and the WTB notebook's files.

use crate::notebook::{self, BATCH, LabelSet, PART, RATE, SEED, label_set};
use crate::still::{held_still, noise_scale, part_below};
use longhand::data::Mnist;
use longhand::layers::{Evaluation, Layer, Loss, Nll, Sequential};
use longhand::models::lenet;
use longhand::optim::Sgd;
use longhand::report::{Figure, LineChart, Table, grouped, measured, section, spread};
use longhand::wtb::Tempered;
use longhand::wtb::notebook::save_stats;
use longhand::{Result, Rng, files};
use std::path::Path;
use std::time::Instant;

const EPOCHS: usize = 20;
const SEEDS: u64 = 3;
/// After these epochs of plain descent the gradients are looked at with the weights held still.
const STILL: [usize; 4] = [1, 5, 10, 20];
/// After these epochs the net is tested.
const TESTED: [usize; 11] = [1, 2, 3, 5, 8, 10, 12, 14, 16, 18, 20];

/// What is compared: a name, the part of the labels that is drawn anew, and what part of the images
/// is taken, in batches as much smaller.
const SETTINGS: [(&str, &str, f64, usize); 3] = [
    ("Twenty epochs, noisy labels", "noisy", 0.1, 10),
    ("Twenty epochs, clean labels", "clean", 0.0, 10),
    ("Twenty epochs, all images", "all", 0.1, 1),
];

/// What is known after one of the epochs in which the net is tested.
struct Epoch {
    test: Evaluation,
    /// The part of the ratios that is below 1, while training.
    below: f64,
    /// The same with the weights held still, and the noise scale.
    still: Option<[f64; 2]>,
}

/// The epochs of each seed, plain and tempered.
type Pair = [Vec<Vec<Epoch>>; 2];

pub fn everything(mnist: &Mnist) -> Result<()> {
    println!("Chapter 8: the long runs");
    let start = Instant::now();
    announce(mnist);
    for (title, name, redrawn, part) in SETTINGS {
        section(title);
        let (fewer, _) = mnist.train.split_at(mnist.train.len() / part);
        let (digits, size) = (Mnist { train: fewer, test: mnist.test.clone() }, BATCH / part);
        println!(
            "the notebook's net, {} images in batches of {} in order, lr {RATE},\n\
             {:.0} % of the labels drawn anew; {SEEDS} seeds, each with weights and wrong labels of\n\
             its own; mean ± standard deviation",
            grouped(digits.train.len()),
            grouped(size),
            100.0 * redrawn
        );
        let mut pair: Pair = Default::default();
        for seed in 0..SEEDS {
            let set = label_set(&digits, redrawn, SEED + seed as u32);
            for (runs, tempers) in pair.iter_mut().zip([false, true]) {
                runs.push(train(&set, size, seed, tempers));
            }
        }
        losses(&pair);
        at_a_halt(&pair, digits.train.len());
        draw(&pair, name, redrawn)?;
    }
    let minutes = start.elapsed().as_secs_f64() / 60.0;
    println!("\nall of it took {}", measured(format_args!("{minutes:.0} min")));
    Ok(())
}

/// Says on stderr how long it takes, from a few steps on this machine.
fn announce(mnist: &Mnist) {
    let images: usize = SETTINGS.iter().map(|(.., part)| mnist.train.len() / part).sum();
    let trained = SEEDS as usize * (2 * EPOCHS + STILL.len()) * images;
    let tested = SEEDS as usize * 2 * TESTED.len() * SETTINGS.len() * mnist.test.len();

    let set = label_set(&Mnist { train: mnist.train.split_at(PART).0, ..mnist.clone() }, 0.0, SEED);
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

/// The epochs of one seed after which the net was tested.
fn train(set: &LabelSet, size: usize, seed: u64, tempers: bool) -> Vec<Epoch> {
    let mut net = lenet::<f32>(&mut Rng::new(seed), [0.0, 0.0]);
    let sgd = Sgd::new(RATE);
    let mut wtb = if tempers { Tempered::new(sgd) } else { Tempered::watching(sgd) };
    let mut epochs = Vec::new();
    for number in 1..=EPOCHS {
        let label = format!("seed {seed}, tempered {tempers}, epoch {number}");
        let summary = notebook::epoch(&mut net, &mut wtb, &set.train, size, &label, |_| ());
        if !TESTED.contains(&number) {
            continue;
        }
        let still = (!tempers && STILL.contains(&number)).then(|| {
            let stats = held_still(&mut net, set.train.batches(size).in_order());
            [part_below(&stats), noise_scale(&stats, size)]
        });
        let test = notebook::evaluation(&net, &set.test);
        epochs.push(Epoch { test, below: summary.fraction(), still });
    }
    epochs
}

fn losses(pair: &Pair) {
    let mut table =
        Table::new(["epoch", "plain", "tempered", "difference", "ratio < 1", "tempered's"])
            .title("test loss, and the part of the ratios that is below 1 while training");
    let of = |way: usize, i: usize, value: fn(&Epoch) -> f64| -> Vec<f64> {
        pair[way].iter().map(|run| value(&run[i])).collect()
    };
    let difference = |i, value| -> Vec<f64> {
        let [plain, tempered] = [0, 1].map(|way| of(way, i, value));
        tempered.iter().zip(plain).map(|(tempered, plain)| tempered - plain).collect()
    };
    let loss: fn(&Epoch) -> f64 = |epoch| epoch.test.loss;
    for (i, epoch) in TESTED.iter().enumerate() {
        table.push([
            epoch.to_string(),
            spread(&of(0, i, loss), 3),
            spread(&of(1, i, loss), 3),
            spread(&difference(i, loss), 4),
            spread(&of(0, i, |epoch| epoch.below), 3),
            spread(&of(1, i, |epoch| epoch.below), 3),
        ]);
    }
    print!("\n{table}");
    let (last, accuracy): (usize, fn(&Epoch) -> f64) =
        (TESTED.len() - 1, |epoch| epoch.test.accuracy());
    println!(
        "\nof the test labels in the end: plain {} %, tempered {} %, difference {}",
        spread(&of(0, last, accuracy), 2),
        spread(&of(1, last, accuracy), 2),
        spread(&difference(last, accuracy), 2)
    );
}

fn at_a_halt(pair: &Pair, images: usize) {
    let mut table =
        Table::new(["epoch", "while training", "held still", "noise scale", "images / scale"])
            .title("plain descent: the part of the ratios that is below 1");
    for (i, epoch) in TESTED.iter().enumerate().filter(|(_, epoch)| STILL.contains(epoch)) {
        let still = pair[0].iter().map(|run| run[i].still.expect("a plain run"));
        let [below, scale] =
            [0, 1].map(|which| still.clone().map(|pair| pair[which]).collect::<Vec<_>>());
        let moving: Vec<f64> = pair[0].iter().map(|run| run[i].below).collect();
        let times: Vec<f64> = scale.iter().map(|scale| images as f64 / scale).collect();
        table.push([
            epoch.to_string(),
            spread(&moving, 3),
            spread(&below, 3),
            spread(&scale, 0),
            spread(&times, 1),
        ]);
    }
    print!("\n{table}");
}

/// Accuracy and difference in loss, epoch by epoch, in bands from the least to the greatest seed.
fn draw(pair: &Pair, name: &str, redrawn: f64) -> Result<()> {
    let epochs = TESTED.map(|epoch| epoch as f64);
    let labels = if redrawn > 0.0 { "noisy labels" } else { "clean labels" };
    let mut chart = LineChart::new(&format!("With and without tempering, {labels}"))
        .x("epoch")
        .y("test accuracy (%)");
    for (runs, way) in pair.iter().zip(["plain", "tempered"]) {
        let [low, middle, high] =
            band(runs.iter().map(|run| run.iter().map(|e| e.test.accuracy()).collect()));
        chart = chart.band(way, &epochs, &low, &middle, &high);
    }
    println!("\nfigure: {}", chart.save_figure(&format!("chapter8-full-accuracy-{name}"))?);

    let difference = pair[0].iter().zip(&pair[1]).map(|(plain, tempered)| {
        plain.iter().zip(tempered).map(|(p, t)| t.test.loss - p.test.loss).collect()
    });
    let [low, middle, high] = band(difference);
    let chart = LineChart::new(&format!("What tempering adds to the loss, {labels}"))
        .x("epoch")
        .y("test loss, tempered less plain")
        .band("", &epochs, &low, &middle, &high)
        .mark_y(0.0, "");
    println!("figure: {}", chart.save_figure(&format!("chapter8-full-difference-{name}"))?);
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

/// The four files that the notebook saves, from its own run and from the same without tempering.
pub fn save(mnist: &Mnist, folder: &Path) -> Result<()> {
    files::create_folder(folder)?;
    let noisy = label_set(mnist, 0.1, SEED);
    for (tempers, word) in [(true, "wtb"), (false, "norm")] {
        println!("{}", if tempers { "Well tempered backprop!" } else { "Normal backprop!" });
        let (epochs, _) = notebook::run(&noisy, tempers);
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
