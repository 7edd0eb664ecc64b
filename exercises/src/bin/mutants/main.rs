//! Changes each solution in every mechanical way, and sees whether the check notices.
//!
//! The mutants of an exercise become the modules of one program, which is compiled in one go; those
//! that the compiler refuses are taken out. `cargo run --profile exercise -p exercises --bin mutants`
//! does them all, and with the number of an exercise after `--` that one. It fails if a mutant
//! passes that is not among those that the exercise explains.

mod mutate;

use exercises::Task;
use exercises::course;
use exercises::exercise::folder;
use exercises::verdict::State;
use mutate::{Mutant, mutants};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::Mutex;

fn main() -> ExitCode {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let mut tasks = course();
    tasks.retain(|task| {
        !task.written() && (wanted.is_empty() || wanted.contains(&task.facts().id()))
    });
    let library = library();
    println!("exercise         mutants  no program  noticed  explained");
    // As many exercises at once as there are processors: the compiler uses one for each.
    let (tasks, total) = (Mutex::new(tasks.into_iter()), Mutex::new(Tally::default()));
    let work = || {
        let next = || tasks.lock().unwrap().next();
        while let Some(task) = next() {
            let (tally, text) = try_all(task, &library);
            let mut total = total.lock().unwrap();
            print!("{text}");
            total.count += tally.count;
            total.noticed += tally.noticed;
            total.wrong += tally.wrong;
        }
    };
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| (0..workers).for_each(|_| drop(scope.spawn(work))));
    let Tally { count, noticed, wrong } = total.into_inner().unwrap();
    println!("{noticed} of {count} mutants that change something are noticed");
    ExitCode::from(u8::from(wrong > 0))
}

/// How many mutants change something, how many of these are noticed, and what is to be put right.
#[derive(Default)]
struct Tally {
    count: usize,
    noticed: usize,
    wrong: usize,
}

/// All mutants of one exercise: the tally, and the rows that tell it.
fn try_all(task: &dyn Task, library: &Path) -> (Tally, String) {
    let facts = task.facts();
    let work = folder().join("../target/mutants").join(facts.target());
    let all = mutants(&fs::read_to_string(task.solution()).expect("a solution"));
    let program = compile(library, &work, &call_of(task), &all);
    let passing = program.kept.iter().filter(|&&number| passes(&program.path, number));
    let passing: Vec<&str> = passing.map(|&number| &*all[number].change).collect();
    let explained = |change: &str| task.equivalent().iter().any(|(known, _)| *known == change);
    let (fine, bad): (Vec<&str>, Vec<&str>) = passing.iter().partition(|c| explained(c));
    let stale: Vec<&str> = (task.equivalent().iter().map(|(known, _)| *known))
        .filter(|known| !fine.contains(known))
        .collect();
    let kept = program.kept.len();
    let tally = Tally {
        count: kept - fine.len(),
        noticed: kept - passing.len(),
        wrong: bad.len() + stale.len(),
    };
    let mut text = format!(
        "{:15}  {kept:7}  {:10}  {:7}  {:9}\n",
        facts.target(),
        all.len() - kept,
        tally.noticed,
        fine.len()
    );
    bad.iter().for_each(|change| text += &format!("    passes: {change}\n"));
    let untrue = |change| format!("    explained, and does not pass: {change}\n");
    stale.iter().for_each(|change| text += &untrue(change));
    (tally, text)
}

/// What a student's `main` does, with a limit: `chapter1::STRIDES.judge(place, …)`.
fn call_of(task: &dyn Task) -> String {
    let text = fs::read_to_string(task.file()).expect("a student's file");
    let (_, main) = text.rsplit_once("fn main() -> ExitCode {").expect("a main");
    let (exercise, answer) = main.trim().split_once(".run(").expect("a call of run");
    let answer = answer.rsplit_once(')').expect("its end").0.trim().trim_end_matches(',');
    format!("exercises::{exercise}.judge({answer}, std::time::Duration::from_secs(3))")
}

