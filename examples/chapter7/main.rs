//! Chapter 7, memory-efficient backpropagation: where the bytes of a step are, and how to need
//! fewer.

mod bytes;
mod checkpoints;
mod equal;
mod limits;
mod nets;
mod process;
mod remains;
mod timing;

use longhand::Result;
use longhand::cli::Program;
use longhand::report::section;
use std::process::ExitCode;

const PROGRAM: Program = Program {
    name: "chapter7",
    title: "Chapter 7: memory-efficient backpropagation",
    about: "Where the bytes of a step are, and ways of training that need fewer. It takes some seconds.",
    choices: &[],
    options: &[(
        "--process WAY",
        "trains one net in one way only and asks the system what it took: ordinary, layer or \
         parameter for the wide net, deep or segments for the deep one",
    )],
};

fn main() -> ExitCode {
    PROGRAM.run(|arguments| match arguments.value("--process") {
        None => chapter(),
        Some(name) => process::run(name),
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

    section("A target of another shape");
    limits::another_shape();

    section("Layer by layer");
    bytes::layer_by_layer();

    section("Ten nets, ten steps");
    equal::ten_by_ten();

    section("One step, byte by byte");
    bytes::timeline(&wide)?;

    section("Peak gradients");
    bytes::gradients(&wide);

    section("A table at both ends");
    remains::tied();

    section("The whole step");
    bytes::whole_step()?;

    section("Activations by segments");
    checkpoints::table();

    section("What others report");
    bytes::others();

    section("What the optimizer keeps");
    remains::state();

    section("Gradients that add up");
    limits::accumulation();

    section("Clipping by the norm of all");
    limits::clipping();

    section("What it costs");
    limits::cost();
    Ok(())
}
