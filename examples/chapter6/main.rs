//! Chapter 6, convolution: one product of matrices more, and a net that reads 99 digits of 100.
//!
//! `cargo run --example chapter6 -- --quick` trains on a part of the digits only.

mod cost;
mod figures;
mod windows;

use figures::draw;
use longhand::cli::Program;
use longhand::data::{Dataset, Mnist};
use longhand::layers::{Layer, Loss, Nll, Sequential, evaluate, summary};
use longhand::models::lenet;
use longhand::optim::{Optimizer, Sgd};
use longhand::report::{Progress, grouped, measured, section};
use longhand::{Result, Rng, Tensor, files};
use std::process::ExitCode;
use std::time::Instant;

const PROGRAM: Program = Program {
    name: "chapter6",
    title: "Chapter 6: convolution",
    about: "Windows and columns, what they cost, and a net that reads 99 digits in 100. \
            It takes about half a minute.",
    choices: &[],
    options: &[("--quick", "trains on a fifth of the digits, once")],
};

fn main() -> ExitCode {
    PROGRAM.run(|arguments| chapter(arguments.has("--quick")))
}

fn chapter(quick: bool) -> Result<()> {
    println!("{}", PROGRAM.title);
    let mnist = Mnist::load()?;
    // ANCHOR: data
    let [mut train, mut test] =
        [&mnist.train, &mnist.test].map(|digits| digits.dataset::<f32>([1, 28, 28], 255.0));
    let (mean, std) = (train.images.mean(), train.images.std());
    train.normalize(mean, std);
    test.normalize(mean, std);
    // ANCHOR_END: data

    section("A kernel");
    windows::kernel();
    section("Columns");
    windows::columns();
    section("And back");
    windows::back();
    section("The gradients");
    windows::gradients();
    section("What it costs");
    cost::cost(&train);

    section("The net");
    let rng = &mut Rng::new(6);
    let mut net = lenet::<f32>(rng, [0.0, 0.0]);
    print!("{}", summary(&net, [1, 1, 28, 28]));

    section("Training");
    if quick {
        train = train.rows(0..12_000);
    }
    let start = Instant::now();
    let losses = fit(&mut net, &train, &test, if quick { 1 } else { EPOCHS }, rng);
    let seconds = start.elapsed().as_secs_f64();
    println!("trained in {}", measured(format_args!("{seconds:.1} s")));
    let right = accuracy(&net, &test);
    println!("test accuracy {right:.2} %");

    section("Saving");
    files::create_folder("target")?;
    // ANCHOR: save
    net.save("target/lenet.safetensors")?;
    let mut again = lenet(&mut Rng::new(0), [0.0, 0.0]);
    again.load("target/lenet.safetensors")?;
    // ANCHOR_END: save
    let bytes = std::fs::metadata("target/lenet.safetensors").map_or(0, |file| file.len() as usize);
    println!("target/lenet.safetensors: {} bytes", grouped(bytes));
    println!("read back, test accuracy {:.2} %", accuracy(&again, &test));

    section("Figures");
    draw(&net, &mnist, &train, &test, &losses)
}

const EPOCHS: usize = 4;

// ANCHOR: fit
/// Descent with momentum, the step growing smaller from batch to batch until it is nothing.
/// Gives the loss of every batch.
fn fit(
    net: &mut Sequential,
    train: &Dataset,
    test: &Dataset,
    epochs: usize,
    rng: &mut Rng,
) -> Vec<f32> {
    let batches = train.batches(64);
    let steps = epochs * batches.len();
    let (mut sgd, mut loss, mut losses) = (Sgd::new(0.05).momentum(0.9), Nll::mean(), Vec::new());
    for epoch in 1..=epochs {
        let mut progress = Progress::new(&format!("epoch {epoch}"), batches.len());
        for (x, labels) in batches.shuffled(rng) {
            sgd.lr = 0.05 * (1.0 - losses.len() as f64 / steps as f64);
            let value = loss.forward(&net.forward(&x), &labels);
            net.zero_grad();
            net.backward_params(&loss.backward());
            sgd.step(net.params_mut());
            progress.step(|| format!("loss {value:.4}"));
            losses.push(value);
        }
        progress.finish();
        let mean = Tensor::vector(&losses[losses.len() - batches.len()..]).mean();
        let right = accuracy(net, test);
        println!("epoch {epoch}: training loss {mean:.4}, test accuracy {right:.2} %");
    }
    losses
}
// ANCHOR_END: fit

/// What the net takes each image for, five hundred at a time.
fn guesses(net: &Sequential, data: &Dataset) -> Vec<usize> {
    data.batches(500).in_order().flat_map(|(x, _)| net.predict(&x).argmax(-1)).collect()
}

/// How many digits in a hundred it reads right.
fn accuracy(net: &Sequential, data: &Dataset) -> f64 {
    evaluate(data, 500, &mut Nll::mean(), |x| net.predict(x)).accuracy()
}
