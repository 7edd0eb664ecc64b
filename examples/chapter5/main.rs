//! Chapter 5, the tape: write the forward pass, and derivatives of every order follow.

mod checking;
mod cost;
mod derivatives;
mod first;
mod nets;
mod order;

use longhand::Result;
use longhand::cli::Program;
use longhand::report::section;
use std::process::ExitCode;

const PROGRAM: Program = Program {
    name: "chapter5",
    title: "Chapter 5: the tape",
    about: "A tape that differentiates, to any order, and a check that holds it. It takes some seconds.",
    choices: &[],
    options: &[],
};

fn main() -> ExitCode {
    PROGRAM.run(|_| chapter())
}

fn chapter() -> Result<()> {
    println!("{}", PROGRAM.title);

    section("Why order matters");
    order::order();

    section("A first tape");
    first::first_tape();
    section("Where pullbacks are recorded");
    first::recorded();
    section("Two roots");
    first::two_roots();
    section("Gradients are values");
    first::values();

    section("A hook for each parameter");
    nets::hook();
    section("A function and three derivatives");
    derivatives::derivatives()?;
    section("Checking gradients");
    checking::checking();
    section("The net of chapter 3");
    nets::by_hand()?;
    section("What it costs");
    cost::cost();
    Ok(())
}
