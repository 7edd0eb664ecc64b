//! As much Markdown as the checks need: fences, code spans, headings, links.

use crate::repository::{Problems, Repository, join};

/// A page cut into code fences and the rest. Lines are numbered from 1.
pub struct Page {
    pub path: String,
    pub fences: Vec<Fence>,
    pub prose: Vec<(usize, String)>,
    /// Lines at which a fence was opened and not closed.
    pub unclosed: Vec<usize>,
}

/// A fenced block of code: what stands after the opening marks, and the lines within.
pub struct Fence {
    pub line: usize,
    pub info: String,
    pub body: Vec<(usize, String)>,
}

impl Page {
    pub fn parse(path: &str, text: &str) -> Page {
        let mut page = Page { path: path.into(), fences: vec![], prose: vec![], unclosed: vec![] };
        let mut open: Option<(String, Fence)> = None;
        for (number, line) in text.lines().enumerate().map(|(i, line)| (i + 1, line)) {
            let bare = line.trim_start_matches([' ', '\t', '>']);
            match open.take() {
                Some((marks, fence)) if closes(bare.trim_end(), &marks) => page.fences.push(fence),
                Some((marks, mut fence)) => {
                    fence.body.push((number, line.to_string()));
                    open = Some((marks, fence));
                }
                None => match opening(bare) {
                    Some((marks, info)) => {
                        let fence = Fence { line: number, info: info.to_string(), body: vec![] };
                        open = Some((marks.to_string(), fence));
                    }
                    None => page.prose.push((number, line.to_string())),
                },
            }
        }
        if let Some((_, fence)) = open {
            page.unclosed.push(fence.line);
            page.fences.push(fence);
        }
        page
    }

