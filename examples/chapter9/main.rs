//! Chapter 9, decoupled neural interfaces: layers that learn from guessed gradients.
//!
//! Without arguments it runs a short form of everything, which the book prints. A name chooses one
//! example; `--help` lists them.

mod characters;
mod cnn;
mod copy;
mod digits;
mod latency;
mod lstm;
mod net;
mod parts;
mod threads;

use digits::{Digits, Method};
use longhand::cli::{Arguments, Program};
use longhand::{Error, ErrorKind, Result};
use std::process::ExitCode;

const PROGRAM: Program = Program {
    name: "chapter9",
    title: "Chapter 9: decoupled neural interfaces",
    about: "Layers that learn from guessed gradients and wait for nobody: a short run of \
            everything, or of one example by name. It takes a minute or two.",
    choices: &[
        ("bprop", "784-256-256-10 on MNIST by plain backpropagation"),
        ("mlp", "the same with a guessed gradient: update unlock"),
        ("full-unlock", "the same with a guessed activation too"),
        ("cnn", "a convolutional net with a convolutional synthesizer"),
        ("copy", "an LSTM learns to repeat bits: BPTT against DNI"),
        ("repeat-copy", "to repeat them several times"),
        ("rnn", "an LSTM learns letters from Shakespeare's sonnets"),
        ("threads", "each layer in a thread of its own"),
        ("latency", "layers on machines with a slow line between them"),
        ("seeds", "every method on MNIST, three seeds each"),
        ("depth", "three to six layers, an interface after each"),
        ("long", "both, and copy with several lengths of the unroll: the book's long tables"),
    ],
    options: &[
        ("--context", "mlp and full-unlock: the synthesizer is told the labels"),
        (
            "--hidden N",
            "mlp (0) and full-unlock (2): hidden layers in what guesses gradients; that of dni.py \
             has 1",
        ),
        ("--epochs N", "bprop, mlp, full-unlock (10), rnn (3), seeds (6), depth (3)"),
        ("--steps N", "cnn (938), copy and repeat-copy (50000), threads and latency (1000)"),
        ("--seed N", "1"),
    ],
};

fn main() -> ExitCode {
    PROGRAM.run(chapter)
}

fn chapter(arguments: &Arguments) -> Result<()> {
    let hidden = arguments.number("--hidden", 0)?;
    let epochs = arguments.number("--epochs", 1)?;
    let steps = arguments.number("--steps", 10)?;
    let seed = arguments.number("--seed", 0)?;
    let context = arguments.has("--context");
    if arguments.choice().is_none() && (context || hidden.or(epochs).or(steps).or(seed).is_some()) {
        return Err(Error::new(ErrorKind::Argument, PROGRAM.name)
            .found("an option without a name")
            .expected("a name before it"));
    }
    let (epochs, steps) = (|n| epochs.unwrap_or(n), |n| steps.unwrap_or(n));
    let seed = seed.unwrap_or(1) as u64;
    println!("{}", PROGRAM.title);
    match arguments.choice() {
        None => everything()?,
        Some("bprop") => digits::single(Method::Bprop, epochs(10), seed)?,
        Some("mlp") => {
            let method = if context { Method::Cdni } else { Method::Dni };
            digits::single(method(hidden.unwrap_or(0)), epochs(10), seed)?;
        }
        Some("full-unlock") => {
            let method = if context { Method::FullContext } else { Method::Full };
            digits::single(method(hidden.unwrap_or(2)), epochs(10), seed)?;
        }
        Some("cnn") => cnn::compare(&Digits::load()?, steps(938), seed),
        Some("copy") => copy::compare(false, steps(50_000), seed)?,
        Some("repeat-copy") => copy::compare(true, steps(50_000), seed)?,
        Some("rnn") => characters::compare(epochs(3), seed)?,
        Some("threads") => threads::compare(&Digits::load()?, steps(1000), seed)?,
        Some("latency") => latency::compare(&Digits::load()?, steps(1000), seed)?,
        Some("seeds") => digits::three_seeds(&Digits::load()?, epochs(6)),
        Some("depth") => digits::depth(&Digits::load()?, epochs(3), seed),
        Some(_) => {
            // What is left is `long`: no other word is a choice.
            let digits = Digits::load()?;
            digits::three_seeds(&digits, epochs(6));
            digits::depth(&digits, epochs(3), seed);
            copy::table(steps(50_000));
        }
    }
    Ok(())
}

/// The run that the book prints.
fn everything() -> Result<()> {
    parts::two_passes();
    parts::mean_of_truths()?;
    let digits = Digits::load()?;
    digits::zero_start(&digits, 1);
    digits::one_epoch(&digits, 1)?;
    cnn::compare(&digits, 200, 1);
    latency::compare(&digits, 600, 1)?;
    threads::compare(&digits, 600, 1)?;
    copy::compare(false, 50_000, 1)?;
    copy::compare(true, 15_000, 1)?;
    characters::compare(3, 1)
}
