//! Includes and their anchors. The same rules as in `book/preprocess.py`, without Python.

use crate::markdown::Page;
use crate::repository::{Problems, Repository, join};
use std::collections::BTreeMap;

/// The lines of each anchor of a file.
pub type Anchors = BTreeMap<String, Vec<String>>;

/// The anchors of a file with the lines that each holds, and what is wrong with them.
pub fn anchors(text: &str) -> (Anchors, Vec<(usize, String)>) {
    let (mut open, mut closed, mut problems) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
    for (number, line) in text.lines().enumerate().map(|(i, line)| (i + 1, line)) {
        if let Some(name) = marker(line, "ANCHOR:") {
            if open.contains_key(name) || closed.contains_key(name) {
                problems.push((number, format!("the anchor {name} is opened twice")));
            }
            open.insert(name.to_string(), (number, Vec::new()));
        } else if let Some(name) = marker(line, "ANCHOR_END:") {
            match open.remove(name) {
                Some((_, lines)) => {
                    if lines.iter().all(|line: &String| line.trim().is_empty()) {
                        problems.push((number, format!("the anchor {name} holds nothing")));
                    }
                    closed.insert(name.to_string(), lines);
                }
                None => {
                    problems.push((number, format!("the anchor {name} is closed but not open")))
                }
            }
        } else {
            for (_, lines) in open.values_mut() {
                lines.push(line.to_string());
            }
        }
    }
    problems.extend(
        open.into_iter()
            .map(|(name, (number, _))| (number, format!("the anchor {name} is never closed"))),
    );
    (closed, problems)
}

/// `// ANCHOR: name` gives `name`.
pub fn marker<'a>(line: &'a str, word: &str) -> Option<&'a str> {
    let rest = line.split_once(word)?.1.trim_start();
    let end =
        rest.find(|c: char| !(c.is_alphanumeric() || c == '-' || c == '_')).unwrap_or(rest.len());
    Some(&rest[..end]).filter(|name| !name.is_empty())
}

/// The targets of the `{{#include …}}`s on a line.
pub fn targets(line: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for start in ["{{#include ", "{{#rustdoc_include "] {
        found.extend(
            line.split(start).skip(1).map(|rest| rest.split("}}").next().unwrap_or(rest).trim()),
        );
    }
    found
}

/// What an include of this page shows; `None` if it is not there, which [`check_page`] reports.
pub fn listing(repo: &Repository, page: &Page, target: &str) -> Option<String> {
    let (file, anchor) = target.split_once(':').unwrap_or((target, ""));
    let text = repo.read(&join(page.folder(), file).filter(|path| repo.is_file(path))?);
    match anchor {
        "" => Some(text),
        anchor => Some(anchors(&text).0.remove(anchor)?.join("\n")),
    }
}

/// Every include of a page names a file and an anchor that is there and holds something.
pub fn check_page(repo: &Repository, page: &Page, problems: &mut Problems) {
    let fenced = page.fences.iter().flat_map(|fence| &fence.body);
    for (line, text) in page.prose.iter().chain(fenced) {
        for target in targets(text) {
            if let Err(what) = check_target(repo, page, target) {
                problems.add(&page.path, *line, what);
            }
        }
    }
}

fn check_target(repo: &Repository, page: &Page, target: &str) -> Result<(), String> {
    let (file, anchor) = target.split_once(':').unwrap_or((target, ""));
    let path = join(page.folder(), file).filter(|path| repo.is_file(path));
    let Some(path) = path else { return Err(format!("the include {target:?} names no file")) };
    let text = repo.read(&path);
    if anchor.is_empty() {
        return if text.trim().is_empty() { Err(format!("{path} is empty")) } else { Ok(()) };
    }
    let (anchors, wrong) = anchors(&text);
    match anchors.get(anchor) {
        None => Err(format!("{path} has no anchor {anchor:?} that is opened and closed")),
        Some(_) => {
            match wrong.into_iter().find(|(_, what)| what.contains(&format!(" {anchor} "))) {
                Some((line, what)) => Err(format!("{path}:{line}: {what}")),
                None => Ok(()),
            }
        }
    }
}

