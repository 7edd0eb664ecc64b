//! Chapter 10, gradients of gradients: what each sample of a batch has to say, the variance of it,
//! and the gradient of that.
//!
//! `cargo run --example chapter10 -- --full` makes the comparisons in which every rival has its
//! settings tuned.

mod batch;
mod cases;
mod curvature;
mod ghost;
mod labels;
mod newton;
mod penalty;
mod price;
mod private;
mod trials;

use longhand::Result;
use longhand::cli::Program;
use longhand::data::Mnist;
use longhand::report::section;
use std::process::ExitCode;

const PROGRAM: Program = Program {
    name: "chapter10",
    title: "Chapter 10: gradients of gradients",
    about: "The variance within a batch and its gradient, curvature, clipping for each sample. \
            It takes about half a minute.",
    choices: &[],
    options: &[("--full", "private training and steps by curvature, tuned, instead: two minutes")],
};

fn main() -> ExitCode {
    PROGRAM.run(|arguments| if arguments.has("--full") { tuned() } else { chapter() })
}

fn chapter() -> Result<()> {
    println!("{}", PROGRAM.title);
    let mnist = Mnist::load()?;

    section("What the variance says");
    batch::variance(&mnist);

    section("The three cases");
    cases::as_backpack_prints_them(&mnist);

    section("To the last digits");
    cases::in_double_precision(&mnist);

    section("What is written down");
    cases::written_down(&mnist);

    section("The digits that pull");
    labels::longest(&mnist)?;

    section("Wrong labels");
    labels::wrong(&mnist);

    section("Norms without gradients");
    ghost::norms(&mnist);

    section("The price");
    price::against_the_batch(&mnist)?;

    section("A thousand times");
    price::memory(&mnist);

    section("Agreeing");
    penalty::compare(&mnist);

    section("Two matrices");
    curvature::traces(&mnist);

    section("The edge");
    curvature::edge(&mnist)?;
    Ok(())
}

/// The comparisons in which each rival chooses its step size, its damping, its bound.
fn tuned() -> Result<()> {
    println!("{}", PROGRAM.title);
    let mnist = Mnist::load()?;

    section("Clipping");
    private::compare(&mnist);

    section("A better step");
    newton::one_step(&mnist);

    section("Sixty steps");
    newton::sixty_steps(&mnist);
    Ok(())
}
