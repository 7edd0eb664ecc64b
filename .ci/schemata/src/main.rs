//! What `.ci/mutants` runs. Every change that cargo-mutants can think of is compiled into one copy of
//! the crate, each behind a question (`if crate::__mutant(17) { a - b } else { a + b }`), so that one
//! build serves all of them: a variable says which one is on. Each is then tried with those tests that
//! come by it, the likeliest first, until one fails.

mod explained;
mod mutant;
mod rewrite;
mod suites;
mod tree;
mod trial;

use explained::Explained;
use mutant::{Mutant, State};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Those that are changed.
const ROOMS: [&str; 8] = ["data", "dni", "layers", "mebp", "optim", "per_sample", "tape", "wtb"];

/// Those whose tests try them, beside the library's own.
const SUITES: [&str; 11] = [
    "chapter4",
    "chapter5",
    "chapter6",
    "chapter7",
    "chapter8",
    "chapter9",
    "chapter10",
    "data",
    "layer_state",
    "resume",
    "roads",
];

fn main() {
    let mut wanted: Vec<String> = std::env::args().skip(1).collect();
    if wanted.is_empty() {
        wanted = ROOMS.map(String::from).into();
    }
    let root = Path::new(".").canonicalize().unwrap();
    let work = root.join("target/mutants");
    let mut mutants = mutant::list(&root);
    let is_in = |mutant: &Mutant, path: &str| {
        mutant.file.strip_prefix("src/").is_some_and(|file| file.starts_with(path))
    };
    let is_wanted = |mutant: &Mutant| wanted.iter().any(|path| is_in(mutant, path));
    if !mutants.iter().any(is_wanted) {
        eprintln!("nothing to change in {}; rooms: {}", wanted.join(", "), ROOMS.join(", "));
        std::process::exit(2);
    }
    println!("{} changes can be thought of", mutants.len());
    tree::prepare(&root, &work, &mut mutants);
    let programs = tree::build(&work);
    let tests = suites::record(&work, &programs);
    println!("{} tests take {:.0} s", tests.len(), tests.iter().map(|t| t.seconds).sum::<f64>());
    let explained = Explained::read(&root.join(".ci/survivors.txt"));
    for path in &wanted {
        println!("\n{path}");
        trial::all(&work, &tests, &mut mutants, &explained, |mutant| is_in(mutant, path));
    }
    let tried: Vec<&Mutant> = mutants.iter().filter(|mutant| is_wanted(mutant)).collect();
    let holds = explained.compare(&tried);
    table(&tried, &explained);
    std::process::exit(if holds { 0 } else { 1 });
}

fn table(tried: &[&Mutant], explained: &Explained) {
    println!(
        "\n{:<12} {:>6} {:>6} {:>9} {:>11}",
        "room", "tried", "caught", "explained", "unexplained"
    );
    for room in ROOMS {
        let here = || tried.iter().filter(|mutant| mutant.room() == room);
        let caught = here().filter(|mutant| mutant.state == State::Caught).count();
        let survive = here().filter(|mutant| mutant.state == State::Survives).count();
        let is_known = |mutant: &&&Mutant| mutant.state == State::Survives && explained.has(mutant);
        let known = here().filter(is_known).count();
        let all = caught + survive;
        if all > 0 {
            println!("{room:<12} {all:>6} {caught:>6} {known:>9} {:>11}", survive - known);
        }
    }
    let count = |state| tried.iter().filter(|mutant| mutant.state == state).count();
    println!(
        "{} more do not compile, {} stand in constants and were not tried",
        count(State::DoesNotCompile),
        count(State::InConstant)
    );
}

/// What `work` makes of each, in no order.
fn on_all_processors<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let worker = || {
        let take = || items.get(next.fetch_add(1, Ordering::Relaxed));
        std::iter::from_fn(take).map(&work).collect::<Vec<_>>()
    };
    thread::scope(|scope| {
        let count = thread::available_parallelism().map_or(1, usize::from);
        let workers: Vec<_> = (0..count).map(|_| scope.spawn(worker)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    })
}
