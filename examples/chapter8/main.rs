//! Chapter 8, well-tempered backpropagation: how much of a gradient is signal, and does it help
//! to ask?

mod compare;
mod full;
mod noise;
mod notebook;

use longhand::data::Mnist;
use longhand::report::section;
use longhand::{Error, ErrorKind, Result};
use std::path::PathBuf;

fn main() -> Result<()> {
    longhand::check_settings()?;
    match Task::from_arguments(std::env::args().skip(1))? {
        Task::Show => show(),
        Task::Full => full::everything(&Mnist::load()?),
        Task::Save(folder) => full::save(&Mnist::load()?, &folder),
    }
}

fn show() -> Result<()> {
    println!("Chapter 8: well-tempered backpropagation");
    let mnist = Mnist::load()?;

    section("Five gradients");
    noise::five_gradients();

    section("Two ways to add up");
    noise::two_ways();

    section("What tempering does to noise");
    noise::kept()?;

    section("The run of the notebook");
    let noisy = notebook::label_set(&mnist, 0.1, notebook::SEED);
    let run = notebook::run(&noisy, true);
    notebook::beside_the_notebook(&run);

    section("Tempered layer by layer");
    notebook::layers(&run)?;

    section("Noise that matters");
    compare::step_sizes(&mnist)?;
    Ok(())
}

/// What the arguments ask for.
enum Task {
    /// What takes a minute or two.
    Show,
    /// The long runs.
    Full,
    /// The four files that the WTB notebook saves.
    Save(PathBuf),
}

impl Task {
    fn from_arguments(mut arguments: impl Iterator<Item = String>) -> Result<Self> {
        let usage = "cargo run --example chapter8 [-- --full | --save FOLDER]";
        let task = match arguments.next().as_deref() {
            None => Task::Show,
            Some("--full") => Task::Full,
            Some("--save") => match arguments.next() {
                Some(folder) => Task::Save(folder.into()),
                None => {
                    return Err(Error::new(ErrorKind::Argument, "--save")
                        .found("no folder")
                        .expected("the folder that the four files go to")
                        .help(usage));
                }
            },
            Some(other) => return Err(unknown(other, usage)),
        };
        match arguments.next() {
            None => Ok(task),
            Some(other) => Err(unknown(&other, usage)),
        }
    }
}

fn unknown(argument: &str, usage: &str) -> Error {
    Error::new(ErrorKind::Argument, "the arguments")
        .found(format_args!("{argument:?}"))
        .expected("--full, or --save FOLDER, or nothing")
        .help(usage)
}
