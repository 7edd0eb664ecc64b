//! The verdict on an answer, and the words for it: what agrees, what does not, and which mistake
//! gives just that.

use crate::exercise::{Answer, Exercise, Facts, Mistake};
use crate::trial::{CALL, Case, Record, Trial};
use crate::usual::usual;
use crate::value::Within;
use std::collections::BTreeMap;
use std::fmt::{self, Write};
use std::time::Duration;

/// How an exercise stands, numbered as the exit code of its program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Everything agrees.
    Solved = 0,
    /// Something does not.
    Wrong = 1,
    /// A `todo!()` was met.
    NotBegun = 2,
    /// The compiler refuses it.
    DoesNotCompile = 3,
    /// It did not end in time.
    TooSlow = 4,
}

impl State {
    /// The state that an exit code stands for; whatever is unknown is wrong.
    pub fn of(code: Option<i32>) -> State {
        match code {
            Some(0) => State::Solved,
            Some(2) => State::NotBegun,
            Some(3) => State::DoesNotCompile,
            Some(4) => State::TooSlow,
            _ => State::Wrong,
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            State::Solved => "solved",
            State::Wrong => "not right yet",
            State::NotBegun => "not begun",
            State::DoesNotCompile => "does not compile",
            State::TooSlow => "too slow",
        })
    }
}

/// The verdict on an answer.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// How it stands.
    pub state: State,
    /// The mistakes that were named.
    pub says: Vec<String>,
    /// All that is to be read.
    pub text: String,
}

impl Verdict {
    /// The verdict on an answer that gave this.
    pub fn on<F: Answer>(exercise: &'static Exercise<F>, trial: &Trial) -> Verdict {
        let mut text = String::new();
        if trial.not_begun() {
            let file = format!("exercises/examples/{}.rs", exercise.facts.target());
            let text = format!("There is a `todo!()` in {file}: your answer goes there.\n");
            return Verdict { state: State::NotBegun, says: Vec::new(), text };
        }
        let wrong = |part: &&str| trial.of(part).iter().any(|record| !record.right());
        let parts = trial.parts();
        let width = parts.iter().map(|part| part.chars().count()).max().unwrap_or(0);
        for part in &parts {
            let _ = writeln!(text, "  {part:width$}  {}", summary(&trial.of(part)));
        }
        let spoilt: Vec<&str> = parts.iter().copied().filter(wrong).collect();
        for part in &spoilt {
            text += &example(trial, part);
        }
        let named = mistakes(exercise, trial, &spoilt);
        let says = named.iter().map(|(says, _)| says.clone()).collect();
        let state = if spoilt.is_empty() { State::Solved } else { State::Wrong };
        if state == State::Wrong {
            text += &diagnosis(&exercise.facts, &named, spoilt == [CALL]);
        }
        Verdict { state, says, text }
    }

    /// The verdict on an answer that does not come.
    pub fn too_slow(limit: Duration) -> Verdict {
        let text = wrapped(&format!(
            "No answer after {} seconds. It need not be fast, so this is probably a loop that \
             does not end.",
            limit.as_secs()
        ));
        Verdict { state: State::TooSlow, says: Vec::new(), text }
    }
}

/// How a part did: `exact`, or how far it is off.
fn summary(records: &[&Record]) -> String {
    let wrong = records.iter().filter(|record| !record.right()).count();
    let mut cases: Vec<usize> = records.iter().map(|record| record.case).collect();
    cases.dedup();
    let cases = match cases.len() {
        1 => "1 case".into(),
        count => format!("{count} cases"),
    };
    if wrong > 0 {
        return format!(
            "does not agree: {wrong} of {} comparisons fail, in {cases}",
            records.len()
        );
    }
    // Nearness to finite differences tells nothing where there is something exact.
    let share = |record: &&&Record| match record.within {
        Within::Bits => 0.0,
        Within::Share(share) => share,
    };
    let least = records.iter().map(|record| share(&record)).fold(f64::INFINITY, f64::min);
    let exact = records.iter().filter(|record| share(record) == least);
    match exact.map(|r| r.found.distance(&r.expected)).fold(0.0, f64::max) {
        0.0 => format!("exact, in {cases}"),
        distance => format!("agrees in {cases}, largest difference {distance:.0e}"),
    }
}

/// The case to look at: one for paper if one is wrong, else the first.
fn example(trial: &Trial, part: &str) -> String {
    let wrong: Vec<_> = trial.of(part).into_iter().filter(|record| !record.right()).collect();
    let on_paper = wrong.iter().find(|record| trial.cases[record.case].paper);
    let Some(record) = on_paper.or(wrong.first()) else { return String::new() };
    let Case { about, paper, .. } = &trial.cases[record.case];
    let about = match paper {
        true => format!("\nTo do on paper: {about}\n"),
        false => format!("\nWith {about}\n"),
    };
    about + &difference(part, record, *paper)
}

