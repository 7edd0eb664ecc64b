//! `.ci/survivors.txt`: changes that no test can notice, each with the reason.

use crate::mutant::{Mutant, State};
use std::path::Path;

pub struct Explained {
    entries: Vec<Entry>,
}

struct Entry {
    file: String,
    what: String,
    rest: String,
}

impl Entry {
    fn is(&self, mutant: &Mutant) -> bool {
        (&self.file, &self.what, &self.rest) == (&mutant.file, &mutant.what, &mutant.rest)
    }
}

impl Explained {
    /// Paragraphs: file and change, the rest of the line, the reason.
    pub fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).unwrap();
        let is_entry = |part: &&str| !part.trim().is_empty() && !part.starts_with('#');
        let entries = text.split("\n\n").filter(is_entry).map(|part| {
            let lines: Vec<&str> = part.trim().lines().map(str::trim).collect();
            let [head, rest, _, ..] = lines[..] else { panic!("three lines are wanted: {part}") };
            let (file, what) =
                head.split_once(": ").unwrap_or_else(|| panic!("file: change: {part}"));
            Entry { file: file.into(), what: what.into(), rest: rest.into() }
        });
        Self { entries: entries.collect() }
    }

    pub fn has(&self, mutant: &Mutant) -> bool {
        self.entries.iter().any(|entry| entry.is(mutant))
    }

    /// Whether what survives is what is explained; says which entries are out of date.
    pub fn compare(&self, tried: &[&Mutant]) -> bool {
        let survives = |mutant: &&&Mutant| mutant.state == State::Survives;
        let mut holds = tried.iter().filter(survives).all(|mutant| self.has(mutant));
        for entry in &self.entries {
            let Entry { file, what, rest } = entry;
            let here = || tried.iter().filter(|mutant| mutant.file == *file);
            if here().next().is_some() && !here().filter(survives).any(|mutant| entry.is(mutant)) {
                holds = false;
                println!("explained, but caught or gone: {file}: {what}\n    {rest}");
            }
        }
        holds
    }
}
