//! What an exercise is, and how an answer to it is judged. `exercises/README.md` has a template.
//!
//! An answer is a value: a function, or a few of them in a struct. So one check judges whatever is
//! handed to it, the student's answer, our own, and wrong ones.

use crate::trial::Trial;
use crate::verdict::{State, Verdict};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// What is known of an exercise without an answer to it.
#[derive(Clone, Copy, Debug)]
pub struct Facts {
    /// Chapter and number within it.
    pub number: (usize, usize),
    /// One word, as in the name of its file.
    pub name: &'static str,
    /// A few words.
    pub title: &'static str,
    /// How long it takes.
    pub minutes: u32,
    /// What it is worth.
    pub points: u32,
    /// The heading in the chapter under which it is explained.
    pub see: &'static str,
    /// What to say to somebody who is stuck.
    pub hint: &'static str,
}

/// What can be an answer: a function, or a struct of functions.
pub trait Answer: Copy + Send + Sync + 'static {}

impl<F: Copy + Send + Sync + 'static> Answer for F {}

/// An exercise whose answer is a program, of type `F`.
#[derive(Debug)]
pub struct Exercise<F: 'static> {
    /// What is known without an answer.
    pub facts: Facts,
    /// Functions of the crate that would be the answer, so that they may not be called.
    pub refused: &'static [&'static str],
    /// Calls the answer and records what it gives.
    pub check: fn(F, &mut Trial),
    /// Our answer, in `solution.rs`.
    pub solution: F,
    /// Another right answer in another style, in `second.rs`.
    pub second: F,
    /// The mistakes that are usual here.
    pub mistakes: &'static [Mistake<F>],
    /// Other wrong answers, each with words of what must be said of it: for the tests.
    pub wrong: &'static [(F, &'static str)],
    /// Changes to the solution that change nothing, each with the reason: for the mutants.
    pub equivalent: &'static [(&'static str, &'static str)],
}

/// A mistake that is usual in one exercise: an answer that makes it.
#[derive(Debug)]
pub struct Mistake<F> {
    /// What it gives.
    pub answer: F,
    /// What is wrong with it, and why.
    pub says: &'static str,
    /// The heading in the chapter to read again, if it is another than the exercise's.
    pub see: Option<&'static str>,
}

/// An exercise whose answer is written in words, into a file of its own.
#[derive(Debug)]
pub struct Written {
    /// What is known without an answer.
    pub facts: Facts,
}

/// How long an answer may take before it is stopped. Ours take less than two seconds; so this ends
/// loops that do not end, and judges nothing.
const LIMIT: Duration = Duration::from_secs(30);

/// The folder of this package.
pub fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

impl Facts {
    /// `3.2`.
    pub fn id(&self) -> String {
        format!("{}.{}", self.number.0, self.number.1)
    }

    /// `e3_2_linear`, what cargo calls it.
    pub fn target(&self) -> String {
        format!("e{}_{}_{}", self.number.0, self.number.1, self.name)
    }
}

impl<F: Answer> Exercise<F> {
    /// Judges an answer and says how it went: the `main` of a student's file.
    pub fn run(&'static self, answer: F) -> ExitCode {
        let mut verdict = self.judge(answer, LIMIT);
        if let (State::Solved, Some(called)) = (verdict.state, self.called()) {
            let text = format!("It calls `{called}`, which is the answer. Write it yourself.\n");
            verdict = Verdict { state: State::Wrong, says: vec![text.clone()], text };
        }
        println!("{} {}: {}\n\n{}", self.facts.id(), self.facts.title, verdict.state, verdict.text);
        ExitCode::from(verdict.state as u8)
    }

    /// The verdict on an answer; too slow, if there is none after this time.
    pub fn judge(&'static self, answer: F, limit: Duration) -> Verdict {
        let (send, receive) = mpsc::channel();
        let work = move || {
            let trial = self.trial(answer);
            let _ = send.send(Verdict::on(self, &trial)); // nobody waits any more
        };
        let thread = thread::Builder::new().stack_size(64 << 20).spawn(work);
        drop(thread.expect("a thread"));
        receive.recv_timeout(limit).unwrap_or_else(|_| Verdict::too_slow(limit))
    }

