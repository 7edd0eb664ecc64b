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
use longhand::{Error, ErrorKind, Result};

const USAGE: &str = "\
cargo run --example chapter9 [-- NAME [OPTIONS]]

without a name: a short run of everything

bprop         784-256-256-10 on MNIST by plain backpropagation
mlp           the same with a guessed gradient: update unlock
full-unlock   the same with a guessed activation too
cnn           a convolutional net with a convolutional synthesizer
copy          an LSTM learns to repeat bits: BPTT against DNI
repeat-copy   to repeat them several times
rnn           an LSTM learns letters from Shakespeare's sonnets
threads       each layer in a thread of its own
latency       layers on machines with a slow line between them
seeds         every method on MNIST, three seeds each
depth         three to six layers, an interface after each
long          both, and copy with several lengths of the unroll: the book's long tables

--context     mlp and full-unlock: the synthesizer is told the labels
--hidden N    mlp (0) and full-unlock (2): hidden layers in what guesses gradients;
              that of dni.py has 1
--epochs N    bprop, mlp, full-unlock (10), rnn (3), seeds (6), depth (3)
--steps N     cnn (938), copy and repeat-copy (50000), threads and latency (1000)
--seed N      1";

fn main() -> Result<()> {
    longhand::check_settings()?;
    let Some(options) = Options::parse(std::env::args().skip(1))? else {
        println!("{USAGE}");
        return Ok(());
    };
    println!("Chapter 9: decoupled neural interfaces");
    options.run()
}

#[derive(Default)]
struct Options {
    name: Option<String>,
    context: bool,
    hidden: Option<usize>,
    epochs: Option<usize>,
    steps: Option<usize>,
    seed: u64,
}

impl Options {
    /// What the arguments ask for; `None` if that is help.
    fn parse(mut args: impl Iterator<Item = String>) -> Result<Option<Self>> {
        let mut options = Self { seed: 1, ..Self::default() };
        while let Some(arg) = args.next() {
            let mut number = |least: usize| {
                let text = args.next().unwrap_or_default();
                text.parse().ok().filter(|&n: &usize| n >= least).ok_or_else(|| {
                    let wanted = format!("a number from {least} on");
                    Error::new(ErrorKind::Argument, &arg)
                        .found(format!("{text:?}"))
                        .expected(wanted)
                        .help(USAGE)
                })
            };
            match &arg[..] {
                "--help" | "-h" => return Ok(None),
                "--context" => options.context = true,
                "--hidden" => options.hidden = Some(number(0)?),
                "--epochs" => options.epochs = Some(number(1)?),
                "--steps" => options.steps = Some(number(10)?),
                "--seed" => options.seed = number(0)? as u64,
                name if !name.starts_with('-') && options.name.is_none() => {
                    options.name = Some(arg);
                }
                _ => return Err(unknown(&arg)),
            }
        }
        Ok(Some(options))
    }

    fn run(self) -> Result<()> {
        let (epochs, steps) = (|n| self.epochs.unwrap_or(n), |n| self.steps.unwrap_or(n));
        let seed = self.seed;
        match self.name.as_deref() {
            None => everything(),
            Some("bprop") => digits::single(Method::Bprop, epochs(10), seed),
            Some("mlp") => {
                let method = if self.context { Method::Cdni } else { Method::Dni };
                digits::single(method(self.hidden.unwrap_or(0)), epochs(10), seed)
            }
            Some("full-unlock") => {
                let method = if self.context { Method::FullContext } else { Method::Full };
                digits::single(method(self.hidden.unwrap_or(2)), epochs(10), seed)
            }
            Some("cnn") => {
                cnn::compare(&Digits::load()?, steps(938), seed);
                Ok(())
            }
            Some("copy") => copy::compare(false, steps(50_000), seed),
            Some("repeat-copy") => copy::compare(true, steps(50_000), seed),
            Some("rnn") => characters::compare(epochs(3), seed),
            Some("threads") => threads::compare(&Digits::load()?, steps(1000), seed),
            Some("latency") => latency::compare(&Digits::load()?, steps(1000), seed),
            Some("long") => {
                let digits = Digits::load()?;
                digits::three_seeds(&digits, epochs(6));
                digits::depth(&digits, epochs(3), seed);
                copy::table(steps(50_000));
                Ok(())
            }
            Some("seeds") => {
                digits::three_seeds(&Digits::load()?, epochs(6));
                Ok(())
            }
            Some("depth") => {
                digits::depth(&Digits::load()?, epochs(3), seed);
                Ok(())
            }
            Some(name) => Err(unknown(name)),
        }
    }
}

fn unknown(arg: &str) -> Error {
    Error::new(ErrorKind::Argument, "chapter9")
        .found(format!("{arg:?}"))
        .expected("a name or an option")
        .help(USAGE)
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
