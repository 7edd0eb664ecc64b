//! The copy of the crate that has all mutants in it.

use crate::mutant::{Mutant, State};
use crate::rewrite::{Fragment, Rewritten, rewrite};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Copies the checkout and rewrites it, without those mutants that do not compile: the compiler is
/// asked until it has nothing to say. That goes on in a draft, so that the copy itself only changes, and
/// is only compiled again, if the crate or the changes are others.
pub fn prepare(root: &Path, work: &Path, mutants: &mut [Mutant]) {
    let mut files: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (number, mutant) in mutants.iter().enumerate() {
        files.entry(mutant.file.clone()).or_default().push(number);
    }
    let hook = include_str!("../hook.rs").replace("MUTANTS", &mutants.len().to_string());
    let [draft, tree] = ["draft", "tree"].map(|name| {
        let folder = work.join(name);
        copy(root, &folder, &files);
        write(&folder.join("src/lib.rs"), &(read(&root.join("src/lib.rs")) + &hook));
        folder
    });
    loop {
        let mut rewritten = BTreeMap::new();
        for (file, numbers) in &files {
            let possible = |&number: &usize| mutants[number].state == State::Possible;
            let numbers: Vec<usize> = numbers.iter().copied().filter(possible).collect();
            let new = rewrite(&read(&root.join(file)), &numbers, mutants);
            write(&draft.join(file), &new.text);
            rewritten.insert(file.clone(), new);
        }
        let guilty = guilty(&errors(work), &rewritten);
        println!("{} changes do not compile", guilty.len());
        if guilty.is_empty() {
            for (file, new) in &rewritten {
                write(&tree.join(file), &new.text);
            }
            return;
        }
        for number in guilty {
            mutants[number].state = State::DoesNotCompile;
        }
    }
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Leaves alone what is as it should be, so that it need not be compiled again.
fn write(path: &Path, text: &str) {
    if fs::read(path).is_ok_and(|old| old == text.as_bytes()) {
        return;
    }
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn copy(root: &Path, tree: &Path, rewritten: &BTreeMap<String, Vec<usize>>) {
    let mut command = Command::new("git");
    command.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
    let output = command.current_dir(root).output().unwrap();
    for name in String::from_utf8(output.stdout).unwrap().split_terminator('\0') {
        let (from, to) = (root.join(name), tree.join(name));
        let is_ours = rewritten.contains_key(name) || name == "src/lib.rs";
        if is_ours
            || !from.is_file()
            || fs::read(&to).is_ok_and(|old| old == fs::read(&from).unwrap())
        {
            continue;
        }
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(&from, &to).unwrap();
    }
}

/// What cargo says, of the draft or of the tree.
fn cargo(work: &Path, folder: &str, arguments: &[&str]) -> Vec<Value> {
    let mut command = Command::new("cargo");
    command.args(arguments).arg("--message-format=json").current_dir(work.join(folder));
    command.env("RUSTFLAGS", "-Awarnings").env("CARGO_TARGET_DIR", work.join("target"));
    command.env("CARGO_INCREMENTAL", "0").env("CARGO_PROFILE_TEST_DEBUG", "0");
    let shown = if folder == "tree" { Stdio::inherit() } else { Stdio::null() };
    let output = command.stderr(shown).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// What the compiler says to the library as it stands.
fn errors(work: &Path) -> Vec<Value> {
    let messages = cargo(work, "draft", &["check", "--quiet", "--profile", "test", "--lib"]);
    let messages = messages.into_iter().map(|mut message| message["message"].take());
    messages.filter(|message| message["level"] == "error").collect()
}

/// Those mutants that the errors come of. An error may follow from one inside of the same expression:
/// that one goes first, and the outer ones get another turn.
fn guilty(errors: &[Value], files: &BTreeMap<String, Rewritten>) -> Vec<usize> {
    let mut found = vec![];
    for error in errors {
        let mut spans: Vec<&Value> = error["spans"].as_array().unwrap().iter().collect();
        if spans.is_empty() {
            continue; // "aborting due to …"
        }
        spans.sort_by_key(|span| span["is_primary"] == false);
        let Some(fragment) = spans.iter().find_map(|span| {
            let file = span["file_name"].as_str().unwrap();
            let byte = |name: &str| span[name].as_u64().unwrap() as usize;
            let rewritten = files.get(file)?;
            rewritten.owner(byte("byte_start")..byte("byte_end")).map(|fragment| (file, fragment))
        }) else {
            panic!("of no mutant: {}", error["rendered"].as_str().unwrap());
        };
        found.push(fragment);
    }
    let has_inner = |(file, fragment): &(&str, &Fragment)| {
        found.iter().any(|(other_file, other)| {
            let (inner, outer) = (&other.source, &fragment.source);
            other_file == file
                && inner != outer
                && outer.start <= inner.start
                && inner.end <= outer.end
                && !inner.is_empty()
        })
    };
    let innermost = found.iter().filter(|fragment| !has_inner(fragment));
    let mut numbers: Vec<usize> =
        innermost.flat_map(|(_, fragment)| &fragment.numbers).copied().collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

/// The programs of the suites, by name.
pub fn build(work: &Path) -> Vec<(String, PathBuf)> {
    let mut arguments = vec!["test", "--no-run", "--lib"];
    arguments.extend(crate::SUITES.iter().flat_map(|suite| ["--test", suite]));
    let messages = cargo(work, "tree", &arguments);
    let program = |message: &Value| {
        let program = message["executable"].as_str()?;
        let is_test = message["profile"]["test"] == true;
        is_test.then(|| (message["target"]["name"].as_str().unwrap().to_string(), program.into()))
    };
    let programs: Vec<_> = messages.iter().filter_map(program).collect();
    assert_eq!(programs.len(), crate::SUITES.len() + 1, "not all suites were compiled");
    programs
}