    /// What an answer gives in all cases.
    pub fn trial(&self, answer: F) -> Trial {
        let mut trial = Trial::default();
        (self.check)(answer, &mut trial);
        trial
    }

    /// The name that the student's file may not call, if it does.
    fn called(&self) -> Option<&'static str> {
        let text = std::fs::read_to_string(self.file()).ok()?;
        self.refused.iter().find(|name| calls(&text, name)).copied()
    }
}

/// Whether a program calls a function of this name, or one in a module of this name.
fn calls(text: &str, name: &str) -> bool {
    let code: Vec<&str> = text.lines().filter_map(|line| line.split("//").next()).collect();
    let code = code.join("\n");
    code.match_indices(name).any(|(at, _)| {
        let (before, after) = (&code[..at], &code[at + name.len()..]);
        let begins = !before.ends_with(|c: char| c.is_alphanumeric() || c == '_');
        begins && !before.ends_with("fn ") && after.starts_with(['(', ':'])
    })
}

/// An exercise whatever the type of its answer: what the commands and the tests need.
pub trait Task: Sync {
    /// What is known of it.
    fn facts(&self) -> &Facts;

    /// The student's file.
    fn file(&self) -> PathBuf;

    /// Our answer.
    fn solution(&self) -> PathBuf {
        let Facts { number: (chapter, _), name, .. } = self.facts();
        folder().join(format!("src/chapter{chapter}/{name}/solution.rs"))
    }

    /// Whether the answer is words.
    fn written(&self) -> bool {
        false
    }

    /// For the tests: the verdicts on the two right answers.
    fn right_answers(&'static self) -> Vec<(&'static str, Verdict)> {
        Vec::new()
    }

    /// For the tests: the verdict on each wrong answer, and words that it must say.
    fn wrong_answers(&'static self) -> Vec<(&'static str, Verdict)> {
        Vec::new()
    }

    /// The changes to the solution that change nothing.
    fn equivalent(&self) -> &'static [(&'static str, &'static str)] {
        &[]
    }

    /// The headings that it points to.
    fn headings(&self) -> Vec<&'static str> {
        vec![self.facts().see]
    }
}

impl<F: Answer> Task for Exercise<F> {
    fn facts(&self) -> &Facts {
        &self.facts
    }

    fn file(&self) -> PathBuf {
        folder().join(format!("examples/{}.rs", self.facts.target()))
    }

    fn right_answers(&'static self) -> Vec<(&'static str, Verdict)> {
        let both = [("solution", self.solution), ("second", self.second)];
        both.map(|(name, answer)| (name, self.judge(answer, LIMIT))).into()
    }

    fn wrong_answers(&'static self) -> Vec<(&'static str, Verdict)> {
        let usual = self.mistakes.iter().map(|mistake| (mistake.answer, mistake.says));
        let all = usual.chain(self.wrong.iter().copied());
        all.map(|(answer, says)| (says, self.judge(answer, LIMIT))).collect()
    }

    fn equivalent(&self) -> &'static [(&'static str, &'static str)] {
        self.equivalent
    }

    fn headings(&self) -> Vec<&'static str> {
        self.mistakes.iter().filter_map(|m| m.see).chain([self.facts.see]).collect()
    }
}

impl Task for Written {
    fn facts(&self) -> &Facts {
        &self.facts
    }

    fn file(&self) -> PathBuf {
        folder().join(format!("written/{}.md", self.facts.target()))
    }

    fn solution(&self) -> PathBuf {
        let Facts { number: (chapter, _), name, .. } = self.facts;
        folder().join(format!("src/chapter{chapter}/{name}.md"))
    }

    fn written(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_seen_and_a_definition_is_not() {
        for text in ["by_hand::lin_grad(x)", "    lin_grad(x)", "a.lin_grad(b)"] {
            assert!(calls(text, "lin_grad"), "{text}");
        }
        assert!(calls("by_hand::mse(x)", "by_hand"));
        for text in ["fn lin_grad(x: f64)", "my_lin_grad(x)", "// lin_grad(x)", "run(lin_grad)"] {
            assert!(!calls(text, "lin_grad"), "{text}");
        }
    }
}
