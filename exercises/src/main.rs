//! `cargo exercise`: shows how the course stands, judges an answer, collects and grades.

mod command {
    pub(crate) mod formats;
    pub(crate) mod grade;
    pub(crate) mod programs;
    pub(crate) mod watch;
}

use command::formats;
use command::programs::{Outcome, root, run_all, run_one};
use exercises::exercise::Facts;
use exercises::verdict::wrapped;
use exercises::{Task, course};
use longhand::cli::{Arguments, Program};
use longhand::report::Table;
use longhand::{Error, ErrorKind, Result};
use std::path::Path;
use std::process::ExitCode;

const OPTIONS: &[(&str, &str)] = &[
    ("--hint", "with a number: a hint"),
    ("--solution", "with a number: our answer; try first"),
    (
        "--watch",
        "judges again whenever the file is saved, and goes on to the next when it is solved",
    ),
    ("--json", "the whole course for another program"),
    ("--junit", "the same as JUnit's XML"),
    ("--gradescope", "the same as Gradescope's results.json"),
    (
        "--grade DIR",
        "takes the answers in DIR into a clean copy of this repository, and judges them",
    ),
];

fn main() -> ExitCode {
    let rows = course().into_iter().map(|task| {
        let Facts { name, title, .. } = task.facts();
        (&*task.facts().id().leak(), &*format!("{name}: {title}").leak())
    });
    let program = Program {
        name: "cargo exercise",
        title: "The exercises of Longhand",
        about: "Without a number: how each exercise stands. With one: judges the answer. It ends \
                with 0 if that is right, 1 if it is wrong, 2 if it is not begun, 3 if it does not \
                compile, 4 if it does not end.",
        choices: rows.collect::<Vec<_>>().leak(),
        options: OPTIONS,
    };
    program.run(|arguments| {
        let chosen = course()
            .into_iter()
            .find(|task| arguments.choice().is_some_and(|number| number == task.facts().id()));
        match chosen {
            Some(task) => one(task, arguments),
            None => all(arguments),
        }
    })
}

/// What is asked of one exercise.
fn one(task: &'static dyn Task, arguments: &Arguments) -> Result<()> {
    if arguments.has("--hint") {
        print!("{}", wrapped(task.facts().hint));
    } else if arguments.has("--solution") {
        let file = task.solution();
        print!("{}", std::fs::read_to_string(&file).map_err(|e| Error::io(file.display(), e))?);
    } else if arguments.has("--watch") {
        command::watch::watch(task)?;
    } else {
        let outcome = run_one(&root(), task, true)?;
        print!("{}", outcome.output);
        std::process::exit(outcome.state as i32);
    }
    Ok(())
}

/// What is asked of the whole course.
fn all(arguments: &Arguments) -> Result<()> {
    if let Some(option) = ["--hint", "--solution"].into_iter().find(|o| arguments.has(o)) {
        return Err(Error::new(ErrorKind::Argument, option)
            .found("no number of an exercise")
            .expected("one, as in `cargo exercise 1.1 --hint`"));
    }
    if arguments.has("--watch") {
        let outcomes = run_all(&root())?;
        let open = outcomes.iter().find(|outcome| !outcome.done());
        return command::watch::watch(open.unwrap_or(&outcomes[0]).task);
    }
    let outcomes = match arguments.value("--grade") {
        Some(folder) => command::grade::grade(Path::new(folder))?,
        None => run_all(&root())?,
    };
    match () {
        () if arguments.has("--json") => print!("{}", formats::json(&outcomes)),
        () if arguments.has("--junit") => print!("{}", formats::junit(&outcomes)),
        () if arguments.has("--gradescope") => print!("{}", formats::gradescope(&outcomes)),
        () => print!("{}", table(&outcomes)),
    }
    Ok(())
}

/// The course as it stands.
fn table(outcomes: &[Outcome]) -> Table {
    let mut table = Table::new(["", "exercise", "minutes", "state"]);
    for outcome in outcomes {
        let facts = outcome.task.facts();
        table.push([facts.id(), facts.title.into(), facts.minutes.to_string(), outcome.label()]);
    }
    let done = outcomes.iter().filter(|outcome| outcome.done()).count();
    let minutes: u32 = outcomes.iter().map(|outcome| outcome.task.facts().minutes).sum();
    table.footer(["", "", &minutes.to_string(), &format!("{done} of {}", outcomes.len())])
}
