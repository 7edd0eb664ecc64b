//! Captured outputs: `book/src/output/chapterN.txt` is what `cargo run --example chapterN` prints,
//! as `small_tensor.txt` and its like are those of the small programs,
//! and `book/src/figures/chapterN-….svg` are the figures that it draws. A run that takes long has a
//! name of its own, such as `chapter8-full`, and is compared only if it is asked for.
//!
//! What is compared depends on no machine. A measured figure is marked by a `~` in the output and
//! left out (see `masks.rs`), and so is a figure named `…timing….svg`; all else must be the same
//! to the letter. To hold it to that, each chapter is run in surroundings unlike its reader's: see
//! [`Surroundings`](crate::surroundings::Surroundings).
//!
//! What belongs to [`ELSEWHERE`] is not compared with anything: it is about the machine on which it
//! was made, or printed by other libraries. `compare --capture book/src`, in the package `benches/`,
//! writes `speed.txt` and `speed-timing-….svg`, `pytorch.py` there `speed-memory.txt` and
//! `speed-alone.txt`; `.ci/machines bits` writes `same-bits.txt`; for what other libraries print see
//! `tests/golden/from_here`.

use crate::capture::{Captured, capture, passed, remember};
use crate::examples;
use crate::masks::{difference, with_anchors, without_anchors};
use crate::repository::{Problems, Repository};
use crate::runs::{Run, SHOWN, owner, runs};
use crate::surroundings::Surroundings;
use std::collections::BTreeSet;
use std::fs;
use std::sync::Mutex;

const OUTPUT: &str = "book/src/output";
const FIGURES: &str = "book/src/figures";
const BLESS: &str = "LONGHAND_BLESS";

/// How the name of an output begins that is no chapter's.
const ELSEWHERE: [&str; 3] = ["speed", "same-bits", "from-here"];

fn elsewhere(name: &str) -> bool {
    ELSEWHERE.iter().any(|kind| name.starts_with(kind))
}

/// The chapters that run longest, the very longest first. They begin in this order, so that none is
/// left to run alone at the end.
const LONGEST: [usize; 6] = [8, 9, 6, 4, 10, 7];

/// Whether the book is to be brought up to date instead of compared.
pub fn blessing() -> bool {
    std::env::var_os(BLESS).is_some_and(|value| value != "0")
}

/// Runs every chapter and writes what it prints and draws into the book: with `all`, and that
/// takes its time, the long runs too; with the name of a run, that one alone.
pub fn bless(repo: &Repository) -> Problems {
    let wanted = std::env::var(BLESS).unwrap_or_default();
    let chosen = |run: &Run| match &*wanted {
        "all" => true,
        name if SHOWN.iter().any(|kind| name.starts_with(kind)) => run.name == name,
        _ => !run.long,
    };
    each_run(repo, chosen, write)
}

/// Runs every chapter, each in surroundings of its own, and compares what it prints and draws with
/// the book. A chapter that has passed and has not changed since, neither its program nor what the
/// book shows of it, is not run again, unless `LONGHAND_RERUN` is set.
pub fn check(repo: &Repository) -> Problems {
    let mut problems = strangers(repo);
    let mut runs: Vec<Run> = runs(repo).into_iter().filter(|run| !run.long).collect();
    let place = |run: &Run| LONGEST.iter().position(|&chapter| chapter == run.chapter());
    runs.sort_by_key(|run| place(run).unwrap_or(LONGEST.len()));
    let jobs = runs.into_iter().enumerate().map(|(turn, run)| (Surroundings::odd(turn), run));
    side_by_side(repo, jobs.collect(), true, &mut problems);
    problems
}

/// The same with the long runs, in the surroundings of this test.
pub fn check_long(repo: &Repository) -> Problems {
    each_run(repo, |run| run.long, compare)
}

/// Every chapter under every fast instruction set, on 1, 2 and 3 threads, in all surroundings.
pub fn check_everywhere(repo: &Repository) -> Problems {
    let mut problems = strangers(repo);
    let mut jobs = Vec::new();
    for surroundings in Surroundings::all() {
        let short = runs(repo).into_iter().filter(|run| !run.long);
        jobs.extend(short.map(|run| (surroundings.clone(), run)));
    }
    side_by_side(repo, jobs, false, &mut problems);
    problems
}

