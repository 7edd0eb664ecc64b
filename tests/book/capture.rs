//! A run of an example in given surroundings, and what is remembered of one that has passed.

use crate::examples::program;
use crate::repository::Repository;
use crate::runs::Run;
use crate::surroundings::Surroundings;
use std::collections::BTreeMap;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What a run of an example prints and draws.
pub struct Captured {
    pub output: String,
    pub figures: BTreeMap<String, Vec<u8>>,
}

/// The folder for files that tests make.
fn scratch() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR"))
}

pub fn capture(
    repo: &Repository,
    run: &Run,
    surroundings: &Surroundings,
) -> Result<Captured, String> {
    let text = |error: std::io::Error| error.to_string();
    let folder = scratch().join("captured").join(surroundings.slug()).join(&run.name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).map_err(text)?;
    let mut command = Command::new(program(&run.example));
    // A file is named in full: the surroundings may be another working folder.
    let argument = |&argument: &&str| match repo.path(argument) {
        file if file.is_file() => file.into_os_string(),
        _ => argument.into(),
    };
    command.args(run.arguments.iter().map(argument)).current_dir(repo.path(""));
    command.env("LONGHAND_FIGURES", &folder);
    surroundings.set(&mut command, &scratch().join("surroundings")).map_err(text)?;
    let done = command.output().map_err(text)?;
    if !done.status.success() {
        return Err(format!("the example fails:\n{}", String::from_utf8_lossy(&done.stderr)));
    }
    let output =
        String::from_utf8(done.stdout).map_err(|error| error.to_string())?.replace("\r\n", "\n");
    let mut figures = BTreeMap::new();
    for entry in fs::read_dir(&folder).map_err(text)?.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        figures.insert(name, fs::read(entry.path()).map_err(text)?);
    }
    Ok(Captured { output, figures })
}

/// Whether this very program has passed before against what the book shows now.
pub fn passed(repo: &Repository, run: &Run, surroundings: &Surroundings) -> bool {
    std::env::var_os("LONGHAND_RERUN").is_none()
        && fs::read_to_string(stamp(run)).is_ok_and(|known| known == key(repo, run, surroundings))
}

/// Remembers that it has.
pub fn remember(repo: &Repository, run: &Run, surroundings: &Surroundings) {
    // If this cannot be written the chapter is only run again.
    let _ = fs::write(stamp(run), key(repo, run, surroundings));
}

fn stamp(run: &Run) -> PathBuf {
    scratch().join(format!("{}.passed", run.name))
}

/// All that the outcome of a run depends on: the program, what it reads, what it is compared with.
fn key(repo: &Repository, run: &Run, surroundings: &Surroundings) -> String {
    let mut hasher = DefaultHasher::new();
    let data = std::env::var_os("LONGHAND_DATA");
    (surroundings.slug(), run.arguments, &data).hash(&mut hasher);
    fs::read(program(&run.example)).ok().hash(&mut hasher);
    let shown = |path: &String| {
        path.starts_with("data/") || path.rsplit('/').next().unwrap().starts_with(&*run.name)
    };
    let folders = ["data", "book/src/output", "book/src/figures"];
    for path in folders.iter().flat_map(|folder| repo.files(folder)).filter(shown) {
        (&path, fs::read(repo.path(&path)).ok()).hash(&mut hasher);
    }
    if let Some(folder) = data {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let known = entry.metadata().ok().map(|data| (data.len(), data.modified().ok()));
            (entry.path(), known).hash(&mut hasher);
        }
    }
    format!("{:016x}\n", hasher.finish())
}
