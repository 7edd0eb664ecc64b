//! Each mutant, tried until a test fails.

use crate::explained::Explained;
use crate::mutant::{Mutant, State};
use crate::suites::{Test, command};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

/// Tries those that are wanted, on all processors, and says which are not noticed.
pub fn all(
    work: &Path,
    tests: &[Test],
    mutants: &mut [Mutant],
    explained: &Explained,
    is_wanted: impl Fn(&Mutant) -> bool,
) {
    let is_open = |mutant: &Mutant| mutant.state == State::Possible && is_wanted(mutant);
    let open: Vec<usize> = (0..mutants.len()).filter(|&number| is_open(&mutants[number])).collect();
    println!("{} are tried", open.len());
    let (begin, done) = (Instant::now(), AtomicUsize::new(0));
    let found = {
        let mutants = &*mutants;
        crate::on_all_processors(&open, |&number| {
            let comes_by = |test: &&Test| test.seen.contains(&number);
            let tests: Vec<&Test> = tests.iter().filter(comes_by).collect();
            let is_caught = is_caught(work, &tests, number);
            if !is_caught && !explained.has(&mutants[number]) {
                mutants[number].say(if tests.is_empty() {
                    "no test comes by"
                } else {
                    "unexplained"
                });
            }
            let done = 1 + done.fetch_add(1, Ordering::Relaxed);
            if done.is_multiple_of(100) || done == open.len() {
                println!("{done} have been tried in {} s", begin.elapsed().as_secs());
            }
            (number, if is_caught { State::Caught } else { State::Survives })
        })
    };
    for (number, state) in found {
        mutants[number].state = state;
    }
}

/// With the likeliest tests first: those that are quick, and come by few mutants.
fn is_caught(work: &Path, tests: &[&Test], number: usize) -> bool {
    let mut tests = tests.to_vec();
    let price = |test: &Test| (test.seconds + 0.01) * test.seen.len() as f64;
    tests.sort_by(|a, b| price(a).total_cmp(&price(b)));
    let (first, rest) = tests.split_at(tests.len().min(4));
    let (second, rest) = rest.split_at(rest.len().min(16));
    [first, second, rest].into_iter().any(|tests| {
        let mut programs: Vec<&Path> = tests.iter().map(|test| &*test.program).collect();
        programs.sort_unstable();
        programs.dedup();
        programs.into_iter().any(|program| {
            let tests = tests.iter().copied().filter(|test| test.program == program);
            fails(work, program, &tests.collect::<Vec<_>>(), number)
        })
    })
}

/// Whether one of these tests fails, or has to be ended.
fn fails(work: &Path, program: &Path, tests: &[&Test], number: usize) -> bool {
    let seconds: f64 = tests.iter().map(|test| test.seconds).sum();
    let mut command = command(work, program, (3.0 * seconds) as u64 + 5);
    command.arg("--exact").args(tests.iter().map(|test| &test.name));
    command.env("MUTANT", number.to_string()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut running = command.spawn().unwrap();
    let lines = BufReader::new(running.stdout.take().unwrap()).split(b'\n');
    if lines.map_while(Result::ok).any(|line| line.ends_with(b"... FAILED")) {
        let _ = running.kill(); // the first is enough
    }
    !running.wait().unwrap().success()
}
