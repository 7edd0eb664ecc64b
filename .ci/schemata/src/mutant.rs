//! A change to the code, as cargo-mutants lists it.

use serde_json::Value;
use std::ops::Range;
use std::path::Path;
use std::process::Command;

pub struct Mutant {
    pub file: String,
    pub line: usize,
    /// What is done: `replace + with - in Adam<T>::step`.
    pub what: String,
    /// The rest of its line in the source, from where it begins: says which + it was.
    pub rest: String,
    pub genre: String,
    pub replacement: String,
    /// What is replaced, in bytes.
    pub range: Range<usize>,
    pub state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum State {
    Possible,
    DoesNotCompile,
    /// What is computed by the compiler cannot be chosen by a variable.
    InConstant,
    Caught,
    Survives,
}

impl Mutant {
    pub fn room(&self) -> &str {
        self.file.split('/').nth(1).unwrap()
    }

    pub fn say(&self, word: &str) {
        println!("{word}: {}:{}: {}\n    {}", self.file, self.line, self.what, self.rest);
    }
}

/// Those of all rooms, in the order of their places.
pub fn list(root: &Path) -> Vec<Mutant> {
    let mut command = Command::new("cargo");
    command.args(["mutants", "--list", "--json"]).current_dir(root);
    for room in super::ROOMS {
        command.arg("--file").arg(format!("src/{room}/**"));
    }
    let output = command.output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "cargo mutants (cargo install cargo-mutants --locked): {error}"
    );
    let listed: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    let mut mutants: Vec<Mutant> = listed.iter().map(|entry| mutant(root, entry)).collect();
    mutants.sort_by(|a, b| (&a.file, a.range.start).cmp(&(&b.file, b.range.start)));
    mutants
}

fn mutant(root: &Path, entry: &Value) -> Mutant {
    let text = |name: &str| entry[name].as_str().unwrap().to_string();
    let file = text("file");
    let source = std::fs::read_to_string(root.join(&file)).unwrap();
    let number = |end: &str, name: &str| entry["span"][end][name].as_u64().unwrap() as usize;
    // Lines and columns count from 1, columns in characters.
    let at = |end: &str| {
        let (line, column) = (number(end, "line"), number(end, "column"));
        let begin: usize = source.split_inclusive('\n').take(line - 1).map(str::len).sum();
        begin + source[begin..].chars().take(column - 1).map(char::len_utf8).sum::<usize>()
    };
    let range = at("start")..at("end");
    Mutant {
        line: number("start", "line"),
        what: text("name").splitn(4, ':').nth(3).unwrap().trim().to_string(),
        rest: source[range.start..].lines().next().unwrap().trim_end().to_string(),
        genre: text("genre"),
        replacement: text("replacement"),
        state: State::Possible,
        file,
        range,
    }
}
