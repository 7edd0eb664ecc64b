//! Chapter 6, convolution: one product of matrices more, and a net that reads 99 digits of 100.
//!
//! `cargo run --example chapter6 -- --quick` trains on a part of the digits only, `--seeds` trains
//! the net three times, `--full` makes the experiments, and `--alone` compares the rows of batches
//! with each row alone. `read` reads pictures of your own.

mod alone;
mod cheaper;
mod cost;
mod figures;
mod full;
mod judged;
mod modes;
mod nets;
#[path = "../chapter4/reading.rs"]
mod reading;
mod seeds;
mod seen;
mod trial;
mod windows;

use longhand::cli::Program;
use longhand::data::Mnist;
use longhand::layers::{Layer, Sequential, summary};
use longhand::models::lenet;
use longhand::report::{Progress, grouped, measured, section};
use longhand::{Error, ErrorKind, Result, Rng, Tensor, files};
use std::process::ExitCode;
use std::time::Instant;
use trial::{Parts, Plan, fit, score};

const PROGRAM: Program = Program {
    name: "chapter6",
    title: "Chapter 6: convolution",
    about: "Windows and columns, what they cost, and a net that reads 99 digits in 100. \
            It takes about a minute.",
    choices: &[("read FILE…", "your own digits, with the net that the chapter has saved")],
    options: &[
        ("--quick", "trains on a fifth of the digits, once"),
        ("--seeds", "the net with three seeds instead"),
        ("--full", "the experiments instead: rates tuned, three seeds, and it says how long"),
        ("--alone", "instead, how many rows of a batch are not what they are alone"),
    ],
};

/// The first step of the chapter's net, and how often it sees the digits.
const RATE: f64 = 0.05;
const EPOCHS: usize = 3;

/// Where the net is saved.
const SAVED: &str = "target/lenet.safetensors";

fn main() -> ExitCode {
    PROGRAM.run(|arguments| {
        let chosen =
            ["--quick", "--seeds", "--full", "--alone"].map(|option| arguments.has(option));
        match chosen {
            [false, false, false, false] if arguments.choice() == Some("read") => {
                read(arguments.values())
            }
            _ if arguments.choice().is_some() => Err(Error::new(ErrorKind::Argument, PROGRAM.name)
                .found("an option with read")
                .expected("files and no option")),
            [quick, false, false, false] => chapter(quick),
            [false, true, false, false] => {
                seeds::three_seeds(&digits(&Mnist::load()?));
                Ok(())
            }
            [false, false, true, false] => full::everything(&few(&digits(&Mnist::load()?))),
            [false, false, false, true] => {
                alone::rows();
                Ok(())
            }
            _ => Err(Error::new(ErrorKind::Argument, PROGRAM.name)
                .found("more than one of --quick, --seeds, --full and --alone")
                .expected("one of them")),
        }
    })
}

/// 50,000 digits to learn from, 10,000 to validate and 10,000 to test, normalised alike.
fn digits(mnist: &Mnist) -> Parts {
    // ANCHOR: data
    let (train, valid) = mnist.train_valid();
    let [mut train, mut valid, mut test] =
        [&train, &valid, &mnist.test].map(|digits| digits.dataset::<f32>([1, 28, 28], 255.0));
    let (mean, std) = (train.images.mean(), train.images.std());
    [&mut train, &mut valid, &mut test].into_iter().for_each(|digits| digits.normalize(mean, std));
    // ANCHOR_END: data
    Parts { train, valid, test }
}

/// The first few of them, for experiments of which there are many.
fn few(all: &Parts) -> Parts {
    Parts {
        train: all.train.rows(0..3_000),
        valid: all.valid.rows(0..2_000),
        test: all.test.clone(),
    }
}

