//! Grades the answers of somebody else: the students' files alone are taken, into a clean copy of
//! what is committed here, so that checks which were edited do not count.

use super::programs::{Outcome, file_in, root, run_some};
use exercises::course;
use exercises::verdict::State;
use longhand::{Error, Result};
use std::fs;
use std::path::Path;
use std::process::Command;

/// How the answers in a folder stand. Each file is looked for as it lies in the repository, as it
/// lies in `exercises`, and by its name alone.
pub(crate) fn grade(folder: &Path) -> Result<Vec<Outcome>> {
    if !folder.is_dir() {
        let refused = std::io::Error::from(std::io::ErrorKind::NotFound);
        return Err(Error::io(folder.display(), refused).expected("a folder with answers"));
    }
    let copy = root().join("target/graded");
    clean_copy(&copy)?;
    let (mut handed_in, mut changed) = (Vec::new(), Vec::new());
    for task in course() {
        let to = file_in(&copy, task);
        let inside = to.strip_prefix(&copy).expect("a file of the copy");
        let below = inside.strip_prefix("exercises").expect("a file of the package");
        let places = [inside, below, Path::new(inside.file_name().expect("a name"))];
        let found = places.iter().map(|place| folder.join(place)).find(|place| place.is_file());
        let Some(found) = found else { continue };
        let read = |path: &Path| fs::read_to_string(path).map_err(|e| Error::io(path.display(), e));
        let (answer, stub) = (read(&found)?, read(&to)?);
        handed_in.push(task.facts().number);
        if !task.written() && main_of(&answer) != main_of(&stub) {
            changed.push(task.facts().number);
        }
        fs::write(&to, answer).map_err(|error| Error::io(to.display(), error))?;
    }
    let mut outcomes = run_some(&copy, &handed_in)?;
    for outcome in &mut outcomes {
        if changed.contains(&outcome.task.facts().number) {
            outcome.state = State::Wrong;
            outcome.output = "Its `main` is not the one that was handed out.\n".into();
        }
    }
    Ok(outcomes)
}

/// From `fn main` to the end, where the answer is handed to its check.
fn main_of(text: &str) -> Option<&str> {
    text.rfind("fn main").map(|at| text[at..].trim())
}

/// What is committed here, in this folder and without anything else; what was built there stays.
fn clean_copy(copy: &Path) -> Result<()> {
    let root = root();
    if !copy.is_dir() {
        let parent = copy.parent().expect("a folder around it");
        fs::create_dir_all(parent).map_err(|error| Error::io(parent.display(), error))?;
        git(Command::new("git").args(["clone", "--quiet", "--no-local"]).arg(&root).arg(copy))?;
    }
    let steps: [&[&str]; 3] = [
        &["fetch", "--quiet", "origin", "HEAD"],
        &["reset", "--quiet", "--hard", "FETCH_HEAD"],
        &["clean", "--quiet", "-d", "--force"],
    ];
    steps.iter().try_for_each(|step| git(Command::new("git").arg("-C").arg(copy).args(*step)))
}

fn git(command: &mut Command) -> Result<()> {
    let done = command.output().map_err(|error| Error::io("git", error))?;
    match done.status.success() {
        true => Ok(()),
        false => {
            let says = String::from_utf8_lossy(&done.stderr).trim().to_string();
            Err(Error::io("git", std::io::Error::other(says)))
        }
    }
}
