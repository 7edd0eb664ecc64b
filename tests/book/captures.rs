//! Captured outputs: `book/src/output/chapterN.txt` is what `cargo run --example chapterN` prints,
//! and `book/src/figures/chapterN-….svg` are the figures that it draws. A run that takes long has a
//! name of its own, such as `chapter8-full`, and is compared only if it is asked for.
//!
//! Around each section of an output, which begins with a line `── title ──…`, stand the lines
//! `ANCHOR: slug-of-the-title` and `ANCHOR_END: slug-of-the-title`. They are no part of what is
//! compared, and neither are measured times and rates, nor figures named `…timing….svg`.
//!
//! What belongs to [`BENCHES`] is not compared with anything: `compare --capture book/src`, in the
//! package `benches/`, writes `speed.txt` and `speed-timing-….svg`, and all of it is times.

use crate::includes::marker;
use crate::repository::{Problems, Repository};
use crate::runs::{Run, owner, runs};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

const OUTPUT: &str = "book/src/output";
const FIGURES: &str = "book/src/figures";
const BLESS: &str = "LONGHAND_BLESS";

/// The one name beside the chapters' that an output may have.
const BENCHES: &str = "speed";

/// What a measured number is followed by, and what both become together: a run may take 900 ms
/// here and 1.1 s there. Longer units stand before those that they begin with.
const UNITS: &[(&str, &str)] = &[
    ("GFLOP/s", "#FLOP/s"),
    ("MFLOP/s", "#FLOP/s"),
    ("GB/s", "#B/s"),
    ("MB/s", "#B/s"),
    ("ns", "#s"),
    ("µs", "#s"),
    ("us", "#s"),
    ("ms", "#s"),
    ("min", "#s"),
    ("s", "#s"),
    ("×", "#×"),
    ("% of peak", "#% of peak"),
];

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
        name if name.starts_with("chapter") => run.name == name,
        _ => !run.long,
    };
    each_run(repo, chosen, write)
}

/// Runs every chapter and compares what it prints and draws with the book.
pub fn check(repo: &Repository) -> Problems {
    each_run(repo, |run| !run.long, compare)
}

/// The same with the long runs.
pub fn check_long(repo: &Repository) -> Problems {
    each_run(repo, |run| run.long, compare)
}

fn each_run(
    repo: &Repository,
    chosen: impl Fn(&Run) -> bool,
    act: fn(&Repository, &str, &Captured, &mut Problems),
) -> Problems {
    let mut problems = Problems::default();
    let runs = runs(repo);
    let known = |name: &&String| *name == BENCHES || runs.iter().any(|run| run.name == **name);
    for captured in names(repo, OUTPUT, ".txt").iter().filter(|name| !known(name)) {
        problems.add(&format!("{OUTPUT}/{captured}.txt"), 1, "there is no such example");
    }
    for figure in names(repo, FIGURES, ".svg") {
        let timing = figure.starts_with(BENCHES) && figure.contains("timing");
        if !timing && owner(&runs, &figure).is_none() {
            problems.add(
                &format!("{FIGURES}/{figure}.svg"),
                1,
                "no example has this chapter's name",
            );
        }
    }
    for run in runs.iter().filter(|run| chosen(run)) {
        match capture(repo, run) {
            Ok(now) => act(repo, &run.name, &now, &mut problems),
            Err(what) => problems.add(&format!("examples/{}", run.example), 1, what),
        }
    }
    problems
}

/// What a run of an example prints and draws.
struct Captured {
    output: String,
    figures: BTreeMap<String, Vec<u8>>,
}

fn capture(repo: &Repository, run: &Run) -> Result<Captured, String> {
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let folder = scratch.join("figures").join(&run.name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["run", "--quiet", "--offline", "--example", &run.example]);
    cargo.arg("--target-dir").arg(scratch.parent().unwrap());
    cargo.arg("--").args(run.arguments).current_dir(repo.path(""));
    let done =
        cargo.env("LONGHAND_FIGURES", &folder).output().map_err(|error| error.to_string())?;
    if !done.status.success() {
        return Err(format!("the example fails:\n{}", String::from_utf8_lossy(&done.stderr)));
    }
    let output =
        String::from_utf8(done.stdout).map_err(|error| error.to_string())?.replace("\r\n", "\n");
    let mut figures = BTreeMap::new();
    for entry in fs::read_dir(&folder).map_err(|error| error.to_string())?.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        figures.insert(name, fs::read(entry.path()).map_err(|error| error.to_string())?);
    }
    Ok(Captured { output, figures })
}

