//! One way of training in a process of its own: what the meter says, and what the kernel says.

use crate::bytes::mb;
use crate::nets::{Training, WIDE, Way, adam, batch};
use longhand::tensor::meter::{Kind, Meter};
use longhand::{Error, ErrorKind, Result};

/// Trains the wide net for two steps and prints the peaks.
pub fn run(way: Way) -> Result<()> {
    let meter = Meter::new();
    meter.watch(|| {
        let x = batch(WIDE.batch, 1);
        let mut training = Training::new(WIDE, 1, adam(), way);
        (0..2).for_each(|step| training.step(&x, step));
    });
    println!("the wide net, batch of {}, Adam, {}", WIDE.batch[0], way.name());
    println!("gradients at most:    {}", mb(meter.most(Kind::Gradient)));
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
