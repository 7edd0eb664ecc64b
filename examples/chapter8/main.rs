//! Chapter 8, well-tempered backpropagation: how much of a gradient is signal, and does it help
//! to ask?
//!
//! `cargo run --example chapter8 -- --rivals` compares, each with its rate tuned, and `--full` makes
//! the long runs.

mod certain;
mod compare;
mod full;
mod noise;
mod notebook;
mod rules;
mod small;
mod still;

use longhand::cli::Program;
use longhand::data::Mnist;
use longhand::report::section;
use longhand::{Error, ErrorKind, Result};
use std::path::Path;
use std::process::ExitCode;

const PROGRAM: Program = Program {
    name: "chapter8",
    title: "Chapter 8: well-tempered backpropagation",
    about: "Signal and noise in a gradient, and what it buys to tell them apart. \
            It takes about half a minute.",
    choices: &[],
    options: &[
        ("--rivals", "the comparisons instead: eleven seeds, rates tuned; about a minute"),
        ("--full", "the long runs instead: 20 epochs on all digits, three seeds; it says how long"),
        ("--save FOLDER", "the notebook's run instead, and the four files that it saves"),
    ],
};

fn main() -> ExitCode {
    PROGRAM.run(|arguments| {
        let chosen =
            (arguments.has("--rivals"), arguments.has("--full"), arguments.value("--save"));
        match chosen {
            (false, false, None) => chapter(),
            (true, false, None) => rivals(&Mnist::load()?),
            (false, true, None) => full::everything(&Mnist::load()?),
            (false, false, Some(folder)) => full::save(&Mnist::load()?, Path::new(folder)),
            _ => Err(Error::new(ErrorKind::Argument, PROGRAM.name)
                .found("more than one of --rivals, --full and --save")
                .expected("one of them")),
        }
    })
}

fn chapter() -> Result<()> {
    println!("{}", PROGRAM.title);
    let mnist = Mnist::load()?;

    section("Five gradients");
    noise::five_gradients();

    section("Two ways to add up");
    noise::two_ways();

    section("What tempering does to noise");
    noise::kept()?;

    section("How well a ratio is known");
    certain::on_made_up_gradients();

    section("The net");
    notebook::sizes();

    section("One batch too many");
    notebook::one_too_many();

    section("The run of the notebook");
    let noisy = notebook::label_set(&mnist, 0.1, notebook::SEED);
    let (run, net) = notebook::run(&noisy, true);
    notebook::beside_the_notebook(&run);
    notebook::other_draws(&net, &mnist);

    section("Tempered layer by layer");
    notebook::layers(&run)?;

    section("The last ratios again");
    notebook::certainty(&run);
    drop((run, net, noisy));

    section("Moving and still");
    small::moving_and_still(&mnist)?;

    section("Two curves");
    noise::curves();
    Ok(())
}

fn rivals(mnist: &Mnist) -> Result<()> {
    println!("{}", PROGRAM.title);

    section("Noise that matters");
    let noisy = compare::rivals(mnist);

    section("One thing at a time");
    compare::variants(&noisy);
    Ok(())
}
