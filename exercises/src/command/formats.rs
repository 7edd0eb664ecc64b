//! The course as other programs want it: JSON, JUnit's XML, Gradescope's `results.json`.

use super::programs::Outcome;
use std::fmt::Write;

/// An array with an object for each exercise.
pub(crate) fn json(outcomes: &[Outcome]) -> String {
    let rows = outcomes.iter().map(|outcome| {
        let facts = outcome.task.facts();
        format!(
            "  {{\"number\": {}, \"name\": {}, \"title\": {}, \"minutes\": {}, \"points\": {}, \
             \"state\": {}, \"output\": {}}}",
            quoted(&facts.id()),
            quoted(facts.name),
            quoted(facts.title),
            facts.minutes,
            facts.points,
            quoted(&outcome.label()),
            quoted(&outcome.output)
        )
    });
    format!("[\n{}\n]\n", rows.collect::<Vec<_>>().join(",\n"))
}

/// What Gradescope's autograder reads. Written answers are graded by hand, and left out.
pub(crate) fn gradescope(outcomes: &[Outcome]) -> String {
    let rows = outcomes.iter().filter(|outcome| !outcome.task.written()).map(|outcome| {
        let facts = outcome.task.facts();
        format!(
            "  {{\"name\": {}, \"score\": {}, \"max_score\": {}, \"output\": {}, \
             \"visibility\": \"visible\"}}",
            quoted(&format!("{} {}", facts.id(), facts.title)),
            if outcome.done() { facts.points } else { 0 },
            facts.points,
            quoted(&outcome.output)
        )
    });
    format!("{{\"tests\": [\n{}\n]}}\n", rows.collect::<Vec<_>>().join(",\n"))
}

/// A test suite: what is not begun, or is only written, counts as skipped.
pub(crate) fn junit(outcomes: &[Outcome]) -> String {
    use exercises::verdict::State;
    let mut rows = String::new();
    let (mut failed, mut skipped) = (0, 0);
    for outcome in outcomes {
        let facts = outcome.task.facts();
        let inner = match outcome.state {
            _ if outcome.task.written() => "<skipped/>".into(),
            State::Solved => String::new(),
            State::NotBegun => "<skipped/>".into(),
            state => format!("<failure message=\"{state}\">{}</failure>", escaped(&outcome.output)),
        };
        failed += usize::from(inner.starts_with("<failure"));
        skipped += usize::from(inner.starts_with("<skipped"));
        let (class, name) = (format!("chapter{}", facts.number.0), facts.name);
        let _ =
            writeln!(rows, "  <testcase classname=\"{class}\" name=\"{name}\">{inner}</testcase>");
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"exercises\" tests=\"{}\" \
         failures=\"{failed}\" skipped=\"{skipped}\">\n{rows}</testsuite>\n",
        outcomes.len()
    )
}

/// A string of JSON.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted += "\\n",
            c if c < ' ' => drop(write!(quoted, "\\u{:04x}", c as u32)),
            c => quoted.push(c),
        }
    }
    quoted + "\""
}

/// Text of XML. What XML cannot hold is left out.
fn escaped(text: &str) -> String {
    let text: String = text.chars().filter(|&c| c >= ' ' || c == '\n' || c == '\t').collect();
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_a_meaning_is_escaped() {
        assert_eq!(quoted("a \"b\"\\\n\u{1b}é"), r#""a \"b\"\\\n\u001bé""#);
        assert_eq!(escaped("a<b> & \u{1b}c"), "a&lt;b&gt; &amp; c");
    }
}
