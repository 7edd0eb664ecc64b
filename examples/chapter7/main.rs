//! Chapter 7, memory-efficient backpropagation: where the bytes of a step are, and how to need
//! fewer.

mod bytes;
mod equal;
mod limits;
mod nets;
mod process;

use longhand::cli::Program;
use longhand::report::section;
use longhand::{Error, ErrorKind, Result};
use std::process::ExitCode;

const PROGRAM: Program = Program {
    name: "chapter7",
    title: "Chapter 7: memory-efficient backpropagation",
    about: "Where the bytes of a step are, and ways of training that need fewer. It takes some seconds.",
    choices: &[],
    options: &[(
        "--process WAY",
        "trains the wide net in one way only and asks the system what it took: ordinary, layer or \
         parameter",
    )],
};

fn main() -> ExitCode {
    PROGRAM.run(|arguments| match arguments.value("--process") {
        None => chapter(),
        Some(word) => process::run(nets::Way::named(word).ok_or_else(|| {
            Error::new(ErrorKind::Argument, "--process")
                .found(format!("{word:?}"))
                .expected("ordinary, layer or parameter")
        })?),
    })
}

fn chapter() -> Result<()> {
    println!("{}", PROGRAM.title);

    let wide = bytes::wide_steps();

    section("Where the bytes are");
    bytes::ordinary_step(&wide[0]);

    section("One optimizer or many");
    equal::optimizers();

    section("One layer by the chain rule");
    equal::chain_rule();

    section("Backward in pieces");
    equal::pieces();

    section("Layer by layer");
    bytes::layer_by_layer();

    section("Ten nets, ten steps");
    equal::ten_by_ten();

    section("One step, byte by byte");
    bytes::timeline(&wide)?;

    section("Peak gradients");
    bytes::gradients(&wide);

    section("The whole step");
    bytes::whole_step()?;

    section("What others report");
    bytes::others();

    section("Gradients that add up");
    limits::accumulation();

    section("Clipping by the norm of all");
    limits::clipping();

    section("What it costs");
    limits::cost();
    Ok(())
}