/// A fence says its language, is closed, and if it is Rust holds includes and nothing else.
pub fn check_fences(page: &Page, problems: &mut Problems) {
    for line in &page.unclosed {
        problems.add(&page.path, *line, "this fence is never closed");
    }
    for fence in &page.fences {
        let language = fence.info.split([',', ' ']).next().unwrap_or("");
        if language.is_empty() {
            problems.add(&page.path, fence.line, "a fence without a language: use text or console");
        }
        let typed =
            |line: &str| targets(line).is_empty() && !line.trim_matches([' ', '>']).is_empty();
        if matches!(language, "rust" | "rs" | "Rust") {
            match fence.body.iter().find(|(_, line)| typed(line)) {
                Some((line, text)) => {
                    problems.add(&page.path, *line, format!("Rust typed by hand: {}", text.trim()))
                }
                None if fence.body.is_empty() => {
                    problems.add(&page.path, fence.line, "an empty listing")
                }
                None => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anchors_nest_and_hold_their_lines() {
        let (found, wrong) =
            anchors("// ANCHOR: a\none\n# ANCHOR: b\ntwo\n# ANCHOR_END: b\n// ANCHOR_END: a\n");
        assert_eq!(wrong, []);
        assert_eq!(found["a"], ["one", "two"]);
        assert_eq!(found["b"], ["two"]);
    }

    #[test]
    fn broken_anchors_are_reported() {
        for (text, line, what) in [
            ("ANCHOR: a\nx", 1, "never closed"),
            ("ANCHOR_END: a", 1, "not open"),
            ("ANCHOR: a\n\nANCHOR_END: a", 3, "holds nothing"),
            ("ANCHOR: a\nx\nANCHOR_END: a\nANCHOR: a\nx\nANCHOR_END: a", 4, "twice"),
        ] {
            let (_, wrong) = anchors(text);
            assert_eq!(wrong.len(), 1, "{text:?}: {wrong:?}");
            assert!(wrong[0].0 == line && wrong[0].1.contains(what), "{wrong:?}");
        }
    }

    #[test]
    fn broken_includes_are_reported() {
        let repo = Repository::scratch(&[
            ("src/a.rs", "// ANCHOR: f\nfn f() {}\n// ANCHOR_END: f\n// ANCHOR: g\n"),
            ("src/e.rs", "\n"),
        ]);
        let check = |target: &str| {
            let mut problems = Problems::default();
            let text = format!("# T\n```rust\n{{{{#include {target}}}}}\n```\n");
            check_page(&repo, &Page::parse("book/src/c.md", &text), &mut problems);
            problems
        };
        check("../../src/a.rs").none();
        check("../../src/a.rs:f").none();
        check("../../src/b.rs:f").only("c.md:3: the include \"../../src/b.rs:f\" names no file");
        check("../../src/a.rs:h").only("no anchor \"h\"");
        check("../../src/a.rs:g").only("no anchor \"g\"");
        check("../../src/e.rs").only("is empty");
        check("../../../a.rs").only("names no file");
    }

    #[test]
    fn rust_typed_by_hand_is_reported() {
        let check = |text: &str| {
            let mut problems = Problems::default();
            check_fences(&Page::parse("c.md", text), &mut problems);
            problems
        };
        check("```rust\n{{#include a.rs:f}}\n\n{{#include a.rs:g}}\n```\n```text\nas it is\n```")
            .none();
        check("```rust,ignore\n{{#include a.rs:f}}\nlet x = 1;\n```")
            .only("c.md:3: Rust typed by hand: let x = 1;");
        check("```rust\n```").only("empty listing");
        check("```\nlet x = 1;\n```").only("without a language");
        check("```text\n").only("never closed");
    }
}
