//! Holds the book: what it shows is what the code is and what the examples print today.
//!
//! Each test reads the whole book (and README and the like) and lists everything that is wrong.
//! After a change that is meant to alter what a chapter prints or draws, run
//!
//! ```text
//! LONGHAND_BLESS=1 cargo test --test book
//! ```
//!
//! It rewrites `book/src/output/` and `book/src/figures/`; look at the difference before you
//! commit it. `LONGHAND_BLESS=chapter6` does it for one chapter, and `LONGHAND_BLESS=all` for the
//! long runs too, which are compared by `cargo test --test book -- --ignored`. Nothing here needs more than std and cargo.

#[path = "book/capture.rs"]
mod capture;
#[path = "book/captures.rs"]
mod captures;
#[path = "book/commands.rs"]
mod commands;
#[path = "book/diagrams.rs"]
mod diagrams;
#[path = "common/examples.rs"]
mod examples;
#[path = "book/glossary.rs"]
mod glossary;
#[path = "book/includes.rs"]
mod includes;
#[path = "book/listings.rs"]
mod listings;
#[path = "book/markdown.rs"]
mod markdown;
#[path = "book/masks.rs"]
mod masks;
#[path = "book/names.rs"]
mod names;
#[path = "book/repository.rs"]
mod repository;
#[path = "book/runs.rs"]
mod runs;
#[path = "book/surroundings.rs"]
mod surroundings;
#[path = "book/trust.rs"]
mod trust;

use markdown::Page;
use repository::{Problems, Repository};
use std::sync::Once;

/// The checkout; with LONGHAND_BLESS=1 once its captured outputs and figures are rewritten.
fn checkout() -> Repository {
    static BLESSED: Once = Once::new();
    let repo = Repository::here();
    if captures::blessing() {
        BLESSED.call_once(|| captures::bless(&repo).none());
    }
    repo
}

#[test]
fn every_include_shows_something() {
    let repo = checkout();
    let mut problems = Problems::default();
    for page in repo.book_pages() {
        includes::check_page(&repo, &page, &mut problems);
    }
    problems.none();
}

#[test]
fn every_anchor_is_opened_once_and_closed() {
    let repo = checkout();
    let mut problems = Problems::default();
    for folder in ["src", "examples", "exercises", "book/src/output"] {
        for path in repo.files(folder) {
            if path.ends_with(".rs") || path.ends_with(".txt") {
                let (_, found) = includes::anchors(&repo.read(&path));
                problems.extend(&path, found);
            }
        }
    }
    problems.none();
}

#[test]
fn no_rust_is_typed_by_hand() {
    let repo = checkout();
    let mut problems = Problems::default();
    for page in repo.book_pages() {
        includes::check_fences(&page, &mut problems);
    }
    problems.none();
}

#[test]
fn diagrams_follow_the_theme_and_are_shown() {
    let repo = checkout();
    let mut problems = Problems::default();
    diagrams::check(&repo, &mut problems);
    problems.none();
}

#[test]
fn no_listing_stops_inside_a_block() {
    let repo = checkout();
    let mut problems = Problems::default();
    for page in repo.book_pages() {
        listings::check_page(&repo, &page, &mut problems);
    }
    problems.none();
}

#[test]
fn small_programs_stand_on_a_page_whole() {
    let repo = checkout();
    let (pages, mut problems) = (repo.book_pages(), Problems::default());
    for path in repo.files("examples").into_iter().filter(|path| path.contains("/small_")) {
        listings::check_program(&path, &repo.read(&path), &pages, &mut problems);
    }
    problems.none();
}

#[test]
fn every_name_in_a_listing_is_explained() {
    let repo = checkout();
    let mut problems = Problems::default();
    names::check(&repo, &mut problems);
    problems.none();
}

#[test]
fn the_glossary_leads_to_its_words() {
    let repo = checkout();
    let mut problems = Problems::default();
    glossary::check(&repo, &mut problems);
    problems.none();
}

#[test]
fn the_summary_lists_what_there_is() {
    let repo = checkout();
    let summary = Page::parse("book/src/SUMMARY.md", &repo.read("book/src/SUMMARY.md"));
    let pages: Vec<String> = repo.book_pages().into_iter().map(|page| page.path).collect();
    let mut problems = Problems::default();
    markdown::check_summary(&summary, &pages, &mut problems);
    problems.none();
}

#[test]
fn every_link_leads_somewhere() {
    let repo = checkout();
    let mut problems = Problems::default();
    for page in repo.all_pages() {
        markdown::check_links(&repo, &page, &mut problems);
    }
    problems.none();
}

#[test]
fn every_command_names_something_that_exists() {
    let repo = checkout();
    let mut problems = Problems::default();
    for page in repo.all_pages() {
        commands::check_page(&repo, &page, &mut problems);
    }
    for folder in ["src", "examples", "exercises"] {
        for path in repo.files(folder).into_iter().filter(|path| path.ends_with(".rs")) {
            commands::check_source(&repo, &path, &repo.read(&path), &mut problems);
        }
    }
    problems.none();
}

#[test]
fn what_is_promised_names_what_holds_it() {
    let repo = checkout();
    let page = Page::parse("SECURITY.md", &repo.read("SECURITY.md"));
    let mut problems = Problems::default();
    trust::check_page(&repo, &page, &mut problems);
    problems.none();
}

#[test]
fn unsafe_stands_in_one_place() {
    let repo = checkout();
    let mut problems = Problems::default();
    for path in repo.files("src").into_iter().filter(|path| !path.starts_with("src/tensor/")) {
        trust::check_source(&path, &repo.read(&path), &mut problems);
    }
    problems.none();
}

#[test]
fn captured_outputs_and_figures_are_current() {
    let repo = checkout();
    if !captures::blessing() {
        captures::check(&repo).none();
    }
}

#[test]
#[ignore = "the long runs take tens of minutes"]
fn long_runs_are_current() {
    let repo = checkout();
    if !captures::blessing() {
        captures::check_long(&repo).none();
    }
}

#[test]
#[ignore = "every chapter a dozen times takes most of an hour"]
fn captured_outputs_are_the_same_everywhere() {
    captures::check_everywhere(&checkout()).none();
}

/// A result that the README quotes is a line of a captured output.
#[test]
fn the_readme_quotes_what_was_printed() {
    let repo = checkout();
    let printed: Vec<String> =
        repo.files("book/src/output").iter().map(|path| repo.read(path)).collect();
    let readme = Page::parse("README.md", &repo.read("README.md"));
    let mut problems = Problems::default();
    for fence in readme.fences.iter().filter(|fence| fence.info == "text") {
        for (line, text) in &fence.body {
            if !printed.iter().any(|output| output.lines().any(|printed| printed == text)) {
                problems.add("README.md", *line, format!("no example prints `{text}`"));
            }
        }
    }
    problems.none();
}
