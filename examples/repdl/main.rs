//! Another library's hashes: RepDL publishes those of a net that its own example trains, and this
//! trains the same net (appendix "The same bits").

mod net;
mod sha256;
mod training;

use longhand::cli::Program;
use longhand::data::{Dataset, Mnist};
use longhand::report::{Progress, section};
use longhand::{Error, ErrorKind, Result};
use net::Net;
use std::process::ExitCode;
use training::{STEPS, begin, hash, train};

const PROGRAM: Program = Program {
    name: "repdl",
    title: "Another library's hashes",
    about: "Trains a LeNet as RepDL's example does, and holds the bits of its weights against the hashes that RepDL publishes. It takes half a minute.",
    choices: &[],
    options: &[("--steps N", "stops after N of the 1,200 steps")],
};

/// What RepDL's README gives for the net before the first step, for the net after the last, and for
/// its logits of the test images.
const PUBLISHED: [&str; 3] = [
    "2a2d133895b1684e55d0f152ead2914b55adc551d9790a4b4585309b79c60362",
    "31ee86a7f75dbd76bac22f209617eb7349f93b0ede116dba924f328cac3013f1",
    "0ca34dcd37105b4af690c46a62407b4b9b097d1063864c6d99f4309aeb4bca3e",
];

fn main() -> ExitCode {
    PROGRAM.run(|asked| run(asked.number("--steps", 0)?.unwrap_or(STEPS).min(STEPS)))
}

fn run(steps: usize) -> Result<()> {
    println!("{}", PROGRAM.title);
    let mnist = Mnist::load()?;

    section("The net that it begins with");
    let (mut net, rng) = begin();
    compare(&hash(&net.params), PUBLISHED[0])?;

    section(&format!("The net after {steps} steps"));
    let digits = mnist.train.dataset([1, 28, 28], 255.0);
    let mut progress = Progress::new("training", steps);
    train(&mut net, rng, &digits, steps, |_| progress.step(String::new));
    progress.finish();
    if steps < STEPS {
        println!("here       {}", hash(&net.params));
        return Ok(());
    }
    compare(&hash(&net.params), PUBLISHED[1])?;

    section("Its logits of the 10,000 test images");
    test(&net, &mnist.test.dataset([1, 28, 28], 255.0))
}

fn test(net: &Net, digits: &Dataset) -> Result<()> {
    let logits = net.forward(&digits.images).logits;
    compare(&hash([&logits]), PUBLISHED[2])?;
    let guesses = logits.argmax(1);
    let right = guesses.iter().zip(&digits.labels).filter(|(guess, label)| guess == label).count();
    println!("{right} of {} are read rightly", digits.len());
    Ok(())
}

/// Shows two hashes, one under the other.
fn compare(here: &str, published: &str) -> Result<()> {
    println!("here       {here}\npublished  {published}");
    match here == published {
        true => Ok(()),
        false => Err(Error::new(ErrorKind::Mismatch, "the hash")
            .found(here)
            .expected(format!("{published}, as RepDL publishes it"))
            .help("the bits should be the same on every machine: please report which this is")),
    }
}
