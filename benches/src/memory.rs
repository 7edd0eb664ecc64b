//! The memory that a training step takes at its peak, as the system counts it: Linux alone.
//!
//! Each is measured in a process that has made one small step before, so that what a library
//! keeps for good is there already: by how much does the resident memory of the process rise at
//! most, while it makes the first step with a large batch?

use crate::steps::lenet_training;
use longhand::report::Table;
use longhand::{Error, ErrorKind, Result};
use std::fs;
use std::path::Path;
use std::process::Command;

const BATCH: usize = 64;

/// A table of ours and PyTorch's; empty where the system does not tell.
///
/// # Errors
/// If there is no PyTorch in this Python.
pub fn table(python: Option<&str>, threads: usize) -> Result<String> {
    let Some(ours) = ours() else { return Ok(String::new()) };
    let mebibytes = |bytes: f64| format!("{:.1} MiB", bytes / f64::from(1 << 20));
    let mut table = Table::new(["", "ours", "PyTorch", "ours/PyTorch"]).left(0);
    let theirs = python.map(|python| pytorch(python, threads)).transpose()?;
    table.push([
        format!("LeNet, descent, batch {BATCH}"),
        mebibytes(ours),
        theirs.map_or("-".into(), mebibytes),
        theirs.map_or("-".into(), |theirs| format!("{:.2}", ours / theirs)),
    ]);
    Ok(table.to_string())
}

fn ours() -> Option<f64> {
    lenet_training(1)();
    let mut step = lenet_training(BATCH);
    let before = status("VmRSS")?;
    fs::write("/proc/self/clear_refs", "5").ok()?; // the peak begins anew
    step();
    Some(status("VmHWM")? - before)
}

/// A line of the process's status, in bytes.
fn status(key: &str) -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':'))?;
    Some(1024.0 * line.split_whitespace().next()?.parse::<f64>().ok()?)
}

fn pytorch(python: &str, threads: usize) -> Result<f64> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("pytorch.py");
    let question = format!("{python} {} --memory {threads} {BATCH}", script.display());
    let fault = |found: String| {
        Error::new(ErrorKind::Io, &question)
            .found(found)
            .expected("bytes")
            .help("python3 -m pip install torch")
    };
    let answer = Command::new(python)
        .arg(&script)
        .args(["--memory", &threads.to_string(), &BATCH.to_string()])
        .output()
        .map_err(|error| fault(error.to_string()))?;
    let answer = String::from_utf8_lossy(&answer.stdout).trim().to_string();
    answer.parse().map_err(|_| fault(format!("{answer:?}")))
}