/// Runs these, as many at once as there are processors, and compares.
fn side_by_side(
    repo: &Repository,
    jobs: Vec<(Surroundings, Run)>,
    remembering: bool,
    problems: &mut Problems,
) {
    if let Err(what) = build(jobs.iter().map(|(_, run)| run)) {
        return problems.add("examples", 1, what);
    }
    let (jobs, found) = (Mutex::new(jobs.into_iter()), Mutex::new(problems));
    let work = || {
        let next = || jobs.lock().unwrap().next();
        while let Some((surroundings, run)) = next() {
            if remembering && passed(repo, &run, &surroundings) {
                continue;
            }
            let mut problems = Problems::default();
            match capture(repo, &run, &surroundings) {
                Ok(now) => compare(repo, &run.name, &now, &mut problems),
                Err(what) => problems.add(&format!("examples/{}", run.example), 1, what),
            }
            match problems.is_empty() {
                true if remembering => remember(repo, &run, &surroundings),
                true => {}
                false => found.lock().unwrap().under(&surroundings.to_string(), problems),
            }
        }
    };
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| (0..workers).for_each(|_| drop(scope.spawn(work))));
}

/// Builds the examples of these runs, and no other.
fn build<'a>(runs: impl IntoIterator<Item = &'a Run>) -> Result<(), String> {
    let names: BTreeSet<&str> = runs.into_iter().map(|run| &*run.example).collect();
    examples::build(names)
}

/// Captured outputs and figures that no run makes.
fn strangers(repo: &Repository) -> Problems {
    let mut problems = Problems::default();
    let runs = runs(repo);
    let known = |name: &&String| elsewhere(name) || runs.iter().any(|run| run.name == **name);
    for captured in names(repo, OUTPUT, ".txt").iter().filter(|name| !known(name)) {
        problems.add(&format!("{OUTPUT}/{captured}.txt"), 1, "there is no such example");
    }
    for figure in names(repo, FIGURES, ".svg") {
        let timing = elsewhere(&figure) && figure.contains("timing");
        if !timing && owner(&runs, &figure).is_none() {
            let path = format!("{FIGURES}/{figure}.svg");
            problems.add(&path, 1, "no example has this chapter's name");
        }
    }
    problems
}

/// Runs the chosen ones in these very surroundings, one after the other.
fn each_run(
    repo: &Repository,
    chosen: impl Fn(&Run) -> bool,
    act: fn(&Repository, &str, &Captured, &mut Problems),
) -> Problems {
    let mut problems = strangers(repo);
    let runs: Vec<Run> = runs(repo).into_iter().filter(chosen).collect();
    if let Err(what) = build(&runs) {
        problems.add("examples", 1, what);
        return problems;
    }
    for run in &runs {
        match capture(repo, run, &Surroundings::default()) {
            Ok(now) => act(repo, &run.name, &now, &mut problems),
            Err(what) => problems.add(&format!("examples/{}", run.example), 1, what),
        }
    }
    problems
}

fn compare(repo: &Repository, chapter: &str, now: &Captured, problems: &mut Problems) {
    let command = format!("To take it over: {BLESS}=1 cargo test --test book");
    let path = format!("{OUTPUT}/{chapter}.txt");
    match fs::read_to_string(repo.path(&path)) {
        Err(_) => problems.add(&path, 1, format!("is missing. {command}")),
        Ok(book) => {
            let book = book.replace("\r\n", "\n");
            if let Some(difference) = difference(&without_anchors(&book), &now.output) {
                let shown = "- in the book, + printed now; what begins with ~ does not count";
                problems.add(&path, 1, format!("({shown})\n{difference}{command}"));
            } else if with_anchors(&without_anchors(&book)).as_ref() != Ok(&book) {
                problems.add(
                    &path,
                    1,
                    format!("its anchors are not those of its sections. {command}"),
                );
            }
        }
    }
    for (name, bytes) in &now.figures {
        let path = format!("{FIGURES}/{name}");
        match fs::read(repo.path(&path)) {
            Err(_) => problems.add(&path, 1, format!("is missing. {command}")),
            Ok(_) if name.contains("timing") => {}
            Ok(book) if book == *bytes => {}
            Ok(_) => {
                problems.add(&path, 1, format!("is not what the example draws now. {command}"))
            }
        }
    }
    for figure in drawn_by(repo, chapter).filter(|figure| !now.figures.contains_key(figure)) {
        problems.add(
            &format!("{FIGURES}/{figure}"),
            1,
            format!("the example does not draw it. {command}"),
        );
    }
}

