//! The glossary: each word is found where its link leads.

use crate::markdown::Page;
use crate::repository::{Problems, Repository, join};

const GLOSSARY: &str = "book/src/glossary.md";

/// Each entry, `**Word, another.** … ([Chapter N](chapterN.md#section))`, leads somewhere, and what
/// is there says all its words.
pub fn check(repo: &Repository, problems: &mut Problems) {
    let glossary = Page::parse(GLOSSARY, &repo.read(GLOSSARY));
    for (line, text) in &glossary.prose {
        let Some((words, entry)) = text.strip_prefix("**").and_then(|text| text.split_once(".**"))
        else {
            continue;
        };
        let links = Page::parse(GLOSSARY, entry).links();
        if links.is_empty() {
            problems.add(GLOSSARY, *line, format!("{words}: on which page is it explained?"));
        }
        for (_, link) in links {
            let (file, section) = link.split_once('#').unwrap_or((&link, ""));
            let path = join(glossary.folder(), file).unwrap_or_default();
            let there = if repo.is_file(&path) { repo.read(&path) } else { String::new() };
            let there = plain(&self::section(&there, section));
            let missing = words.split(' ').map(stem).find(|word| !there.contains(word));
            if let Some(word) = missing {
                problems.add(GLOSSARY, *line, format!("{words}: {link} does not say {word:?}"));
            }
        }
    }
}

/// A word as it is looked for: `Strides,` as `stride`, `Hutchinson's` as `hutchinson`.
fn stem(word: &str) -> String {
    plain(word.trim_end_matches(',')).trim_end_matches('s').trim_end_matches('\'').to_string()
}

fn plain(text: &str) -> String {
    text.replace(['*', '’'], "").to_lowercase()
}

/// The part of a page from a heading to the next of its rank; all of it for no heading.
fn section(text: &str, id: &str) -> String {
    if id.is_empty() {
        return text.to_string();
    }
    let rank = |line: &str| line.len() - line.trim_start_matches('#').len();
    let is_heading =
        |line: &str| (1..=6).contains(&rank(line)) && line[rank(line)..].starts_with(' ');
    let mut found = String::new();
    let mut inside = None;
    for line in text.lines() {
        if is_heading(line) {
            match inside {
                Some(outer) if rank(line) <= outer => break,
                None if Page::parse("", line).ids().iter().any(|own| own == id) => {
                    inside = Some(rank(line));
                }
                _ => {}
            }
        }
        if inside.is_some() {
            found += line;
            found.push('\n');
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(entry: &str) -> Problems {
        let page = "# One\n## A block\nThe *strides* of it, row-major.\n### Its axes\nan axis\n## Sums\nadd\n";
        let repo = Repository::scratch(&[("book/src/one.md", page), (GLOSSARY, entry)]);
        let mut problems = Problems::default();
        check(&repo, &mut problems);
        problems
    }

    #[test]
    fn a_word_is_looked_for_where_the_link_leads() {
        found("# Glossary\n**Strides.** Steps. ([One](one.md#a-block))").none();
        found("**Row-major, axis.** Both. ([One](one.md#a-block), [one](one.md))").none();
        found("**Strides.** Steps. ([One](one.md#sums))")
            .only("one.md#sums does not say \"stride\"");
        found("**Block sums.** Steps. ([One](one.md#a-block))").only("does not say \"sum\"");
        found("**Strides.** Steps.").only("on which page");
        found("**Strides.** Steps. ([One](two.md))").only("two.md does not say");
    }
}
