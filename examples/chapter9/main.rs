//! Chapter 9, decoupled neural interfaces: layers that learn from guessed gradients.
//!
//! Without arguments it runs a short form of everything, which the book prints. A name chooses one
//! example; `--help` lists them.

mod characters;
mod cnn;
mod copy;
mod digits;
mod guesses;
mod inside;
mod latency;
mod lstm;
mod net;
mod online;
mod parts;
mod race;
mod seeds;
mod tables;
mod threads;

use digits::{Digits, Method};
use longhand::cli::{Arguments, Program};
use longhand::report::measured;
use longhand::{Error, ErrorKind, Result};
use std::process::ExitCode;
use std::time::Instant;

const PROGRAM: Program = Program {
    name: "chapter9",
    title: "Chapter 9: decoupled neural interfaces",
    about: "Layers that learn from guessed gradients and wait for nobody: a short run of \
            everything, or of one example by name. It takes a minute or two.",
    choices: &[
        ("bprop", "784-256-256-10 on MNIST by plain backpropagation"),
        ("mlp", "the same with a guessed gradient: update unlock"),
        ("full-unlock", "the same with a guessed activation too"),
        ("local", "the same with a loss of its own for the layers below"),
        ("guesses", "how good the guesses are, over an epoch and layer by layer"),
        ("copy", "an LSTM learns to repeat bits: BPTT against DNI"),
        ("repeat-copy", "to repeat them several times"),
        ("online", "guesses that are learnt without going back in time"),
        ("threads", "each layer in a thread of its own"),
        ("latency", "layers on machines with a slow line between them"),
        ("seeds", "every method on MNIST at its best rate; this and the rest take minutes"),
        ("depth", "three to six layers, a link after each"),
        ("cnn", "a convolutional net with a convolutional synthesizer"),
        ("race", "what each schedule has learnt after the same time on a slow line"),
        ("inside", "what the layers of a net have become"),
        ("copies", "copy with several unrolls, each way at its best rate"),
        ("repeats", "the same for repeat copy"),
        ("rnn", "an LSTM learns letters from Shakespeare's sonnets"),
    ],
    options: &[
        ("--context", "mlp and full-unlock: the synthesizer is told the labels"),
        (
            "--hidden N",
            "mlp (0) and full-unlock (2): hidden layers in what guesses gradients; that of dni.py \
             has 1",
        ),
        ("--epochs N", "bprop, mlp, full-unlock, local (10), seeds (4), depth (2), rnn (12)"),
        (
            "--steps N",
            "cnn (150), copy and repeat-copy (50000), copies and repeats (40000), threads (600)",
        ),
        ("--seed N", "bprop, mlp, full-unlock, local (1)"),
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
        Some("local") => digits::single(Method::Local, epochs(10), seed)?,
        Some("mlp") => {
            let method = if context { Method::Cdni } else { Method::Dni };
            digits::single(method(hidden.unwrap_or(0)), epochs(10), seed)?;
        }
        Some("full-unlock") => {
            let method = if context { Method::FullContext } else { Method::Full };
            digits::single(method(hidden.unwrap_or(2)), epochs(10), seed)?;
        }
        Some("guesses") => {
            let digits = Digits::load()?;
            guesses::one_epoch(&digits)?;
            guesses::by_layer(&digits)?;
        }
        Some("copy") => copy::compare(false, steps(50_000))?,
        Some("repeat-copy") => copy::compare(true, steps(50_000))?,
        Some("online") => online::compare(),
        Some("threads") => threads::compare(&Digits::load()?, steps(600))?,
        Some("latency") => latency::table(3),
        Some(name) => {
            // What is left are the long tables: no other word is a choice.
            let began = Instant::now();
            let digits = || -> Result<Digits> { Ok(Digits::load()?.first(15_000)) };
            match name {
                "seeds" => tables::three_seeds(&digits()?, epochs(4)),
                "depth" => tables::depth(&digits()?, epochs(2)),
                "cnn" => tables::convolutional(&digits()?, steps(150)),
                "race" => race::compare(&digits()?)?,
                "inside" => inside::compare(&digits()?),
                "copies" => copy::table(false, steps(40_000)),
                "repeats" => copy::table(true, steps(40_000)),
                _ => characters::compare(epochs(12))?,
            }
            let minutes = began.elapsed().as_secs_f64() / 60.0;
            println!("\nthis took {}", measured(format_args!("{minutes:.0} minutes")));
        }
    }
    Ok(())
}

/// The run that the book prints.
fn everything() -> Result<()> {
    parts::two_passes();
    parts::mean_of_truths()?;
    let digits = Digits::load()?;
    guesses::zero_start(&digits);
    guesses::one_epoch(&digits)?;
    guesses::by_layer(&digits)?;
    latency::table(3);
    threads::compare(&digits, 600)?;
    copy::compare(false, 30_000)?;
    online::compare();
    Ok(())
}
