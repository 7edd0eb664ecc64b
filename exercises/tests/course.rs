//! The checks are checked: each must pass what is right, refuse what is wrong and name the mistake.

use exercises::exercise::folder;
use exercises::verdict::State;
use exercises::{Task, course};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn programs() -> impl Iterator<Item = &'static dyn Task> {
    course().into_iter().filter(|task| !task.written())
}

/// Fails with all that is wrong.
#[track_caller]
fn none(problems: Vec<String>) {
    assert!(problems.is_empty(), "{} to put right:\n\n{}\n", problems.len(), problems.join("\n"));
}

#[test]
fn right_answers_pass_in_two_seconds() {
    let mut problems = Vec::new();
    for task in programs() {
        let (start, id) = (Instant::now(), task.facts().id());
        for (name, verdict) in task.right_answers() {
            if verdict.state != State::Solved {
                problems.push(format!("{id}, {name}: {}", verdict.text));
            }
        }
        if start.elapsed() > Duration::from_secs(4) {
            problems.push(format!("{id}: two answers took {:?}", start.elapsed()));
        }
    }
    none(problems);
}

#[test]
fn wrong_answers_are_refused_and_named() {
    let (mut problems, mut count) = (Vec::new(), 0);
    for task in programs() {
        let (wrong, id) = (task.wrong_answers(), task.facts().id());
        count += wrong.len();
        if wrong.len() < 5 {
            problems.push(format!("{id} has only {} wrong answers", wrong.len()));
        }
        for (says, verdict) in wrong {
            if verdict.state != State::Wrong {
                problems.push(format!("{id}, {says:?} counts as {}", verdict.state));
            } else if !matches!(&verdict.says[..], [only] if only.contains(says)) {
                problems.push(format!("{id} should say {says:?} alone:\n{}", verdict.text));
            }
        }
    }
    println!("{count} wrong answers to {} exercises", programs().count());
    none(problems);
}

/// The programs of the students, as they are handed out.
#[test]
fn every_stub_compiles_without_a_warning_and_is_not_begun() {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--offline", "--profile", "exercise", "--examples"]);
    let done = cargo.arg("--message-format=short").current_dir(folder()).output().unwrap();
    let says = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success() && !says.contains("warning"), "{says}");
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let mut problems = Vec::new();
    for task in programs() {
        let name = format!("{}{}", task.facts().target(), std::env::consts::EXE_SUFFIX);
        let done = Command::new(target.join("exercise/examples").join(&name)).output().unwrap();
        if done.status.code() != Some(State::NotBegun as i32) {
            problems.push(format!("{name} ends with {}", done.status));
        }
    }
    none(problems);
}

/// What the files of an exercise must hold, and the book of it.
#[test]
fn every_exercise_is_complete() {
    let mut problems = Vec::new();
    for task in course() {
        let facts = task.facts();
        let mut wrong = |what: String| problems.push(format!("{}: {what}", facts.id()));
        let text = read(&task.file());
        let first =
            format!("### Exercise {} · {} · {} minutes", facts.id(), facts.title, facts.minutes);
        let second = text.lines().nth(1).unwrap_or_default();
        if second.trim_start_matches("//! ") != first {
            wrong(format!("the statement begins {second:?}, not {first:?}"));
        }
        let page = read(&folder().join(format!("../book/src/chapter{}.md", facts.number.0)));
        for see in task.headings() {
            if !page.lines().any(|line| line.trim_start_matches('#') == format!(" {see}")) {
                wrong(format!("chapter {} has no heading {see:?}", facts.number.0));
            }
        }
        for path in [task.file(), task.solution()] {
            let inside = path.strip_prefix(folder()).unwrap().display().to_string();
            if !page.contains(&format!("../../exercises/{inside}")) {
                wrong(format!("the book does not include {inside}"));
            }
        }
        if facts.hint.is_empty() || facts.minutes == 0 {
            wrong("without a hint or minutes".into());
        }
    }
    none(problems);
}

/// What the crate has for a later chapter, by the module in which it stands.
const LATER: [(&str, usize); 11] = [
    ("longhand::layers", 4),
    ("longhand::optim", 4),
    ("longhand::Param", 4),
    ("longhand::tape", 5),
    ("longhand::Tape", 5),
    ("longhand::tensor::Window", 6),
    ("longhand::models", 6),
    ("longhand::mebp", 7),
    ("longhand::wtb", 8),
    ("longhand::dni", 9),
    ("longhand::per_sample", 10),
];

#[test]
fn no_exercise_needs_a_later_chapter() {
    let mut problems = Vec::new();
    for task in programs() {
        let facts = task.facts();
        for path in [task.file(), task.solution()] {
            let text = read(&path);
            for (name, chapter) in LATER {
                if chapter > facts.number.0 && text.contains(name) {
                    problems.push(format!("{}: {name} is of chapter {chapter}", path.display()));
                }
            }
        }
    }
    none(problems);
}

/// The exercises are numbered from 1 on in each chapter that has some, and no file belongs to none of them.
#[test]
fn numbers_follow_and_no_file_is_left_over() {
    let mut last = (0, 0);
    let mut known = BTreeSet::new();
    for task in course() {
        let number = task.facts().number;
        let follows = [(last.0, last.1 + 1), (number.0.max(last.0 + 1), 1)].contains(&number);
        assert!(follows, "{number:?} comes after {last:?}");
        last = number;
        known.extend([task.file(), task.solution()]);
        if !task.written() {
            known.insert(task.solution().with_file_name("second.rs"));
            known.insert(task.solution().parent().unwrap().with_extension("rs"));
        }
    }
    let mut found = Vec::new();
    let chapters = (1..=10).map(|chapter| format!("src/chapter{chapter}"));
    for inside in chapters.chain(["examples".into(), "written".into()]) {
        files(&folder().join(inside), &mut found);
    }
    let left = found.iter().filter(|path| !known.contains(*path));
    none(left.map(|path| format!("{} belongs to no exercise", path.display())).collect());
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.path().is_dir() {
            true => files(&entry.path(), found),
            false => found.push(entry.path()),
        }
    }
}