fn chapter(quick: bool) -> Result<()> {
    println!("{}", PROGRAM.title);
    let mnist = Mnist::load()?;
    let mut digits = digits(&mnist);

    section("A kernel");
    windows::kernel();
    section("Columns");
    windows::columns();
    section("And back");
    windows::back();
    section("The gradients");
    windows::gradients();
    section("What it costs");
    cost::cost(&digits.train);
    section("Cheaper windows");
    cheaper::convolutions();
    section("The wrong mode");
    modes::compare(&few(&digits));

    section("The net");
    let rng = &mut Rng::new(6);
    let mut net = lenet::<f32>(rng, [0.0, 0.0]);
    print!("{}", summary(&net, [1, 1, 28, 28]));

    section("Training");
    if quick {
        digits.train = digits.train.rows(0..10_000);
    }
    let start = Instant::now();
    let losses = train(&mut net, &digits, if quick { 1 } else { EPOCHS }, rng);
    let seconds = start.elapsed().as_secs_f64();
    println!("trained in {}", measured(format_args!("{seconds:.1} s")));
    let found = score(&net, &digits.test);
    println!("test accuracy {:.2} %", found.accuracy());

    section("Saving");
    files::create_folder("target")?;
    // ANCHOR: save
    net.save(SAVED)?;
    let mut again = lenet(&mut Rng::new(0), [0.0, 0.0]);
    again.load(SAVED)?;
    // ANCHOR_END: save
    let bytes = std::fs::metadata(SAVED).map_or(0, |file| file.len() as usize);
    println!("{SAVED}: {} bytes", grouped(bytes));
    println!("read back, test accuracy {:.2} %", score(&again, &digits.test).accuracy());

    section("How sure it is");
    judged::calibration(&net, &digits)?;
    section("By heart");
    judged::by_heart(&digits);
    section("Moved digits");
    judged::moves(&net, &digits.test);

    section("Figures");
    figures::draw(&net, &digits.train, &losses)?;
    seen::maps(&net, &digits.train.images.rows(0..1))?;
    seen::answers(&net, &digits.test.rows(0..1_000))?;
    judged::mistakes(&net, &mnist, &digits.test, &found)
}

/// Trains the net of the chapter, and says after each epoch how it does on the digits for
/// validation. Gives the loss of every batch.
fn train(net: &mut Sequential, digits: &Parts, epochs: usize, rng: &mut Rng) -> Vec<f32> {
    let per_epoch = digits.train.batches(64).len();
    let (mut losses, mut progress) = (Vec::new(), Progress::new("training", epochs * per_epoch));
    let plan = Plan { rate: RATE, epochs, motion: None };
    fit(net, &digits.train, plan, rng, |loss, net| {
        losses.push(loss);
        progress.step(|| format!("loss {loss:.4}"));
        if losses.len() % per_epoch == 0 {
            let mean = Tensor::vector(&losses[losses.len() - per_epoch..]).mean();
            let right = score(net, &digits.valid).accuracy();
            let epoch = losses.len() / per_epoch;
            progress.clear();
            println!("epoch {epoch}: training loss {mean:.4}, validation accuracy {right:.2} %");
        }
    });
    losses
}

/// Reads the pictures in these files with the net that the chapter has saved.
fn read(paths: &[String]) -> Result<()> {
    println!("{}", PROGRAM.title);
    let pictures = reading::gather(paths)?;
    let mut net = lenet::<f32>(&mut Rng::new(0), [0.0, 0.0]);
    net.load(SAVED).map_err(|error| match error.kind() {
        ErrorKind::Io => error.help("make it first: cargo run --example chapter6"),
        _ => error,
    })?;
    let mnist = Mnist::load()?;
    let known = reading::known(&mnist);
    let images = mnist.train_valid().0.images::<f32>([1, 28, 28], 255.0);
    let (mean, std) = (images.mean(), images.std());
    let scores = |pixels: &[u8]| {
        let pixel = |&pixel: &u8| (f32::from(pixel) / 255.0 - mean) / std;
        net.predict(&Tensor::new([1, 1, 28, 28], pixels.iter().map(pixel).collect()))
    };
    for picture in &pictures {
        reading::read(picture, scores, &known);
    }
    Ok(())
}
