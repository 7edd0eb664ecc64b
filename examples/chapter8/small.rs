//! A small net on few digits with wrong labels, where a gradient is mostly noise.

use crate::notebook::add_gradient;
use crate::still::{held_still, noise_scale, part_below};
use longhand::data::{Dataset, Digits, Mnist};
use longhand::layers::{Layer, Linear, LogSoftmax, Relu, Sequential};
use longhand::optim::{Optimizer, Sgd};
use longhand::per_sample::{Recorder, Scaling};
use longhand::report::{Figure, LineChart, Table, grouped, spread};
use longhand::tensor::{Divisor, Window, threads};
use longhand::wtb::Tempered;
use longhand::{Result, Rng, Tape, sequential};

/// Digits to learn from, and as many others to choose a step size by.
pub const DIGITS: usize = 2000;
pub const BATCH: usize = 20;
pub const EPOCHS: usize = 10;

/// The digits of one seed, halved to 14 × 14.
pub struct Task {
    /// With wrong labels.
    pub train: Dataset,
    pub validation: Dataset,
    pub test: Dataset,
}

/// For each of so many seeds the same images, with a part of the training labels drawn anew.
pub fn tasks(mnist: &Mnist, redrawn: f64, seeds: usize) -> Vec<Task> {
    let (train, others) = mnist.train.split_at(DIGITS);
    let validation = others.split_at(DIGITS).0;
    let [images, validation, test] = [&train, &validation, &mnist.test].map(halved);
    let task = |seed| {
        let noisy = train.with_noise(redrawn, &mut Rng::new(80 + seed as u64));
        let labels = noisy.labels().iter().map(|&label| label.into()).collect();
        let train = Dataset::new(images.images.clone(), labels);
        Task { train, validation: validation.clone(), test: test.clone() }
    };
    (0..seeds).map(task).collect()
}

fn halved(digits: &Digits) -> Dataset {
    let mut data = digits.dataset::<f32>([1, 28, 28], 255.0);
    data.normalize(0.1307, 0.3081);
    let images = data.images.avg_pool2d(Window::tiling(2), Divisor::Window);
    Dataset::new(images.reshape([digits.len(), 196]), data.labels)
}

/// 196-64-10.
pub fn net(rng: &mut Rng) -> Sequential {
    let hidden = Linear::<f32>::new(196, 64, rng);
    sequential![hidden, Relu::new(), Linear::new(64, 10, rng), LogSoftmax::new()]
}

/// The step size of plain descent in the tables of this file.
const RATE: f64 = 0.1;
const SEEDS: usize = 8;
/// After which epochs it is looked at.
const STOPS: [usize; 5] = [1, 2, 3, 5, 10];

/// What one stop finds: the part below 1 while training and at a halt, the squared ratio of the
/// whole net, and the noise scale from batches and from single images.
type Found = [f64; 5];

fn stops(task: &Task, seed: usize) -> Vec<Found> {
    let rng = &mut Rng::new(seed as u64);
    let (mut net, mut sgd) = (net(rng), Tempered::watching(Sgd::new(RATE)));
    let mut found = Vec::new();
    for epoch in 1..=EPOCHS {
        for (images, labels) in task.train.batches(BATCH).shuffled(rng) {
            net.zero_grad();
            add_gradient(&mut net, images, labels);
            sgd.step(net.params_mut());
        }
        let moving = sgd.end_epoch().fraction();
        if STOPS.contains(&epoch) {
            let batches = task.train.batches(BATCH);
            let stats = held_still(&mut net, batches.shuffled(&mut rng.fork()));
            let noise = [noise_scale(&stats, BATCH), by_single_images(&mut net, &task.train)];
            let images = task.train.len() as f64;
            found.push([moving, part_below(&stats), images / noise[0], noise[0], noise[1]]);
        }
    }
    found
}

/// The noise scale as chapter 10 has it, from the gradient of each image.
fn by_single_images(net: &mut Sequential, data: &Dataset) -> f64 {
    // ANCHOR: single
    let tape = Tape::new();
    let recorder = Recorder::new(&tape);
    let output = recorder.record(net, tape.constant(data.images.clone()));
    let samples = recorder.backward(output.nll(&data.labels), Scaling::Own);
    let scatter = samples.total_variance().value().item();
    // ANCHOR_END: single
    let images = data.len() as f32;
    let sums = net.params().into_iter().map(|param| samples.sum(tape.param(param)).value());
    let length: f32 = sums.map(|sum| (sum / images).square().sum()).sum();
    f64::from(scatter * images / (images - 1.0) / length)
}

pub fn moving_and_still(mnist: &Mnist) -> Result<()> {
    println!(
        "196-64-10, {} digits in batches of {BATCH}, lr {RATE}, plain descent;\n\
         mean of {SEEDS} seeds ± standard deviation",
        grouped(DIGITS)
    );
    let mut chart = LineChart::new("Ratios below 1, while training and at a halt")
        .x("epoch")
        .y("part of the parameters")
        .y_range(0.0, 1.0);
    for (redrawn, labels) in [(0.0, "no label redrawn"), (0.3, "three labels in ten redrawn")] {
        let tasks = tasks(mnist, redrawn, SEEDS);
        let mut seeds: Vec<(usize, Vec<Found>)> = (0..SEEDS).map(|s| (s, Vec::new())).collect();
        threads::for_each(seeds.iter_mut(), |(seed, found)| *found = stops(&tasks[*seed], *seed));
        let values = |stop: usize, column: usize| -> Vec<f64> {
            seeds.iter().map(|(_, found)| found[stop][column]).collect()
        };
        let mut table = Table::new([
            "epoch",
            "below 1, moving",
            "held still",
            "noise scale",
            "from images",
            "images / scale",
        ])
        .title(labels);
        for (stop, epoch) in STOPS.iter().enumerate() {
            let cells = [(0, 3), (1, 3), (3, 0), (4, 0), (2, 2)];
            let cells = cells.map(|(column, digits)| spread(&values(stop, column), digits));
            table.push([epoch.to_string()].into_iter().chain(cells));
        }
        print!("\n{table}");
        let means = |column| -> Vec<f64> {
            let mean = |stop| values(stop, column).iter().sum::<f64>() / SEEDS as f64;
            (0..STOPS.len()).map(mean).collect()
        };
        let epochs = STOPS.map(|epoch| epoch as f64);
        for (column, how) in [(0, "moving"), (1, "still")] {
            let part = if redrawn > 0.0 { "noisy" } else { "clean" };
            chart = chart.line(&format!("{how}, {part}"), &epochs, &means(column));
        }
    }
    println!("\nfigure: {}", chart.save_figure("chapter8-still")?);
    Ok(())
}