fn write(repo: &Repository, chapter: &str, now: &Captured, problems: &mut Problems) {
    let path = format!("{OUTPUT}/{chapter}.txt");
    let text = match with_anchors(&now.output) {
        Ok(text) => text,
        Err(what) => return problems.add(&path, 1, what),
    };
    let gone = drawn_by(repo, chapter).filter(|figure| !now.figures.contains_key(figure));
    let done = (|| {
        fs::create_dir_all(repo.path(OUTPUT))?;
        fs::create_dir_all(repo.path(FIGURES))?;
        fs::write(repo.path(&path), text)?;
        for figure in gone {
            fs::remove_file(repo.path(FIGURES).join(figure))?;
        }
        now.figures
            .iter()
            .try_for_each(|(name, bytes)| fs::write(repo.path(FIGURES).join(name), bytes))
    })();
    if let Err(error) = done {
        problems.add(&path, 1, format!("cannot be written: {error}"));
    }
}

/// The names, without the ending, of the files in a folder.
fn names(repo: &Repository, folder: &str, ending: &str) -> Vec<String> {
    let stem = |path: String| {
        path.rsplit('/').next().and_then(|name| name.strip_suffix(ending)).map(String::from)
    };
    repo.files(folder).into_iter().filter_map(stem).collect()
}

fn drawn_by(repo: &Repository, run: &str) -> impl Iterator<Item = String> {
    let (runs, figures) = (runs(repo), names(repo, FIGURES, ".svg").into_iter());
    let drawn = move |figure: &String| owner(&runs, figure).is_some_and(|owner| owner.name == run);
    figures.filter(drawn).map(|figure| figure + ".svg")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stale_and_missing_captures_are_reported() {
        let file = |text: &str| text.replace("chapter", "book/src/output/chapter");
        let (old, good) = (file("chapter1.txt"), file("chapter2.txt"));
        let files = [
            (old.as_str(), "loss 0.1\n"),
            (good.as_str(), "loss 0.2\n"),
            ("examples/chapter2.rs", ""),
            ("book/src/figures/chapter2-a.svg", "<svg/>"),
            ("book/src/figures/chapter2-timing.svg", "<svg/>"),
            ("book/src/figures/chapter2-gone.svg", "<svg/>"),
        ];
        let repo = Repository::scratch(&files);
        let now = |figures: &[(&str, &str)]| Captured {
            output: "loss 0.2\n".into(),
            figures: figures
                .iter()
                .map(|(name, text)| (name.to_string(), text.as_bytes().to_vec()))
                .collect(),
        };
        let found = |chapter: &str, figures: &[(&str, &str)]| {
            let mut problems = Problems::default();
            compare(&repo, chapter, &now(figures), &mut problems);
            problems
        };
        found("chapter1", &[]).only("- loss 0.1\n    + loss 0.2");
        found("chapter3", &[]).only("chapter3.txt:1: is missing");
        let current = [
            ("chapter2-a.svg", "<svg/>"),
            ("chapter2-timing.svg", "<svg>1 ms</svg>"),
            ("chapter2-gone.svg", "<svg/>"),
        ];
        found("chapter2", &current).none();
        found("chapter2", &current[..2]).only("chapter2-gone.svg:1: the example does not draw it");
        let changed = [("chapter2-a.svg", "<svg></svg>"), current[1], current[2]];
        found("chapter2", &changed).only("chapter2-a.svg:1: is not what");
        let more = [current[0], current[1], current[2], ("chapter2-new.svg", "")];
        found("chapter2", &more).only("chapter2-new.svg:1: is missing");
    }
}
