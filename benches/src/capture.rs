//! The whole comparison, written where the book shows it: `output/speed.txt` and the figures
//! `figures/speed-timing-….svg`.
//!
//! Peers fix their number of threads when they start, so each part is a run of its own.

use crate::contest::Row;
use crate::rivals::openblas_kernels;
use crate::server::Server;
use longhand::report::{Figure, LineChart};
use longhand::tensor::{isa, threads};
use longhand::{Error, ErrorKind, Result, files};
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// A time from a record.
struct Entry {
    group: String,
    threads: f64,
    name: String,
    rival: String,
    seconds: f64,
}

/// Runs everything and writes it into this folder.
///
/// # Errors
/// If a part fails or a file cannot be written.
pub fn run(folder: &str, python: Option<&str>, jax: Option<&str>, budget: f64) -> Result<()> {
    let most = threads::check()?;
    let counts: Vec<usize> =
        [1, 2, 4, 8, 16, 32].into_iter().filter(|&count| count <= most).collect();
    let mut parts = vec![(
        "peak products small elementwise conv steps compiled methods per-sample batch loading",
        1,
    )];
    parts.extend(
        [("products small elementwise conv steps compiled per-sample", 2)]
            .into_iter()
            .filter(|_| most > 1),
    );
    parts.push(("products --f64", 1));
    parts.push(("avx2", 1));
    parts.push(("random", 1));
    parts.push(("memory", 1));
    parts.extend(counts.iter().map(|&count| ("threads", count)));

    let mut text = machine(python, jax)?;
    let mut record = Vec::new();
    for (part, count) in parts {
        let file = Path::new(folder).join("output/speed.tsv");
        text += &part_of(part, count, [("--pytorch", python), ("--jax", jax)], budget, &file)?;
        record.extend(read_record(&file)?);
        let _ = fs::remove_file(&file);
    }
    write(&Path::new(folder).join("output/speed.txt"), &anchored(&text))?;
    let figures = Path::new(folder).join("figures");
    size(&record).save(figures.join("speed-timing-size.svg"))?;
    batch(&record).save(figures.join("speed-timing-batch.svg"))?;
    spread(&record).save(figures.join("speed-timing-threads.svg"))?;
    any_shape(&record).save(figures.join("speed-timing-random.svg"))
}

/// What it runs on, in a few lines.
fn machine(python: Option<&str>, jax: Option<&str>) -> Result<String> {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model.map_or(std::env::consts::ARCH, |(_, model)| model.trim());
    let rule = "─".repeat(57);
    let mut text = format!("── The machine {rule}\n{model}\n");
    let _ = writeln!(text, "{} threads at most, {}", threads::check()?, isa::check()?);
    if let Ok(kernels) = openblas_kernels() {
        let _ = writeln!(text, "OpenBLAS with its kernels for {kernels}");
    }
    let pytorch = python.map(Server::pytorch).transpose()?;
    let jax = jax.map(|python| Server::jax(python, 1)).transpose()?;
    for server in pytorch.iter().chain(&jax).chain(&Server::floor().ok()) {
        let _ = writeln!(text, "{} {}", server.name, server.version);
    }
    Ok(text)
}

/// What a part prints.
fn part_of(
    part: &str,
    count: usize,
    pythons: [(&str, Option<&str>); 2],
    budget: f64,
    file: &Path,
) -> Result<String> {
    let fault = |found: String| {
        Error::new(ErrorKind::Io, format!("compare {part}")).found(found).expected("a table")
    };
    write(file, "")?;
    let program = std::env::current_exe().map_err(|error| fault(error.to_string()))?;
    let mut command = Command::new(program);
    command.args(part.split(' ')).args(["--threads", &count.to_string()]);
    command.args(["--budget", &budget.to_string(), "--record"]).arg(file);
    for (option, python) in pythons {
        command.args(python.into_iter().flat_map(|python| [option, python]));
    }
    let done =
        command.stderr(Stdio::inherit()).output().map_err(|error| fault(error.to_string()))?;
    match done.status.success() {
        true => Ok(String::from_utf8_lossy(&done.stdout).into_owned()),
        false => Err(fault(done.status.to_string())),
    }
}

/// Writes the median times: group, threads, row, rival and seconds, a line each.
///
/// # Errors
/// If the file cannot be written.
pub fn write_record(file: &str, threads: usize, rows: &[(&str, Row)]) -> Result<()> {
    let mut text = String::new();
    for (group, row) in rows {
        for (rival, _) in &row.times {
            let seconds = row.time(rival).unwrap_or(f64::NAN);
            let _ = writeln!(text, "{group}\t{threads}\t{}\t{rival}\t{seconds:e}", row.name);
        }
    }
    write(Path::new(file), &text)
}

fn read_record(file: &Path) -> Result<Vec<Entry>> {
    let text = fs::read_to_string(file)
        .map_err(|error| Error::io(file.display(), error).expected("a file"))?;
    let entry = |line: &str| {
        let mut cells = line.split('\t');
        let (group, threads) = (cells.next()?.to_string(), cells.next()?.parse().ok()?);
        let (name, rival) = (cells.next()?.to_string(), cells.next()?.to_string());
        Some(Entry { group, threads, name, rival, seconds: cells.next()?.parse().ok()? })
    };
    Ok(text.lines().filter_map(entry).collect())
}

fn write(path: &Path, text: &str) -> Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    files::create_folder(folder)
        .and_then(|()| files::write(path, text))
        .map_err(|error| error.help("--capture book/src writes into the book"))
}

