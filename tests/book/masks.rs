//! How two texts are compared: an output today, and the one that the book shows.
//!
//! Around each section of an output, which begins with a line `── title ──…`, the book has the
//! lines `ANCHOR: slug-of-the-title` and `ANCHOR_END: slug-of-the-title`. They are no part of what
//! is compared.
//!
//! Neither is what was measured. The examples mark it: a measured figure begins with `~`, and goes
//! on to the next gap between two columns, the next comma, semicolon or bracket, or the end of the
//! line. Where something was measured, the columns of the table have another width each time; so
//! in such a paragraph, and in no other, the number of spaces and the length of rules is nothing
//! to go by either.

use crate::includes::marker;

/// Puts anchors around the sections of an output.
pub fn with_anchors(output: &str) -> Result<String, String> {
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

pub fn without_anchors(text: &str) -> String {
    let is_anchor =
        |line: &&str| marker(line, "ANCHOR:").is_some() || marker(line, "ANCHOR_END:").is_some();
    text.lines().filter(|line| !is_anchor(line)).map(|line| format!("{line}\n")).collect()
}

/// `Two gradients, by hand ───` gives `two-gradients-by-hand`.
fn slug(title: &str) -> String {
    let words = title.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-").to_lowercase()
}

/// The lines of a text without what differs from run to run.
fn masked(lines: &[&str]) -> Vec<String> {
    let paragraphs = lines.split_inclusive(|line| line.trim().is_empty());
    let mask = |paragraph: &[&str]| -> Vec<String> {
        match paragraph.iter().any(|line| line.contains('~')) {
            true => paragraph.iter().map(|line| squeezed(&unmeasured(line))).collect(),
            false => paragraph.iter().map(|line| line.trim_end().to_string()).collect(),
        }
    };
    paragraphs.flat_map(mask).collect()
}

/// The line with a bare `~` for each measured figure.
fn unmeasured(line: &str) -> String {
    let (mut kept, mut rest) = (String::new(), line);
    while let Some(mark) = rest.find('~') {
        kept += &rest[..=mark];
        rest = &rest[mark + 1..];
        let ends = ["  ", ", ", "; ", " (", ")"].iter().filter_map(|end| rest.find(end));
        rest = &rest[ends.min().unwrap_or(rest.len())..];
    }
    kept + rest
}

/// The line with one space for each run of them, and one `─` for each rule.
fn squeezed(line: &str) -> String {
    let mut short = String::new();
    for c in line.trim().chars() {
        if !(" ─".contains(c) && short.ends_with(c)) {
            short.push(c);
        }
    }
    short
}

/// The lines that differ, `-` then `+`, with one line of context; `None` if nothing differs.
pub fn difference(book: &str, now: &str) -> Option<String> {
    let (book, now): (Vec<&str>, Vec<&str>) =
        (book.trim_end().lines().collect(), now.trim_end().lines().collect());
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
    fn measured_figures_are_masked_and_nothing_else() {
        for (line, expected) in [
            ("einsum   ~595.0 ms  ~2,020.25 µs  yes", "einsum   ~  ~  yes"),
            ("naive: ~12.5 GFLOP/s (~41.0 % of peak), 3 runs", "naive: ~ (~), 3 runs"),
            ("trained in ~26.5 s", "trained in ~"),
            ("~213 µs by hand, ~220 µs by tape", "~, ~"),
            ("97.90 %, 3.2× and 5 s are compared", "97.90 %, 3.2× and 5 s are compared"),
        ] {
            assert_eq!(unmeasured(line), expected);
        }
    }

    #[test]
    fn spacing_counts_except_where_something_was_measured() {
        let table = |time: &str, rule: &str| format!("way  {time}\n{rule}\n\nloss  0.1\n");
        assert_eq!(difference(&table("~1 ms", "───"), &table("    ~12.5 s", "─────────")), None);
        assert!(difference("loss  0.1\n", "loss 0.1\n").is_some());
        assert!(difference("──\n", "───\n").is_some());
    }

    #[test]
    fn a_change_is_shown_and_a_timing_is_not() {
        assert_eq!(difference("a\nt  ~3 ms\n", "a\nt ~41.5µs"), None);
        let shown = difference("a\nb\nloss 0.1\nt ~3 ms\nz\n", "a\nb\nloss 0.2\nt ~4 ms\nz\n");
        assert_eq!(shown.unwrap(), "      b\n    - loss 0.1\n    + loss 0.2\n      t ~3 ms\n");
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
}
