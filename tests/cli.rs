//! The command lines of the ten examples: what they answer before they do any work.

#[path = "common/examples.rs"]
mod examples;

use std::io::pipe;
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;

const EXAMPLES: [&str; 10] = [
    "chapter1",
    "chapter2",
    "chapter3",
    "chapter4",
    "chapter5",
    "chapter6",
    "chapter7",
    "chapter8",
    "chapter9",
    "chapter10",
];

static BUILT: LazyLock<Result<(), String>> = LazyLock::new(|| examples::build(EXAMPLES));

/// An example, brought up to date, in surroundings in which any work on the digits would fail.
fn example(name: &str) -> Command {
    BUILT.as_ref().unwrap();
    let mut command = Command::new(examples::program(name));
    command.env("LONGHAND_DATA", "no/such/folder").current_dir(env!("CARGO_TARGET_TMPDIR"));
    command
}

/// The exit code, and what was said on stdout and stderr.
#[track_caller]
fn said(output: Output) -> (i32, String, String) {
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().expect("an exit code"), text(output.stdout), text(output.stderr))
}

#[test]
fn each_says_what_it_shows_and_how_long_it_takes() {
    for name in EXAMPLES {
        for flag in ["--help", "-h"] {
            let (code, out, err) = said(example(name).arg(flag).output().unwrap());
            assert_eq!((code, &err[..]), (0, ""), "{name}");
            let number = name.trim_start_matches("chapter");
            assert!(out.starts_with(&format!("Chapter {number}: ")), "{out}");
            let words: Vec<_> = out.split_whitespace().collect();
            assert!(words.join(" ").contains("It takes "), "{out}");
            assert!(out.contains(&format!("cargo run --example {name} -- ")), "{out}");
            assert!(out.contains("--help") && out.contains("shows this and does nothing"), "{out}");
            assert!(out.lines().all(|line| line.chars().count() <= 80), "{out}");
        }
    }
}

#[test]
fn each_refuses_what_it_does_not_know_and_shows_its_usage() {
    let unknown = EXAMPLES.iter().flat_map(|name| [(*name, "--no-such"), (name, "nonsense")]);
    let unknown = unknown.map(|(name, argument)| (name, vec![argument], argument));
    let known = [
        ("chapter6", vec!["--quick", "--quick"], "--quick a second time"),
        (
            "chapter6",
            vec!["--quick", "--full"],
            "found more than one of --quick, --seeds, --full and --alone",
        ),
        ("chapter4", vec!["read"], "found read without its FILE…"),
        ("chapter6", vec!["read", "x.png", "--quick"], "found an option with read"),
        ("chapter7", vec!["--process", "sideways"], "expected ordinary, layer, parameter"),
        ("chapter7", vec!["--process"], "--process without its WAY"),
        ("chapter8", vec!["--save"], "--save without its FOLDER"),
        (
            "chapter8",
            vec!["--full", "--save", "x"],
            "found more than one of --rivals, --full and --save, expected one of them",
        ),
        ("chapter9", vec!["mlp", "cnn"], "found the argument \"cnn\""),
        ("chapter9", vec!["mlp", "--epochs", "none"], "expected a whole number from 1 on"),
        ("chapter9", vec!["--seed", "2"], "found an option without a name"),
    ];
    for (name, arguments, words) in unknown.chain(known) {
        let (code, out, err) = said(example(name).args(&arguments).output().unwrap());
        assert_eq!((code, &out[..]), (2, ""), "{name} {arguments:?}: {err}");
        assert!(err.starts_with("error: ") && err.contains(words), "{err}");
        assert!(err.contains(&format!("cargo run --example {name} -- ")), "{err}");
    }
}

#[test]
fn each_says_what_is_wrong_with_a_setting() {
    for name in EXAMPLES {
        for (variable, value) in [("LONGHAND_ISA", "mmx"), ("LONGHAND_THREADS", "0")] {
            let (code, out, err) = said(example(name).env(variable, value).output().unwrap());
            assert_eq!((code, &out[..]), (1, ""), "{name}: {err}");
            assert!(err.starts_with(&format!("error: {variable}: found \"{value}\"")), "{err}");
            assert!(err.contains("help: ") && !err.contains("panicked"), "{err}");
        }
    }
}

#[test]
fn each_that_reads_the_digits_says_where_they_should_be() {
    for name in ["chapter2", "chapter3", "chapter4", "chapter6", "chapter8", "chapter10"] {
        let (code, _, err) = said(example(name).output().unwrap());
        assert_eq!(code, 1, "{name}");
        assert!(err.starts_with("error: train-images-idx3-ubyte: found no such file"), "{err}");
        assert!(err.contains("help: set LONGHAND_DATA"), "{err}");
    }
}

/// Pictures are read before anything is done with them.
#[test]
fn a_picture_that_cannot_be_read_is_said_at_once() {
    let good = concat!(env!("CARGO_MANIFEST_DIR"), "/data/drawn/2.png");
    let cut = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("cut.png");
    std::fs::write(&cut, &std::fs::read(good).unwrap()[..200]).unwrap();
    let cut = cut.to_str().unwrap();
    for name in ["chapter4", "chapter6"] {
        for (file, words) in [
            ("no/such.png", "error: no/such.png: found "),
            (env!("CARGO_TARGET_TMPDIR"), "a file that can be read"),
            (cut, "cut.png: PNG data, byte 200: found the end of the data, expected "),
            (concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"), "first bytes of a PNG, PGM, NPY"),
        ] {
            let (code, _, err) = said(example(name).args(["read", good, file]).output().unwrap());
            assert_eq!(code, 1, "{name}: {err}");
            assert!(err.contains(words) && err.contains("help: "), "{err}");
        }
    }
}

/// As when `head -1` has read its line and gone: then the pipe has no reader any more.
#[test]
fn each_ends_quietly_where_nobody_reads() {
    for arguments in [&["--help"][..], &[]] {
        for name in EXAMPLES {
            let (reader, writer) = pipe().unwrap();
            drop(reader);
            let mut command = example(name);
            command.args(arguments).stdout(writer).stderr(Stdio::piped());
            let (code, _, err) = said(command.spawn().unwrap().wait_with_output().unwrap());
            assert_eq!((code, &err[..]), (0, ""), "{name}");
        }
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_said_in_a_sentence() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let (code, _, err) = said(example("chapter1").stdout(full).output().unwrap());
    assert_eq!(code, 1);
    assert!(err.starts_with("error: failed printing to stdout: No space left"), "{err}");
    assert_eq!(err.lines().count(), 1, "{err}");
}
