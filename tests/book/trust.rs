//! SECURITY.md names the tests and commands that hold each promise: they must be there.

use crate::markdown::{Page, code_spans};
use crate::repository::{Problems, Repository};

/// Checks the tests, `tests/files.rs::name`, and the fuzz targets, `.ci/fuzz name`, of a page.
pub fn check_page(repo: &Repository, page: &Page, problems: &mut Problems) {
    let mut promises = 0;
    for (line, text) in &page.prose {
        for span in code_spans(text) {
            let missing = if let Some((path, name)) = span.split_once(".rs::") {
                promises += 1;
                !has_test(repo, &format!("{path}.rs"), name)
            } else if let Some(target) = span.strip_prefix(".ci/fuzz ") {
                promises += 1;
                !repo.is_file(&format!("fuzz/targets/{target}.rs"))
            } else {
                false
            };
            if missing {
                problems.add(&page.path, *line, format!("there is no `{span}`"));
            }
        }
    }
    if promises == 0 {
        problems.add(&page.path, 1, "no test is named");
    }
}

/// Whether the file has a test of this name that is not ignored.
fn has_test(repo: &Repository, path: &str, name: &str) -> bool {
    if !repo.is_file(path) {
        return false;
    }
    let text = repo.read(path);
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let head = format!("fn {name}(");
    lines.windows(2).any(|pair| pair[0] == "#[test]" && pair[1].starts_with(&head))
}

/// Checks that a source file has no `unsafe` outside comments, and does not allow itself any.
pub fn check_source(path: &str, text: &str, problems: &mut Problems) {
    for (number, line) in text.lines().enumerate().map(|(i, line)| (i + 1, line)) {
        let code = line.split("//").next().unwrap_or(line);
        let mut words = code.split(|c: char| !c.is_alphanumeric() && c != '_');
        if words.any(|word| word == "unsafe" || word == "unsafe_code") && !code.contains("deny(") {
            problems.add(path, number, "`unsafe` is for src/tensor alone");
        }
    }
}

#[test]
fn a_promise_without_its_test_is_found() {
    let test = "#[test]\nfn it_holds() {}\n#[test]\n#[ignore]\nfn it_rests() {}\nfn helper() {}\n";
    let repo = Repository::scratch(&[("tests/a.rs", test), ("fuzz/targets/gzip.rs", "")]);
    let found = |text: &str| {
        let mut problems = Problems::default();
        check_page(&repo, &Page::parse("SECURITY.md", text), &mut problems);
        problems
    };
    found("`tests/a.rs::it_holds`, `.ci/fuzz gzip`").none();
    for wrong in [
        "`tests/a.rs::it_held`",
        "`tests/b.rs::it_holds`",
        "`tests/a.rs::it_rests`",
        "`tests/a.rs::helper`",
        "`.ci/fuzz zip`",
    ] {
        found(wrong).only(wrong);
    }
    found("nothing").only("no test is named");
}

#[test]
fn unsafe_code_is_found() {
    let found = |text: &str| {
        let mut problems = Problems::default();
        check_source("src/x.rs", text, &mut problems);
        problems
    };
    found("// unsafe in a comment\n#![deny(unsafe_code)]\nlet not_unsafe_at_all = 1;\n").none();
    found("fn f() {\n    unsafe { g() }\n}\n").only("src/x.rs:2");
    found("#[allow(unsafe_code)]\n").only("src/x.rs:1");
    found("unsafe impl Send for X {}\n").only("alone");
}
