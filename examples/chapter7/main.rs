//! Chapter 7, memory-efficient backpropagation: where the bytes of a step are, and how to need
//! fewer.

mod bytes;
mod equal;
mod limits;
mod nets;
mod process;

use longhand::report::section;
use longhand::{Error, ErrorKind, Result};

const USAGE: &str = "cargo run --example chapter7 [-- --process ordinary|layer|parameter]";

fn main() -> Result<()> {
    longhand::check_settings()?;
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => {}
        ["--process", way] => return process::run(nets::Way::named(way).ok_or_else(usage(way))?),
        _ => return Err(usage(&arguments.join(" "))()),
    }
    println!("Chapter 7: memory-efficient backpropagation");

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

fn usage(found: &str) -> impl FnOnce() -> Error {
    let found = format!("{found:?}");
    move || {
        Error::new(ErrorKind::Argument, "the arguments")
            .found(found)
            .expected("none, or a way to train")
            .help(USAGE)
    }
}