/// The text with anchors around its sections, so that a page can show one of them.
fn anchored(text: &str) -> String {
    let mut out = String::new();
    let mut open: Option<String> = None;
    for line in text.trim_end().lines() {
        if let Some(title) = line.strip_prefix("── ") {
            let words = title.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
            let slug = words.collect::<Vec<_>>().join("-").to_lowercase();
            if let Some(last) = open.replace(slug.clone()) {
                let _ = writeln!(out, "ANCHOR_END: {last}");
            }
            let _ = writeln!(out, "ANCHOR: {slug}");
        }
        let _ = writeln!(out, "{line}");
    }
    if let Some(last) = open {
        let _ = writeln!(out, "ANCHOR_END: {last}");
    }
    out
}

/// A line for each rival through what `place` finds an x for.
fn lines(
    mut chart: LineChart,
    record: &[Entry],
    place: impl Fn(&Entry) -> Option<f64>,
) -> LineChart {
    for (rival, name) in [
        ("ours", "Longhand"),
        ("gemm", "gemm"),
        ("faer", "faer"),
        ("OpenBLAS", "OpenBLAS"),
        ("candle", "candle"),
        ("matrixm.", "matrixmultiply"),
        ("PyTorch", "PyTorch"),
    ] {
        let points: Vec<(f64, f64)> = record
            .iter()
            .filter(|entry| entry.rival == rival)
            .filter_map(|entry| Some((place(entry)?, entry.seconds * 1e3)))
            .collect();
        if !points.is_empty() {
            let (xs, ys): (Vec<f64>, Vec<f64>) = points.into_iter().unzip();
            chart = chart.line(name, &xs, &ys);
        }
    }
    chart
}

fn size(record: &[Entry]) -> LineChart {
    let chart =
        LineChart::new("A product of two n×n matrices").x("n").y("ms, one thread").log_x().log_y();
    lines(chart, record, |entry| {
        let wanted = entry.group == "products" && entry.threads == 1.0;
        entry.name.strip_suffix("³ NN").filter(|_| wanted)?.parse().ok()
    })
}

fn batch(record: &[Entry]) -> LineChart {
    let chart = LineChart::new("A training step of 784-256-256-10")
        .x("batch")
        .y("ms, one thread")
        .log_x()
        .log_y();
    lines(chart, record, |entry| {
        let (_, batch) = entry.name.rsplit_once(' ').filter(|_| entry.group == "batch")?;
        batch.parse().ok()
    })
}

fn spread(record: &[Entry]) -> LineChart {
    let chart = LineChart::new("1024³ on more threads")
        .x("threads")
        .y("ms")
        .y_range(0.0, 1.1 * top(record));
    lines(chart, record, |entry| is_spread(entry).then_some(entry.threads))
}

/// The random shapes from the worst to the best: how many times as fast as the best of the others
/// we are.
fn any_shape(record: &[Entry]) -> LineChart {
    let chart = LineChart::new("Random shapes, one thread")
        .x("shapes, the worst first")
        .y("times as fast as the best")
        .log_y();
    let random = || record.iter().filter(|entry| entry.group == "random");
    let mut gains: Vec<f64> = random()
        .filter(|entry| entry.rival == "ours")
        .filter_map(|ours| {
            let others = random().filter(|entry| entry.name == ours.name && entry.rival != "ours");
            Some(others.map(|entry| entry.seconds).min_by(f64::total_cmp)? / ours.seconds)
        })
        .collect();
    if gains.is_empty() {
        return chart;
    }
    gains.sort_by(f64::total_cmp);
    let places: Vec<f64> = (1..=gains.len()).map(|place| place as f64).collect();
    let even = vec![1.0; gains.len()];
    chart.line("Longhand", &places, &gains).line("even", &places, &even)
}

fn is_spread(entry: &Entry) -> bool {
    entry.group == "threads" && entry.name == "1024³ NN"
}

fn top(record: &[Entry]) -> f64 {
    record
        .iter()
        .filter(|entry| is_spread(entry))
        .fold(0.0, |top: f64, entry| top.max(entry.seconds * 1e3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_get_anchors() {
        let text = "machine\n\n── A, 1 thread ───\n1\n\n── B ──\n2\n";
        let expected = "machine\n\nANCHOR: a-1-thread\n── A, 1 thread ───\n1\n\nANCHOR_END: a-1-thread\nANCHOR: b\n── B ──\n2\nANCHOR_END: b\n";
        assert_eq!(anchored(text), expected);
    }

    #[test]
    fn a_record_comes_back_and_becomes_figures() {
        let file = std::env::temp_dir().join(format!("longhand-record-{}", std::process::id()));
        let row = |name: &str, ours, theirs| Row {
            name: name.into(),
            flops: None,
            times: vec![("ours", vec![ours]), ("gemm", vec![theirs])],
        };
        let rows = [
            ("products", row("64³ NN", 1e-6, 2e-6)),
            ("products", row("128³ NN", 8e-6, 9e-6)),
            ("batch", row("net, batch 64", 1e-3, 2e-3)),
            ("threads", row("1024³ NN", 4e-3, 5e-3)),
            ("random", row("3×4×5 TT", 1e-7, 2e-7)),
        ];
        write_record(&file.to_string_lossy(), 1, &rows).unwrap();
        let record = read_record(&file).unwrap();
        fs::remove_file(&file).unwrap();
        assert_eq!(record.len(), 10);
        assert_eq!((record[2].name.as_str(), record[2].seconds), ("128³ NN", 8e-6));
        for figure in [size(&record), batch(&record), spread(&record)] {
            let svg = figure.to_svg();
            assert!(svg.contains(">Longhand</text>") && svg.contains(">gemm</text>"), "{svg}");
        }
        assert!(any_shape(&record).to_svg().contains(">even</text>"));
    }
}
