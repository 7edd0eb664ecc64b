//! `cargo exercise --grade` on a folder such as a teacher gets: right, wrong, broken and tampered
//! answers, each where it may lie.

use exercises::exercise::folder;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

/// An empty folder for answers.
fn empty(name: &str) -> PathBuf {
    let answers = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&answers);
    fs::create_dir_all(&answers).unwrap();
    answers
}

fn write(path: PathBuf, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn read(inside: &str) -> String {
    fs::read_to_string(folder().join(inside)).unwrap()
}

/// What stands between the two lines of an anchor.
fn anchored<'t>(text: &'t str, anchor: &str) -> &'t str {
    let after = text.split_once(&format!("// ANCHOR: {anchor}\n")).unwrap().1;
    after.split_once(&format!("// ANCHOR_END: {anchor}\n")).unwrap().0
}

/// A student's file with this in the place of the stub.
fn answered(target: &str, answer: &str) -> String {
    let text = read(&format!("examples/{target}.rs"));
    text.replace(anchored(&text, "stub"), answer)
}

/// What the command says about these answers. All are judged in the same clean copy, so one
/// after the other.
fn graded(answers: &Path, format: &str) -> String {
    static ONE: Mutex<()> = Mutex::new(());
    let _one = ONE.lock();
    let mut command = Command::new(env!("CARGO_BIN_EXE_exercises"));
    let done = command.arg("--grade").arg(answers).arg(format).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
}

/// The line of JSON about an exercise.
#[track_caller]
fn line<'t>(json: &'t str, id: &str) -> &'t str {
    let named = format!("\"number\": \"{id}\"");
    json.lines().find(|line| line.contains(&named)).expect(id)
}

#[test]
fn answers_are_graded_by_the_checks_that_are_committed() {
    let answers = empty("answers");
    let solution = read("src/chapter1/strides/solution.rs");
    let right = answered("e1_1_strides", anchored(&solution, "solution"));
    write(answers.join("exercises/examples/e1_1_strides.rs"), &right);

    let by_columns = "fn row_sum_grad(inp: &Tensor<f64>, d_out: &Tensor<f64>) -> Tensor<f64> {\n    \
                      d_out.unsqueeze(-1).expand(inp.shape()) / inp.shape()[1] as f64\n}\n";
    write(answers.join("e3_4_row_sum.rs"), &answered("e3_4_row_sum", by_columns));

    let stub = read("examples/e1_4_tiles.rs");
    write(answers.join("examples/e1_4_tiles.rs"), &stub.replace("todo!()", "todo!("));

    // A check that takes anything, beside an answer that is wrong.
    let anything = read("src/chapter3/linear.rs").replace("trial.near(", "let _ = (");
    write(answers.join("exercises/src/chapter3/linear.rs"), &anything);
    let stub = read("examples/e3_2_linear.rs");
    let zeros = "(inp * 0.0, w * 0.0, d_out.sum_axis(0) * 0.0)";
    write(answers.join("exercises/examples/e3_2_linear.rs"), &stub.replace("todo!()", zeros));

    // A main that asks nobody.
    let stub = read("examples/e1_2_broadcast.rs");
    let (before, _) = stub.rsplit_once("fn main").unwrap();
    let asks_nobody = format!("{before}fn main() -> ExitCode {{\n    ExitCode::SUCCESS\n}}\n");
    write(answers.join("e1_2_broadcast.rs"), &asks_nobody);

    let words = read("written/e1_6_tenths.md") + "\nBecause 0.1 is not a tenth.\n";
    write(answers.join("written/e1_6_tenths.md"), &words);

    let json = graded(&answers, "--json");
    for (id, state, says) in [
        ("1.1", "solved", "exact"),
        ("3.4", "not right yet", "You divide by the number of columns."),
        ("1.4", "does not compile", "does not compile"),
        ("3.2", "not right yet", "zero everywhere"),
        ("1.2", "not right yet", "Its `main` is not the one that was handed out."),
        ("1.6", "written", "whoever reads it is the judge of it"),
        ("1.3", "not begun", "There is no answer to it."),
        ("1.7", "not begun", "There is no answer to it."),
    ] {
        let line = line(&json, id);
        assert!(line.contains(&format!("\"state\": \"{state}\"")), "{id}: {line}");
        assert!(line.contains(says), "{id} should say {says:?}: {line}");
    }
    let solved = json.matches("\"state\": \"solved\"").count();
    assert_eq!(solved, 1, "{json}");

    let gradescope = graded(&answers, "--gradescope");
    let scores = gradescope.lines().filter(|line| line.contains("\"score\""));
    let (points, none): (Vec<_>, Vec<_>) = scores.partition(|line| !line.contains("\"score\": 0,"));
    assert!(matches!(&points[..], [only] if only.contains("\"name\": \"1.1 ")), "{points:?}");
    assert!(none.len() > 10);

    let junit = graded(&answers, "--junit");
    assert!(junit.contains("failures=\"4\""), "{junit}");
}

#[test]
fn a_lone_answer_that_does_not_compile_is_a_row() {
    let answers = empty("lone");
    let stub = read("examples/e2_1_normalise.rs").replace("todo!()", "todo!(");
    write(answers.join("e2_1_normalise.rs"), &stub);
    let json = graded(&answers, "--json");
    assert!(line(&json, "2.1").contains("\"state\": \"does not compile\""), "{json}");
}
