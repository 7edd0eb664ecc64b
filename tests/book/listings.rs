//! Listings of Rust: none begins or ends inside a bracket that it does not close or open.
//!
//! One thing may stay open at the end: an `impl` or a `trait`. Its first methods are whole then,
//! and what comes after them in the file is told elsewhere or nowhere.

use crate::includes::{anchors, listing, targets};
use crate::markdown::Page;
use crate::repository::{Problems, Repository};

/// Every include in a Rust fence of this page opens and closes each of its brackets.
pub fn check_page(repo: &Repository, page: &Page, problems: &mut Problems) {
    let rust = page.fences.iter().filter(|fence| fence.info.starts_with("rust"));
    for (line, text) in rust.flat_map(|fence| &fence.body) {
        for target in targets(text) {
            let Some(listing) = listing(repo, page, target) else { continue };
            if let Err(what) = balanced(&listing) {
                problems.add(&page.path, *line, format!("the listing {target} {what}"));
            }
        }
    }
}

/// A small program stands on one page from its first line to its last, in order, so that it can be
/// typed from there: all but what its file says about itself at the top.
pub fn check_program(path: &str, text: &str, pages: &[Page], problems: &mut Problems) {
    let suffix = format!("/{path}:");
    let includes = |page: &Page| -> Vec<String> {
        let lines = page.fences.iter().flat_map(|fence| &fence.body);
        let targets = lines.flat_map(|(_, line)| targets(line));
        targets.filter_map(|target| Some(target.split_once(&suffix)?.1.to_string())).collect()
    };
    let shown = pages.iter().map(includes).find(|shown| !shown.is_empty()).unwrap_or_default();
    let parts = anchors(text).0;
    let shown = shown.iter().filter_map(|anchor| parts.get(anchor)).flatten();
    let is_code = |line: &&str| !line.trim().is_empty() && !line.starts_with("//");
    let shown: Vec<&str> = shown.map(String::as_str).filter(is_code).collect();
    let whole: Vec<&str> = text.lines().filter(is_code).collect();
    if shown != whole {
        let same = shown.iter().zip(&whole).take_while(|(shown, whole)| shown == whole).count();
        let line = whole.get(same).unwrap_or(&"its end");
        problems.add(path, 1, format!("no page shows all of it in order; up to: {}", line.trim()));
    }
}

/// Whether every bracket has its partner. Comments, strings and characters do not count.
fn balanced(code: &str) -> Result<(), String> {
    let mut open = Vec::new();
    let mut rest = code.chars();
    loop {
        let before = &code[..code.len() - rest.as_str().len()];
        let Some(c) = rest.next() else { break };
        match c {
            '/' if rest.as_str().starts_with('/') => drop(rest.by_ref().find(|c| *c == '\n')),
            '"' => {
                while let Some(inside) = rest.next().filter(|c| *c != '"') {
                    if inside == '\\' {
                        rest.next();
                    }
                }
            }
            // A character such as '{' or '\'', and not a lifetime.
            '\'' => {
                let ahead: Vec<char> = rest.as_str().chars().take(3).collect();
                match ahead[..] {
                    ['\\', _, '\''] => drop(rest.nth(2)),
                    [_, '\'', ..] => drop(rest.nth(1)),
                    _ => {}
                }
            }
            '(' | '[' | '{' => open.push((c, holds_methods(before))),
            ')' | ']' | '}' => {
                let partner = match c {
                    ')' => '(',
                    ']' => '[',
                    _ => '{',
                };
                if open.pop().map(|(bracket, _)| bracket) != Some(partner) {
                    return Err(format!("closes a {c} that it does not open"));
                }
            }
            _ => {}
        }
    }
    match open[..] {
        [] | [('{', true)] => Ok(()),
        [.., (bracket, _)] => Err(format!("ends inside a {bracket}")),
    }
}

/// Whether the bracket that follows this code is that of an `impl` or a `trait`: where a line of
/// the outermost level begins so, and nothing has been opened since.
fn holds_methods(before: &str) -> bool {
    let item = before.rsplit(['}', ';']).next().unwrap_or(before);
    let line = |line: &str| {
        let line = line.trim_start_matches("pub ");
        line.starts_with("impl") || line.starts_with("trait ")
    };
    item.lines().any(line) && !item.contains('{')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_have_partners() {
        for code in [
            "fn f(x: &[T]) -> T { x[0] }",
            "let c = '{'; // and a (\nlet s = \"} \\\" ]\";",
            "fn f<'a>(x: &'a str) -> char { '\\'' }",
            "",
        ] {
            assert_eq!(balanced(code), Ok(()), "{code}");
        }
        assert_eq!(balanced("for x in y {\n    f(x);"), Err("ends inside a {".into()));
        assert_eq!(balanced("    f(x);\n}"), Err("closes a } that it does not open".into()));
        assert!(balanced("f(x];").is_err());
        let methods = "struct A;\n\n/// What it does.\nimpl<T> B for A<T>\nwhere\n    T: C,\n{\n    fn f() {}\n";
        assert_eq!(balanced(methods), Ok(()));
        assert!(balanced(&format!("{methods}    fn g() {{\n")).is_err());
        assert!(balanced("fn f(x: impl C) {\n    g();\n").is_err());
    }

    #[test]
    fn a_program_that_a_page_does_not_show_whole_is_reported() {
        let program = "//! What it is.\n// ANCHOR: a\nuse b;\n// ANCHOR_END: a\n\n// ANCHOR: main\n/// Runs.\nfn main() {}\n// ANCHOR_END: main\n";
        let found = |listings: &[&str]| {
            let fence = |name: &&str| {
                format!("```rust\n{{{{#include ../../examples/small.rs:{name}}}}}\n```\n")
            };
            let page =
                Page::parse("book/src/c.md", &listings.iter().map(fence).collect::<String>());
            let mut problems = Problems::default();
            check_program("examples/small.rs", program, &[page], &mut problems);
            problems
        };
        found(&["a", "main"]).none();
        found(&["a"]).only("up to: fn main() {}");
        found(&["main", "a"]).only("up to: use b;");
        found(&["a", "main", "a"]).only("up to: its end");
        found(&[]).only("up to: use b;");
    }

    #[test]
    fn a_listing_that_stops_inside_a_block_is_reported() {
        let code = "// ANCHOR: part\nfor x in y {\n// ANCHOR_END: part\n}\n";
        let repo = Repository::scratch(&[("src/a.rs", code)]);
        let check = |target: &str| {
            let page = format!("# T\n```rust\n{{{{#include ../../src/{target}}}}}\n```\n");
            let mut problems = Problems::default();
            check_page(&repo, &Page::parse("book/src/c.md", &page), &mut problems);
            problems
        };
        check("a.rs").none();
        check("a.rs:part").only("c.md:3: the listing ../../src/a.rs:part ends inside a {");
    }
}
