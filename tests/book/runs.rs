//! Which runs of the examples the book shows: each chapter and each small program as it is started
//! without arguments, a few others, and a few long ones.

use crate::repository::Repository;

/// What is quick: the name of the capture, the example, its arguments.
const QUICK: &[(&str, &str, &[&str])] = &[(
    "chapter4-read",
    "chapter4",
    &[
        "read",
        "data/drawn/3.png",
        "data/drawn/9.png",
        "data/drawn/a.png",
        "data/drawn/smile.png",
        "data/drawn/empty.png",
    ],
)];

/// What takes too long for every test: the name of the capture, the example, its arguments.
const LONG: &[(&str, &str, &[&str])] = &[
    ("chapter6-full", "chapter6", &["--full"]),
    ("chapter6-seeds", "chapter6", &["--seeds"]),
    ("chapter8-rivals", "chapter8", &["--rivals"]),
    ("chapter8-full", "chapter8", &["--full"]),
    ("chapter9-seeds", "chapter9", &["seeds"]),
    ("chapter9-depth", "chapter9", &["depth"]),
    ("chapter9-cnn", "chapter9", &["cnn"]),
    ("chapter9-race", "chapter9", &["race"]),
    ("chapter9-inside", "chapter9", &["inside"]),
    ("chapter9-copies", "chapter9", &["copies"]),
    ("chapter9-repeats", "chapter9", &["repeats"]),
    ("chapter9-rnn", "chapter9", &["rnn"]),
    ("chapter10-full", "chapter10", &["--full"]),
    ("repdl", "repdl", &[]),
];

/// A run whose output is captured.
pub struct Run {
    /// The stem of the file in `book/src/output/`, and what the names of its figures begin with.
    pub name: String,
    /// What `cargo run --example` is given.
    pub example: String,
    /// What comes after `--`.
    pub arguments: &'static [&'static str],
    /// Whether it runs only if it is asked for.
    pub long: bool,
}

impl Run {
    /// The number of the chapter whose example it runs; 0 for a small program.
    pub fn chapter(&self) -> usize {
        self.example.trim_start_matches("chapter").parse().unwrap_or(0)
    }
}

/// All of them.
pub fn runs(repo: &Repository) -> Vec<Run> {
    let short = |name: String| Run { example: name.clone(), name, arguments: &[], long: false };
    let run = |&(name, example, arguments): &(&str, &str, &'static [&'static str]), long| Run {
        name: name.into(),
        example: example.into(),
        arguments,
        long,
    };
    let quick = QUICK.iter().map(|of| run(of, false));
    let long = LONG.iter().map(|of| run(of, true));
    examples(repo).into_iter().map(short).chain(quick).chain(long).collect()
}

/// What the name of an example begins with whose output the book shows: a chapter, or one of the
/// small programs that a chapter shows whole.
pub const SHOWN: [&str; 2] = ["chapter", "small_"];

/// These examples: a file each, or a folder with a `main.rs`.
fn examples(repo: &Repository) -> Vec<String> {
    let name = |path: String| {
        let path = path.strip_prefix("examples/")?;
        let name = path.strip_suffix("/main.rs").or_else(|| path.strip_suffix(".rs"))?;
        (SHOWN.iter().any(|kind| name.starts_with(kind)) && !name.contains('/'))
            .then(|| name.to_string())
    };
    repo.files("examples").into_iter().filter_map(name).collect()
}

/// The run that draws this figure: of those whose name it begins with, the one with the longest.
/// `chapter1-ladder` belongs to `chapter1` and not to `chapter10`.
pub fn owner<'a>(runs: &'a [Run], figure: &str) -> Option<&'a Run> {
    let fits = |run: &&Run| {
        figure.strip_prefix(run.name.as_str()).is_some_and(|rest| rest.starts_with('-'))
    };
    runs.iter().filter(fits).max_by_key(|run| run.name.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_example_is_a_file_or_a_folder() {
        let repo = Repository::scratch(&[
            ("examples/chapter1.rs", ""),
            ("examples/chapter10/main.rs", ""),
            ("examples/chapter10/parts.rs", ""),
            ("examples/other.rs", ""),
            ("examples/small_net.rs", ""),
        ]);
        assert_eq!(examples(&repo), ["chapter1", "chapter10", "small_net"]);
    }

    #[test]
    fn a_figure_belongs_to_one_run() {
        let run = |name: &str| Run {
            name: name.into(),
            example: String::new(),
            arguments: &[],
            long: false,
        };
        let runs = ["chapter1", "chapter10", "chapter10-full"].map(run);
        let owner = |figure| owner(&runs, figure).map(|run| &*run.name);
        assert_eq!(owner("chapter1-ladder"), Some("chapter1"));
        assert_eq!(owner("chapter10-ladder"), Some("chapter10"));
        assert_eq!(owner("chapter10-full-ladder"), Some("chapter10-full"));
        assert_eq!(owner("speed-timing-size"), None);
    }
}
