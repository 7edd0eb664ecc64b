//! The tests, each with the mutants that it comes by and the time that it takes.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

pub struct Test {
    pub program: PathBuf,
    pub name: String,
    /// Of the processor.
    pub seconds: f64,
    pub seen: Vec<usize>,
}

/// In seconds of the processor. Whatever only a longer test would notice is worth a shorter one.
const LONGEST: u64 = 4;

/// The tests of all suites. A suite that has not been compiled anew since it was
/// last looked at is not run again.
pub fn record(work: &Path, programs: &[(String, PathBuf)]) -> Vec<Test> {
    fs::create_dir_all(work.join("recorded")).unwrap();
    crate::on_all_processors(programs, |(suite, program)| {
        let file = work.join("recorded").join(suite);
        let time = |path: &Path| fs::metadata(path).and_then(|found| found.modified()).ok();
        if time(&file) < time(program) {
            fs::write(&file, suite_of(work, suite, program)).unwrap();
        }
    });
    let mut tests = vec![];
    for (suite, program) in programs {
        let text = fs::read_to_string(work.join("recorded").join(suite)).unwrap();
        for line in text.lines() {
            let mut words = line.split(' ');
            let (name, seconds) =
                (words.next().unwrap().into(), words.next().unwrap().parse().unwrap());
            let seen = words.map(|number| number.parse().unwrap()).collect();
            tests.push(Test { program: program.clone(), name, seconds, seen });
        }
    }
    tests
}

/// Runs each test of a suite by itself, without a mutant: a line for each, with its name, its seconds
/// and the numbers of the mutants.
fn suite_of(work: &Path, suite: &str, program: &Path) -> String {
    let output =
        command(work, program, LONGEST).args(["--list", "--format=terse"]).output().unwrap();
    let list = String::from_utf8(output.stdout).unwrap();
    let seen = work.join(format!("recorded/{suite}.seen"));
    let mut lines = String::new();
    for name in list.lines().filter_map(|line| line.strip_suffix(": test")) {
        let _ = fs::remove_file(&seen);
        let mut command = command(work, program, LONGEST);
        command.args(["--exact", name]).env("MUTANT_RECORD", &seen);
        let mut running = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        running.stdout.take().unwrap().read_to_end(&mut vec![]).unwrap();
        let seconds = processor_seconds(running.id());
        let status = running.wait().unwrap();
        if status.success() {
            let seen = fs::read_to_string(&seen).unwrap_or_default().replace('\n', " ");
            lines += format!("{name} {seconds} {seen}").trim_end();
            lines += "\n";
        } else {
            let why = if status.code().is_none() { "takes too long" } else { "fails by itself" };
            println!("left out, as it {why}: {suite}, {name}");
        }
    }
    lines
}

/// A suite's program, which ends when it has taken so many seconds of the processor, or six gigabytes.
pub fn command(work: &Path, program: &Path, seconds: u64) -> Command {
    let mut command = Command::new("sh");
    command
        .args(["-c", "ulimit -c 0; ulimit -t $0; ulimit -v 6291456; exec \"$@\""])
        .arg(seconds.to_string());
    command.arg(program).arg("--test-threads=1").current_dir(work.join("tree"));
    command.env("CARGO_MANIFEST_DIR", work.join("tree")).env("LONGHAND_THREADS", "1");
    command
}

/// What a process that is over, and not yet waited for, has taken with its children, as Linux tells
/// it: in hundredths.
fn processor_seconds(process: u32) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    fields[11..15].iter().map(|ticks| ticks.parse::<f64>().unwrap() / 100.0).sum()
}