/// A program that has mutants as its modules.
struct Program {
    path: PathBuf,
    /// The numbers of those that could be compiled.
    kept: Vec<usize>,
}

/// Writes the modules and compiles, without those that the compiler refuses.
fn compile(library: &Path, work: &Path, call: &str, all: &[Mutant]) -> Program {
    let _ = fs::remove_dir_all(work);
    fs::create_dir_all(work).expect("a folder to work in");
    for (number, mutant) in all.iter().enumerate() {
        let judge = "pub fn judge() -> exercises::verdict::Verdict";
        let text = format!("{}\nuse exercises::longhand;\n{judge} {{ {call} }}\n", mutant.source);
        fs::write(work.join(format!("m{number}.rs")), text).expect("a module");
    }
    let mut kept: Vec<usize> = (0..all.len()).collect();
    let path = work.join("program");
    loop {
        let modules: String = kept.iter().map(|number| format!("mod m{number};\n")).collect();
        let list: String =
            kept.iter().map(|number| format!("({number}, m{number}::judge), ")).collect();
        let kind = "(usize, fn() -> exercises::verdict::Verdict)";
        let main = format!(
            "{modules}const ALL: &[{kind}] = &[{list}];\nfn main() {{\n    let number: usize = \
             std::env::args().nth(1).unwrap().parse().unwrap();\n    let (_, judge) = \
             ALL.iter().find(|(known, _)| *known == number).unwrap();\n    \
             std::process::exit(judge().state as i32)\n}}\n"
        );
        fs::write(work.join("main.rs"), main).expect("a program");
        let mut rustc = Command::new(std::env::var("RUSTC").unwrap_or("rustc".into()));
        rustc.args([
            "--edition=2024",
            "--cap-lints=allow",
            "--error-format=short",
            "main.rs",
            "-o",
        ]);
        rustc.arg(&path).args(["-Copt-level=1", "-Cdebug-assertions=off", "-Coverflow-checks=on"]);
        rustc.arg(format!("--extern=exercises={}", library.display())).current_dir(work);
        let deps = library.with_file_name("deps");
        let deps = if deps.is_dir() { deps } else { library.parent().expect("a folder").into() };
        let done = rustc.arg(format!("-Ldependency={}", deps.display())).output().expect("rustc");
        if done.status.success() {
            return Program { path, kept };
        }
        let says = String::from_utf8_lossy(&done.stderr);
        let refused: Vec<usize> = says.lines().filter_map(module_of).collect();
        let before = kept.len();
        kept.retain(|number| !refused.contains(number));
        assert!(kept.len() < before, "the mutants cannot be compiled:\n{says}");
    }
}

/// The number of the module that a line of the compiler complains of.
fn module_of(line: &str) -> Option<usize> {
    let (file, what) = line.split_once(".rs:")?;
    (what.contains(": error")).then(|| file.strip_prefix('m')?.parse().ok()).flatten()
}

/// Whether the check takes a mutant for right.
fn passes(program: &Path, number: usize) -> bool {
    let mut run = Command::new(program);
    run.arg(number.to_string()).stdout(Stdio::null()).stderr(Stdio::null());
    run.status().expect("the program of mutants").code() == Some(State::Solved as i32)
}

/// This package's library, as cargo has built it.
fn library() -> PathBuf {
    let mut cargo = Command::new(std::env::var("CARGO").unwrap_or("cargo".into()));
    cargo.args(["build", "--quiet", "--offline", "--profile", "exercise", "--lib"]);
    let done = cargo.arg("--message-format=json").current_dir(folder()).output().expect("cargo");
    let text = String::from_utf8_lossy(&done.stdout);
    let mut built =
        text.split('"').filter(|part| part.contains("libexercises") && part.ends_with(".rlib"));
    built.next_back().map(PathBuf::from).expect("cargo builds a library")
}
