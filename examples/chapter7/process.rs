//! One way of training in a process of its own: what the meter says, and what the kernel says.

use crate::bytes::mb;
use crate::nets::{Case, DEEP, Training, WIDE, Way, adam, batch};
use longhand::tensor::meter::{Kind, Meter};
use longhand::{Error, ErrorKind, Result};

/// What can be run: the net, when gradients are spent, and how many segments the net is in.
pub const RUNS: [(&str, Case, Way, usize); 5] = [
    ("ordinary", WIDE, Way::Ordinary, 1),
    ("layer", WIDE, Way::Layer, 1),
    ("parameter", WIDE, Way::Parameter, 1),
    ("deep", DEEP, Way::Layer, 1),
    ("segments", DEEP, Way::Layer, 8),
];

/// Trains a net for two steps and prints the peaks.
pub fn run(name: &str) -> Result<()> {
    let Some((_, case, way, segments)) = RUNS.into_iter().find(|run| run.0 == name) else {
        return Err(Error::new(ErrorKind::Argument, "--process")
            .found(format!("{name:?}"))
            .expected(RUNS.map(|run| run.0).join(", ")));
    };
    let meter = Meter::new();
    meter.watch(|| {
        let x = batch(case.batch, 1);
        let mut training = Training::new(case, 1, adam(), way);
        if segments > 1 {
            training = training.in_segments(segments);
        }
        (0..2).for_each(|step| training.step(&x, step));
    });
    let (name, rows, way) = (case.name, case.batch[0], way.name());
    println!("the {name} net, segments: {segments}, batch of {rows}, Adam, {way}");
    println!("gradients at most:    {}", mb(meter.most(Kind::Gradient)));
    println!("activations at most:  {}", mb(meter.most(Kind::Activation)));
    println!("tensors at most:      {}", mb(meter.peak().total()));
    println!("the process at most:  {}", mb(high_water_mark()?));
    Ok(())
}

/// The most memory that this process ever had, as Linux reports it.
fn high_water_mark() -> Result<usize> {
    const PLACE: &str = "/proc/self/status";
    const WANTED: &str = "the line VmHWM, as on Linux";
    let status =
        std::fs::read_to_string(PLACE).map_err(|error| Error::io(PLACE, error).expected(WANTED))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse().ok());
    kilobytes.map(|count: usize| 1024 * count).ok_or_else(|| {
        Error::new(ErrorKind::Unsupported, PLACE).found("another text").expected(WANTED)
    })
}