fn compare(repo: &Repository, chapter: &str, now: &Captured, problems: &mut Problems) {
    let command = format!("To take it over: {BLESS}=1 cargo test --test book");
    let path = format!("{OUTPUT}/{chapter}.txt");
    match fs::read_to_string(repo.path(&path)) {
        Err(_) => problems.add(&path, 1, format!("is missing. {command}")),
        Ok(book) => {
            let book = book.replace("\r\n", "\n");
            if let Some(difference) = difference(&without_anchors(&book), &now.output) {
                let shown = "- in the book, + printed now; measured times do not count";
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

/// Puts anchors around the sections of an output.
fn with_anchors(output: &str) -> Result<String, String> {
    let (mut text, mut open, mut seen) = (String::new(), None, Vec::new());
    for line in output.lines() {
        if let Some(title) = line.strip_prefix("── ") {
            text += &open.map_or(String::new(), |slug| format!("ANCHOR_END: {slug}\n"));
            let slug = slug(title);
            if slug.is_empty() || seen.contains(&slug) {
                return Err(format!(
                    "two sections are called {slug:?}, or one has no name: {line}"
                ));
            }
            text += &format!("ANCHOR: {slug}\n");
            seen.push(slug.clone());
            open = Some(slug);
        }
        text += line.trim_end();
        text.push('\n');
    }
    text += &open.map_or(String::new(), |slug| format!("ANCHOR_END: {slug}\n"));
    Ok(text)
}

fn without_anchors(text: &str) -> String {
    let is_anchor =
        |line: &&str| marker(line, "ANCHOR:").is_some() || marker(line, "ANCHOR_END:").is_some();
    text.lines().filter(|line| !is_anchor(line)).map(|line| format!("{line}\n")).collect()
}

/// `Two gradients, by hand ───` gives `two-gradients-by-hand`.
fn slug(title: &str) -> String {
    let words = title.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-").to_lowercase()
}

/// A line without what differs from run to run: measured numbers become `#`, and runs of spaces
/// and of rules, whose length follows the numbers in a table, become one.
fn mask(line: &str) -> String {
    let chars: Vec<char> = line.trim().chars().collect();
    let mut masked = String::new();
    let mut at = 0;
    while at < chars.len() {
        let starts = chars[at].is_ascii_digit()
            && (at == 0 || !(chars[at - 1].is_alphanumeric() || chars[at - 1] == '.'));
        let end = (at..chars.len())
            .find(|&i| !(chars[i].is_ascii_digit() || ".,".contains(chars[i])))
            .unwrap_or(chars.len());
        if let Some((length, unit)) = measured(&chars[end..]).filter(|_| starts) {
            masked += unit;
            at = end + length;
        } else if starts {
            masked.extend(&chars[at..end]);
            at = end;
        } else {
            let repeats = " ─━═".contains(chars[at]) && masked.ends_with(chars[at]);
            if !repeats {
                masked.push(chars[at]);
            }
            at += 1;
        }
    }
    masked
}

/// The length of the unit, with the space before it, that these characters begin with, and what
/// stands for it.
fn measured(rest: &[char]) -> Option<(usize, &'static str)> {
    let rest: String = rest.iter().collect();
    let (space, rest) = rest.strip_prefix(' ').map_or((0, rest.as_str()), |rest| (1, rest));
    let (unit, masked) = UNITS.iter().find(|(unit, _)| {
        let Some(after) = rest.strip_prefix(unit) else { return false };
        let joined = after.starts_with(|c: char| c.is_alphanumeric() || c == '/' || c == '_');
        // 5×784 and 5 × 784 are shapes, 3.2× is a measured gain, and what stands two spaces on
        // is another column.
        let next = after.strip_prefix(' ').unwrap_or(after);
        let shape = *unit == "×" && next.starts_with(|c: char| c.is_ascii_digit());
        !joined && !shape
    })?;
    Some((space + unit.chars().count(), masked))
}

/// The lines that differ, `-` then `+`, with one line of context; `None` if nothing differs.
fn difference(book: &str, now: &str) -> Option<String> {
    let (book, now): (Vec<&str>, Vec<&str>) =
        (book.trim_end().lines().collect(), now.trim_end().lines().collect());
    let masked = |lines: &[&str]| lines.iter().map(|line| mask(line)).collect::<Vec<_>>();
    let (a, b) = (masked(&book), masked(&now));
    if a == b {
        return None;
    }
    // Longest common subsequence of a[i..] and b[j..].
    let mut common = vec![vec![0_usize; b.len() + 1]; a.len() + 1];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            common[i][j] = if a[i] == b[j] {
                common[i + 1][j + 1] + 1
            } else {
                common[i + 1][j].max(common[i][j + 1])
            };
        }
    }
    let (mut i, mut j, mut rows) = (0, 0, Vec::new());
    while i < a.len() || j < b.len() {
        if i < a.len() && j < b.len() && a[i] == b[j] {
            rows.push((' ', book[i]));
            (i, j) = (i + 1, j + 1);
        } else if i < a.len() && (j == b.len() || common[i + 1][j] >= common[i][j + 1]) {
            rows.push(('-', book[i]));
            i += 1;
        } else {
            rows.push(('+', now[j]));
            j += 1;
        }
    }
    let near = |at: usize| {
        rows[at.saturating_sub(1)..rows.len().min(at + 2)].iter().any(|(sign, _)| *sign != ' ')
    };
    let shown = (0..rows.len())
        .filter(|&at| near(at))
        .map(|at| format!("    {} {}\n", rows[at].0, rows[at].1));
    Some(shown.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measured_numbers_are_masked_and_no_others() {
        for (line, masked) in [
            ("einsum   595.0 ms  2,020.25 µs", "einsum #s #s"),
            (
                "naive: 3.2× faster, 12.5GFLOP/s (41.0 % of peak)",
                "naive: #× faster, #FLOP/s (#% of peak)",
            ),
            ("trained in 26.5 s", "trained in #s"),
            ("1.00 ×     1.05 ×  0.94×", "#× #× #×"),
            ("5×784 by 784×10, 5 × 784", "5×784 by 784×10, 5 × 784"),
            (
                "accuracy 97.90 %, 3 samples, 2 steps, w1s",
                "accuracy 97.90 %, 3 samples, 2 steps, w1s",
            ),
            ("mean -0.0059  std 1.2e-4 512³", "mean -0.0059 std 1.2e-4 512³"),
            ("── ms ─────", "─ ms ─"),
        ] {
            assert_eq!(mask(line), masked);
        }
    }

    #[test]
    fn a_change_is_shown_and_a_timing_is_not() {
        assert_eq!(difference("a\nt  3 ms\n", "a\nt 41.5µs"), None);
        let shown =
            difference("a\nb\nloss 0.1\nt 3 ms\nz\n", "a\nb\nloss 0.2\nt 4 ms\nz\n").unwrap();
        assert_eq!(
            shown,
            "      b\n    - loss 0.1\n    + loss 0.2\n      t 4 ms\n".replace("t 4", "t 3")
        );
        assert_eq!(difference("a\n", "a\nb\n").unwrap(), "      a\n    + b\n");
    }

    #[test]
    fn anchors_are_put_around_sections_and_taken_away() {
        let output = "Chapter 1\n\n── The digits ──\n5\n── W, by hand ─\n6\n";
        let anchored = with_anchors(output).unwrap();
        let expected = "Chapter 1\n\nANCHOR: the-digits\n── The digits ──\n5\nANCHOR_END: the-digits\nANCHOR: w-by-hand\n── W, by hand ─\n6\nANCHOR_END: w-by-hand\n";
        assert_eq!(anchored, expected);
        assert_eq!(without_anchors(&anchored), output);
        assert!(with_anchors("── a ──\n── a ─\n").is_err());
    }

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
