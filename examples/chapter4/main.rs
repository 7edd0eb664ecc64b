//! Chapter 4, layers, modules, training: from functions to a net that reads digits.
//!
//! Without arguments it runs everything, which the book prints; `digits` is the last part alone, and
//! `read` reads pictures of your own.

mod batch;
mod digits;
mod downhill;
mod finder;
mod noise;
mod overfit;
mod rates;
mod reading;
mod refactors;
mod resume;
mod short;
mod start;
mod steps;
mod trial;

use longhand::cli::{Arguments, Program};
use longhand::data::{Dataset, Mnist};
use longhand::layers::Layer;
use longhand::report::{Figure, section};
use longhand::{Result, Rng, Tensor};
use reading::Named;
use std::process::ExitCode;
use steps::steps;
use trial::{Parts, score};

const PROGRAM: Program = Program {
    name: "chapter4",
    title: "Chapter 4: layers, modules, training",
    about: "Three refactors, three rules for a step, experiments that are fair to all rivals, and \
            a net that reads 97 digits in 100. It takes about half a minute.",
    choices: &[
        ("digits", "the net that reads, alone: some seconds"),
        ("read FILE…", "your own digits, from PNG, PGM, NPY or IDX: some seconds"),
        ("short", "a run on few digits, alone: the one that the page of the book makes"),
    ],
    options: &[],
};

fn main() -> ExitCode {
    PROGRAM.run(chapter)
}

fn chapter(arguments: &Arguments) -> Result<()> {
    println!("{}", PROGRAM.title);
    let pictures = reading::gather(arguments.values())?;
    let mnist = Mnist::load()?;
    if arguments.choice() == Some("short") {
        short_run(&mnist);
        return Ok(());
    }
    let (train, valid) = mnist.train_valid();
    // ANCHOR: data
    let [mut train, mut valid, mut test] =
        [train, valid, mnist.test.clone()].map(|digits| digits.dataset::<f32>([784], 256.0));
    let raw = Parts::new(&train, &valid);
    let (mean, std) = (train.images.mean(), train.images.std());
    for part in [&mut train, &mut valid, &mut test] {
        part.normalize(mean, std);
    }
    // ANCHOR_END: data
    if arguments.choice() == Some("read") {
        return read(&pictures, &mnist, [&train, &valid], [mean, std]);
    }
    if arguments.choice().is_none() {
        experiments(&train, &raw, &Parts::new(&train, &valid))?;
    }

    section("The net");
    let (mut net, rng) = digits::net();
    section("Training");
    let losses = digits::train(&mut net, [&train, &valid, &test], rng);
    if arguments.choice().is_none() {
        short_run(&mnist);
    }
    section("Figures");
    digits::figures(&net, &losses, &mnist, [&train, &test])
}

fn short_run(mnist: &Mnist) {
    section("A short run");
    short::train(&mnist.train.split_at(short::DIGITS).0.dataset([784], 256.0));
}

/// All but the net that reads: on all digits, and on some of them raw and normalised.
fn experiments(train: &Dataset, raw: &Parts, normalised: &Parts) -> Result<()> {
    section("Three refactors");
    refactors::forms(train);
    section("One gradient, three ways");
    refactors::three_ways(train);

    section("Three rules in one valley");
    downhill::two_parameters()?;
    section("Adam and noise");
    noise::adam(&mut Rng::new(5));
    section("What a batch knows");
    batch::noise(&normalised.train);

    section("Schedules");
    rates::schedules(normalised);
    section("Raw and normalised");
    let descent = rates::raw_and_normalised(raw, normalised)?;
    section("Three rules");
    let momentum = rates::rules(normalised, &descent);
    section("A rate in one pass");
    finder::compare(normalised, [descent.rate, momentum.rate])?;
    section("Batches of every size");
    batch::sizes(normalised, &descent);
    section("Where weights start");
    start::compare(normalised, momentum);

    section("Going on later");
    resume::compare(&normalised.train)?;
    section("A thousand digits");
    overfit::thousand(train, normalised)
}

/// Reads these pictures with the net as it is after the first epoch.
fn read(
    pictures: &[Named],
    mnist: &Mnist,
    [train, valid]: [&Dataset; 2],
    [mean, std]: [f32; 2],
) -> Result<()> {
    let net = digits::after_one_epoch(train);
    let right = score(&net, valid).accuracy();
    println!("after one epoch: validation accuracy {right:.2} %");
    let known = reading::known(mnist);
    let scores = |pixels: &[u8]| {
        let pixel = |&pixel: &u8| (f32::from(pixel) / 256.0 - mean) / std;
        net.predict(&Tensor::new([1, 784], pixels.iter().map(pixel).collect()))
    };
    let mut drawing = None;
    for named in pictures {
        let drawn = reading::read(named, scores, &known);
        drawing = drawing.or(drawn.map(|drawn| steps(&named.picture, &drawn)));
    }
    if let Some(drawing) = drawing {
        section("The steps");
        println!("figure: {}", drawing.save_figure("chapter4-read-steps")?);
    }
    Ok(())
}