    pub fn folder(&self) -> &str {
        self.path.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// The names that `#…` can lead to on this page: headings as mdBook names them, and ids.
    pub fn ids(&self) -> Vec<String> {
        let mut ids: Vec<String> = Vec::new();
        for (_, line) in &self.prose {
            let hashes = line.len() - line.trim_start_matches('#').len();
            if (1..=6).contains(&hashes) && line[hashes..].starts_with(' ') {
                let id = match line.rsplit_once("{#") {
                    Some((_, id)) => id.trim_end().trim_end_matches('}').to_string(),
                    None => slug(&line[hashes..]),
                };
                let twins = ids.iter().filter(|other| **other == id).count();
                ids.push(if twins == 0 { id } else { format!("{id}-{twins}") });
            }
            for part in line.split("id=\"").skip(1) {
                ids.extend(part.split_once('"').map(|(id, _)| id.to_string()));
            }
        }
        ids
    }

    /// Where the page's links and images lead, with the line of each.
    pub fn links(&self) -> Vec<(usize, String)> {
        let mut found = Vec::new();
        for (number, line) in &self.prose {
            let line = without_code(line);
            for part in line.split("](").skip(1) {
                let target = part.split([')', ' ']).next().unwrap_or("");
                found.push((*number, target.trim_matches(['<', '>']).to_string()));
            }
            for attribute in ["href=\"", "src=\""] {
                for part in line.split(attribute).skip(1) {
                    found.extend(
                        part.split_once('"').map(|(target, _)| (*number, target.to_string())),
                    );
                }
            }
            if let Some((_, target)) =
                line.trim_start().strip_prefix('[').and_then(|rest| rest.split_once("]: "))
            {
                found.push((*number, target.trim().to_string()));
            }
        }
        found
    }
}

fn opening(line: &str) -> Option<(&str, &str)> {
    let mark = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let info = line.trim_start_matches(mark);
    let marks = &line[..line.len() - info.len()];
    (marks.len() >= 3 && !info.contains('`')).then_some((marks, info.trim()))
}

fn closes(line: &str, marks: &str) -> bool {
    line.starts_with(marks) && line.chars().all(|c| marks.starts_with(c))
}

/// What stands between backticks on a line.
pub fn code_spans(line: &str) -> Vec<&str> {
    line.split('`').skip(1).step_by(2).collect()
}

/// A line without what stands between backticks.
fn without_code(line: &str) -> String {
    line.split('`').step_by(2).collect::<Vec<_>>().join(" ")
}

/// The id that mdBook gives a heading.
fn slug(heading: &str) -> String {
    let mut text = String::new();
    let mut rest = heading.trim();
    while let Some((before, link)) = rest.split_once("](") {
        text += before;
        rest = link.split_once(')').map_or("", |(_, after)| after);
    }
    text += rest;
    let kept =
        text.chars().filter(|c| c.is_alphanumeric() || c.is_whitespace() || "_-".contains(*c));
    kept.map(|c| if c.is_whitespace() { '-' } else { c }).collect::<String>().to_lowercase()
}

/// SUMMARY.md lists every page, once, and no other.
pub fn check_summary(summary: &Page, pages: &[String], problems: &mut Problems) {
    let mut listed = Vec::new();
    for (line, target) in summary.links() {
        let path = join(summary.folder(), &target).unwrap_or_default();
        if !pages.contains(&path) {
            problems.add(&summary.path, line, format!("there is no page {target:?}"));
        }
        if listed.contains(&path) {
            problems.add(&summary.path, line, format!("{target} is listed twice"));
        }
        listed.push(path);
    }
    for page in pages.iter().filter(|page| !listed.contains(page)) {
        problems.add(page, 1, "SUMMARY.md does not list this page");
    }
}

/// Every link and image that is not on the network leads to a file and a heading that exist.
pub fn check_links(repo: &Repository, page: &Page, problems: &mut Problems) {
    for (line, link) in page.links() {
        if ["http://", "https://", "mailto:"].iter().any(|scheme| link.starts_with(scheme)) {
            continue;
        }
        let (file, fragment) = link.split_once('#').unwrap_or((&link, ""));
        let path = match file {
            "" => Some(page.path.clone()),
            file => join(page.folder(), file),
        };
        let Some(path) = path.filter(|path| repo.exists(path)) else {
            problems.add(&page.path, line, format!("the link {link:?} leads to no file"));
            continue;
        };
        if !fragment.is_empty() && path.ends_with(".md") {
            let ids = Page::parse(&path, &repo.read(&path)).ids();
            if !ids.iter().any(|id| id == fragment) {
                problems.add(&page.path, line, format!("{path} has no heading #{fragment}"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_cut_into_fences_and_prose() {
        let page =
            Page::parse("p.md", "a\n```rust\nx\n```\n> ~~~~ text\n> ```\n> ~~~~\nb\n```\nopen");
        let prose: Vec<_> = page.prose.iter().map(|(n, line)| (*n, line.as_str())).collect();
        assert_eq!(prose, [(1, "a"), (8, "b")]);
        let infos: Vec<_> =
            page.fences.iter().map(|f| (f.line, f.info.as_str(), f.body.len())).collect();
        assert_eq!(infos, [(2, "rust", 1), (5, "text", 1), (9, "", 1)]);
        assert_eq!(page.unclosed, [9]);
    }

    #[test]
    fn headings_are_named_as_mdbook_names_them() {
        let page = Page::parse(
            "p.md",
            "# The `sum`, by hand\n## A [link](x.md) in it\n## Twice\n## Twice\n## x {#own}\n<a id=\"b\">",
        );
        assert_eq!(page.ids(), ["the-sum-by-hand", "a-link-in-it", "twice", "twice-1", "own", "b"]);
    }

    #[test]
    fn broken_links_are_reported() {
        let text = "# One\n[ok](b.md#two) [out](https://x.org/y) `[code](no.md)`\n[gone](c.md)\n![image](no.svg \"t\")\n[part](b.md#three)\n[here](#one) [not here](#two)\n[ref]: d.md";
        let repo = Repository::scratch(&[("a.md", text), ("b.md", "# Two")]);
        let mut problems = Problems::default();
        check_links(&repo, &Page::parse("a.md", text), &mut problems);
        let lines: Vec<_> = problems.0.iter().map(|p| p.split(':').nth(1).unwrap()).collect();
        assert_eq!(lines, ["3", "4", "5", "6", "7"], "{:?}", problems.0);
    }

    #[test]
    fn summary_and_files_are_compared_both_ways() {
        let check = |text: &str| {
            let mut problems = Problems::default();
            check_summary(
                &Page::parse("book/src/SUMMARY.md", text),
                &["book/src/a.md".to_string()],
                &mut problems,
            );
            problems
        };
        check("- [A](a.md)").none();
        check("").only("does not list");
        check("[A](a.md)\n[B](b.md)").only("no page \"b.md\"");
        check("[A](a.md)\n[A](a.md)").only("listed twice");
    }
}
