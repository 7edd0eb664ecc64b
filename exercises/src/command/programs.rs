//! Builds the students' programs with one call of cargo, and runs them. What stands is found out by
//! running and kept nowhere.

use exercises::Task;
use exercises::course;
use exercises::exercise::folder;
use exercises::verdict::State;
use longhand::{Error, ErrorKind, Result};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// How an exercise stands, and what its program says.
pub(crate) struct Outcome {
    pub(crate) task: &'static dyn Task,
    pub(crate) state: State,
    pub(crate) output: String,
}

impl Outcome {
    /// Whether there is nothing left to do for the student.
    pub(crate) fn done(&self) -> bool {
        self.state == State::Solved
    }

    /// The state in a word or two.
    pub(crate) fn label(&self) -> String {
        match self.done() && self.task.written() {
            true => "written".into(),
            false => self.state.to_string(),
        }
    }
}

/// The root of this repository.
pub(crate) fn root() -> PathBuf {
    folder().parent().expect("a folder around the package").into()
}

/// The student's file of an exercise, in a copy of the repository.
pub(crate) fn file_in(root: &Path, task: &dyn Task) -> PathBuf {
    let file = task.file();
    root.join("exercises").join(file.strip_prefix(folder()).expect("a file of this package"))
}

/// Builds and runs all exercises.
pub(crate) fn run_all(root: &Path) -> Result<Vec<Outcome>> {
    let programs = build(root, &["--examples", "--keep-going"], false)?;
    course().into_iter().map(|task| outcome(root, task, &programs)).collect()
}

/// Builds and runs these exercises only; the others count as not begun.
pub(crate) fn run_some(root: &Path, wanted: &[(usize, usize)]) -> Result<Vec<Outcome>> {
    let wanted = |task: &dyn Task| wanted.contains(&task.facts().number);
    let programs = course().into_iter().filter(|task| wanted(*task) && !task.written());
    let targets: Vec<String> = programs.map(|task| task.facts().target()).collect();
    let what: Vec<&str> = targets.iter().flat_map(|target| ["--example", target]).collect();
    let programs = match what.is_empty() {
        true => BTreeMap::new(),
        false => build(root, &[&what[..], &["--keep-going"]].concat(), false)?,
    };
    let judge = |task: &'static dyn Task| match wanted(task) {
        true => outcome(root, task, &programs),
        false => {
            let output = "There is no answer to it.\n".into();
            Ok(Outcome { task, state: State::NotBegun, output })
        }
    };
    course().into_iter().map(judge).collect()
}

/// Builds and runs one, and shows what the compiler says if that is wanted.
pub(crate) fn run_one(root: &Path, task: &'static dyn Task, show: bool) -> Result<Outcome> {
    let target = task.facts().target();
    let programs = match task.written() {
        true => BTreeMap::new(),
        false => build(root, &["--example", &target], show)?,
    };
    outcome(root, task, &programs)
}

fn outcome(
    root: &Path,
    task: &'static dyn Task,
    programs: &BTreeMap<String, PathBuf>,
) -> Result<Outcome> {
    let file = file_in(root, task);
    if task.written() {
        let text = fs::read_to_string(&file).map_err(|error| Error::io(file.display(), error))?;
        let (state, says) = match text.split_once("## Your answer") {
            Some((_, answer)) if answer.trim().is_empty() => (State::NotBegun, "is to be written"),
            Some(_) => (State::Solved, "is written; whoever reads it is the judge of it"),
            None => (State::NotBegun, "needs its heading \"Your answer\""),
        };
        let id = task.facts().id();
        let output =
            format!("{id} {}: the answer in {} {says}.\n", task.facts().title, file.display());
        return Ok(Outcome { task, state, output });
    }
    let Some(program) = programs.get(&task.facts().target()) else {
        let output = format!("{} does not compile.\n", file.display());
        return Ok(Outcome { task, state: State::DoesNotCompile, output });
    };
    let done = Command::new(program).stdin(Stdio::null()).output();
    let done = done.map_err(|error| Error::io(program.display(), error))?;
    let mut output = String::from_utf8_lossy(&done.stdout).into_owned();
    output += &String::from_utf8_lossy(&done.stderr);
    if done.status.code().is_none() {
        output +=
            "The program was stopped by the system. Did a function call itself without end?\n";
    }
    Ok(Outcome { task, state: State::of(done.status.code()), output })
}

/// The programs that could be built, by name.
fn build(root: &Path, what: &[&str], show: bool) -> Result<BTreeMap<String, PathBuf>> {
    let cargo = std::env::var("CARGO").unwrap_or("cargo".into());
    let mut command = Command::new(&cargo);
    command.args([
        "build",
        "--quiet",
        "--offline",
        "--profile",
        "exercise",
        "--package",
        "exercises",
    ]);
    command.arg("--message-format=json-render-diagnostics").args(what).current_dir(root);
    command.stdin(Stdio::null()).stderr(if show { Stdio::inherit() } else { Stdio::piped() });
    let done = command.output().map_err(|error| Error::io(&cargo, error))?;
    let text = String::from_utf8_lossy(&done.stdout);
    let built: BTreeMap<_, _> = text.lines().filter_map(artifact).collect();
    // An answer that does not compile is a row, not a stop. But without the library there is none.
    if !text.lines().any(is_library) && !done.status.success() && !show {
        let says = String::from_utf8_lossy(&done.stderr).into_owned();
        return Err(Error::new(ErrorKind::State, "cargo build").found(says.trim()));
    }
    Ok(built)
}

/// Whether a line of cargo's report tells of this package's library.
fn is_library(line: &str) -> bool {
    line.starts_with(r#"{"reason":"compiler-artifact""#)
        && line.contains(r#""kind":["lib"],"crate_types":["lib"],"name":"exercises""#)
}

/// Name and path of the program that a line of cargo's report tells of.
fn artifact(line: &str) -> Option<(String, PathBuf)> {
    let line = line.strip_prefix(r#"{"reason":"compiler-artifact""#)?;
    let path = line.split_once(r#""executable":""#)?.1.split_once('"')?.0.replace(r"\\", r"\");
    let name = line.split_once(r#""target":{"#)?.1.split_once(r#""name":""#)?.1.split_once('"')?.0;
    Some((name.into(), path.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_found_in_the_report() {
        let line = r#"{"reason":"compiler-artifact","package_id":"p","target":{"kind":["example"],"name":"e1_1_a","test":false},"executable":"C:\\t\\e1_1_a.exe","fresh":true}"#;
        assert_eq!(artifact(line), Some(("e1_1_a".into(), r"C:\t\e1_1_a.exe".into())));
        assert_eq!(artifact(&line.replace(r#""C:\\t\\e1_1_a.exe""#, "null")), None);
        assert_eq!(artifact(r#"{"reason":"build-finished","success":true}"#), None);
    }
}