/// Where a result differs: whole on paper, else its first place.
fn difference(part: &str, record: &Record, whole: bool) -> String {
    let (found, expected) = (&record.found, &record.expected);
    let shapes = (found.numbers(), expected.numbers());
    if let (Some((shape, _)), Some((other, _))) = shapes
        && shape != other
        && !whole
    {
        return format!("  {part} should have the shape {other:?}, and has {shape:?}\n");
    }
    let (Some((shape, ours)), Some((_, theirs)), false) = (shapes.0, shapes.1, whole) else {
        return match part {
            CALL => format!("  your function ends in {found}\n"),
            _ => format!(
                "  {part} should be {expected}\n  {:1$} and is {found}\n",
                "",
                part.chars().count() + 3
            ),
        };
    };
    let apart: Vec<usize> = record.within.apart(ours, theirs).collect();
    let place = apart[0];
    format!(
        "  {part} should be {} at {:?}, and is {}; {} of {} numbers differ\n",
        theirs[place],
        indices(shape, place),
        ours[place],
        apart.len(),
        ours.len()
    )
}

/// The indices of a place in the line.
fn indices(shape: &[usize], mut place: usize) -> Vec<usize> {
    let mut indices = vec![0; shape.len()];
    for (index, size) in indices.iter_mut().zip(shape).rev() {
        *index = place % size;
        place /= size;
    }
    indices
}

/// The mistakes that give just what was found, in every case: what each says, and where to read
/// again. First those of the exercise that explain everything, also what is right; then those that
/// explain a part that is wrong; and for what is left the usual ones.
fn mistakes<F: Answer>(
    exercise: &'static Exercise<F>,
    trial: &Trial,
    spoilt: &[&str],
) -> Vec<(String, &'static str)> {
    let see = |mistake: &Mistake<F>| mistake.see.unwrap_or(exercise.facts.see);
    let own: Vec<_> = exercise.mistakes.iter().map(|m| (m, exercise.trial(m.answer))).collect();
    let explains = |theirs: &Trial, part: &&str| trial.same_in(part, theirs);
    let all = own.iter().filter(|(_, theirs)| trial.parts().iter().all(|p| explains(theirs, p)));
    let all: Vec<_> = all.map(|(m, _)| (m.says.to_string(), see(m))).collect();
    if !all.is_empty() {
        return all;
    }
    let one = own.iter().filter(|(_, theirs)| spoilt.iter().any(|part| explains(theirs, part)));
    let mut named: Vec<_> = one.map(|(m, _)| (m.says.to_string(), see(m))).collect();
    let left = |part: &&str| !own.iter().any(|(_, theirs)| explains(theirs, part));
    let left: Vec<&str> = spoilt.iter().copied().filter(left).collect();
    let mut parts: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for part in &left {
        for usual in usual(&trial.cases, &trial.of(part)) {
            parts.entry(usual.says).or_default().push(part);
        }
    }
    if parts.values().any(|parts| *parts == left) {
        parts.retain(|_, parts| *parts == left);
    }
    let usual = parts.into_iter().map(|(says, parts)| says.replace("{}", &parts.join(", ")));
    named.extend(usual.map(|says| (says, exercise.facts.see)));
    named
}

/// The named mistakes, or that there is none.
fn diagnosis(facts: &Facts, named: &[(String, &str)], panic: bool) -> String {
    let mut text = String::from("\n");
    match named {
        [] if panic => text += "What it panicked with should tell why.\n",
        [] => text += "No usual mistake gives just this.\n",
        [_] => {}
        _ => text += "More than one mistake is here, or could have given this:\n\n",
    }
    let chapter = facts.number.0;
    let said =
        |(says, see): &(String, &str)| wrapped(&format!("{says} (Chapter {chapter}, \"{see}\".)"));
    text += &named.iter().map(said).collect::<Vec<_>>().join("\n");
    let _ = write!(text, "\nA hint: cargo exercise {} --hint\n", facts.id());
    text
}

/// The text in lines of up to 80 columns.
pub fn wrapped(text: &str) -> String {
    let (mut lines, mut column) = (String::new(), 0);
    for word in text.split_whitespace() {
        let width = word.chars().count();
        if column > 0 && column + 1 + width > 80 {
            lines.push('\n');
            column = 0;
        } else if column > 0 {
            lines.push(' ');
            column += 1;
        }
        lines += word;
        column += width;
    }
    lines + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_has_its_indices() {
        assert_eq!(indices(&[2, 3], 4), [1, 1]);
        assert_eq!(indices(&[], 0), [0_usize; 0]);
    }

    #[test]
    fn a_state_is_its_exit_code() {
        use State::*;
        for state in [Solved, Wrong, NotBegun, DoesNotCompile, TooSlow] {
            assert_eq!(State::of(Some(state as i32)), state);
        }
        assert_eq!(State::of(None), Wrong);
    }
}
