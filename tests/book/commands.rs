//! Commands, scripts, paths and environment variables that the prose names.

use crate::markdown::{Page, code_spans};
use crate::repository::{Problems, Repository, join};

/// Cargo's own commands that the prose may use.
const CARGO: &[&str] = &[
    "run", "test", "bench", "build", "check", "clippy", "doc", "fmt", "clean", "add", "new",
    "install",
];

/// Checks the console blocks and the code spans of a page.
pub fn check_page(repo: &Repository, page: &Page, problems: &mut Problems) {
    for fence in &page.fences {
        for (line, text) in &fence.body {
            let command = match fence.info.as_str() {
                "console" => text.trim_start().strip_prefix("$ "),
                "sh" | "bash" | "shell" => Some(text.as_str()),
                _ => None,
            };
            if let Some(command) = command {
                check(repo, command, &page.path, *line, problems);
            }
            check_variables(repo, text, &page.path, *line, problems);
        }
    }
    for (line, text) in &page.prose {
        check_prose(repo, text, &page.path, *line, problems);
    }
}

/// Checks the comments of a source file, and the variables anywhere in it.
pub fn check_source(repo: &Repository, path: &str, text: &str, problems: &mut Problems) {
    for (number, line) in text.lines().enumerate().map(|(i, line)| (i + 1, line)) {
        match line.trim_start().strip_prefix("//") {
            Some(comment) => check_prose(repo, comment, path, number, problems),
            None => check_variables(repo, line, path, number, problems),
        }
    }
}

fn check_prose(repo: &Repository, text: &str, path: &str, line: usize, problems: &mut Problems) {
    for span in code_spans(text) {
        match span.contains(' ') {
            true => check(repo, span, path, line, problems),
            false => check_path(
                repo,
                span.split([':', '(']).next().unwrap_or(span),
                path,
                line,
                problems,
            ),
        }
    }
    check_variables(repo, text, path, line, problems);
}

/// Checks what may be a command, as written after a `$ `.
fn check(repo: &Repository, text: &str, path: &str, line: usize, problems: &mut Problems) {
    let text = text.split(" # ").next().unwrap_or(text);
    for command in text.split(['|', ';', '&']) {
        let is_variable = |word: &&str| word.contains('=') && word.starts_with(char::is_uppercase);
        let words: Vec<&str> = command.split_whitespace().skip_while(is_variable).collect();
        match words.first() {
            Some(&"cargo") if words.len() > 1 => {
                if let Err(what) = check_cargo(repo, &words[1..]) {
                    problems.add(path, line, format!("`{}`: {what}", words.join(" ")));
                }
            }
            Some(&("python3" | "bash" | "sh")) => {
                words.get(1).inspect(|script| check_path(repo, script, path, line, problems));
            }
            Some(script) => check_path(repo, script, path, line, problems),
            None => {}
        }
    }
}

/// Checks a cargo command, from the word after `cargo` on.
fn check_cargo(repo: &Repository, words: &[&str]) -> Result<(), String> {
    let words: Vec<&str> = words
        .iter()
        .copied()
        .filter(|word| !word.starts_with('+'))
        .take_while(|word| *word != "--")
        .collect();
    let Some(command) = words.first() else { return Ok(()) };
    if *command == "exercise" {
        return check_exercise(repo, &words[1..]);
    }
    if !CARGO.contains(command) {
        return Err(format!("cargo has no command {command}"));
    }
    let value =
        |option: &str| words.iter().position(|w| *w == option).and_then(|at| words.get(at + 1));
    let manifest = match (value("--manifest-path"), value("-p")) {
        (Some(manifest), _) => manifest.to_string(),
        (None, Some(member)) => format!("{member}/Cargo.toml"),
        (None, None) => "Cargo.toml".into(),
    };
    if !repo.is_file(&manifest) {
        return Err(format!("there is no {manifest}"));
    }
    let package = manifest.trim_end_matches("Cargo.toml");
    if *command == "bench" && !has_benches(repo, package) {
        return Err("no benchmark is declared in that package: which --manifest-path?".into());
    }
    for (option, folder) in [
        ("--example", "examples"),
        ("--test", "tests"),
        ("--bench", "benches"),
        ("--bin", "src/bin"),
    ] {
        for at in words.iter().enumerate().filter(|(_, word)| **word == option).map(|(at, _)| at) {
            let name = *words.get(at + 1).ok_or(format!("{option} names nothing"))?;
            let files = [
                format!("{package}{folder}/{name}.rs"),
                format!("{package}{folder}/{name}/main.rs"),
            ];
            let declared = || {
                repo.read(&format!("{package}Cargo.toml")).contains(&format!("name = \"{name}\""))
            };
            if !placeholder(name) && !files.iter().any(|file| repo.is_file(file)) && !declared() {
                return Err(format!("there is no {}", files[0]));
            }
        }
    }
    Ok(())
}

/// Checks what follows `cargo exercise`: the number of an exercise, and options.
fn check_exercise(repo: &Repository, words: &[&str]) -> Result<(), String> {
    let settings = ".cargo/config.toml";
    if !repo.is_file(settings) || !repo.read(settings).contains("\nexercise = ") {
        return Err(format!("{settings} does not name it"));
    }
    let number = words.first().filter(|word| word.starts_with(|c: char| c.is_ascii_digit()));
    let Some(number) = number else { return Ok(()) };
    let target = format!("/e{}_", number.replace('.', "_"));
    match repo.files("exercises").iter().any(|file| file.contains(&target)) {
        true => Ok(()),
        false => Err(format!("there is no exercise {number}")),
    }
}

fn has_benches(repo: &Repository, package: &str) -> bool {
    let manifest = format!("{package}Cargo.toml");
    repo.is_file(&manifest) && repo.read(&manifest).contains("[[bench]]")
}

/// Reports a path that begins with a folder of the repository and leads nowhere.
fn check_path(repo: &Repository, word: &str, path: &str, line: usize, problems: &mut Problems) {
    let word = word.trim_start_matches("./").trim_end_matches('/');
    let Some((folder, _)) = word.split_once('/') else { return };
    // What cargo makes, in `target` or in that of a package of its own, may not be there yet.
    let made = word.split('/').any(|part| part == "target");
    let ours = !folder.is_empty() && !made && repo.exists(folder);
    let whole = join("", word).is_some() && !placeholder(word);
    if ours && whole && !repo.exists(word) {
        problems.add(path, line, format!("there is no {word}"));
    }
}

/// `chapterN`, `<name>`, `chapter*.rs`, `…` stand for many names.
fn placeholder(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name);
    name.contains(['<', '*', '…', '{', '$'])
        || name.contains("...")
        || stem.ends_with('N')
        || name.contains("N-")
}

/// Every variable LONGHAND_… stands as a string in the code that reads it.
fn check_variables(
    repo: &Repository,
    text: &str,
    path: &str,
    line: usize,
    problems: &mut Problems,
) {
    for rest in text.split("LONGHAND_").skip(1) {
        let end = rest.find(|c: char| !(c.is_ascii_uppercase() || c == '_')).unwrap_or(rest.len());
        let name = format!("\"LONGHAND_{}\"", &rest[..end]);
        if end == 0 {
            continue;
        }
        let mut code = ["src", "examples", "tests", "exercises"]
            .into_iter()
            .flat_map(|folder| repo.files(folder));
        if !code.any(|file| file.ends_with(".rs") && repo.read(&file).contains(&name)) {
            problems.add(
                path,
                line,
                format!("no code reads the variable {}", name.trim_matches('"')),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repo() -> Repository {
        Repository::scratch(&[
            ("Cargo.toml", ""),
            ("examples/chapter1.rs", ""),
            ("tests/tensor/main.rs", ""),
            ("benches/Cargo.toml", "[[bench]]\nname = \"matmul\"\n"),
            ("book/build", ""),
            (".cargo/config.toml", "[alias]\nexercise = \"run -p exercises\"\n"),
            ("exercises/Cargo.toml", ""),
            ("exercises/src/bin/mutants/main.rs", ""),
            ("exercises/examples/e3_2_linear.rs", ""),
            ("src/lib.rs", "std::env::var(\"LONGHAND_DATA\")"),
        ])
    }

    fn found(text: &str) -> Problems {
        let mut problems = Problems::default();
        check_page(&repo(), &Page::parse("p.md", text), &mut problems);
        problems
    }

    #[test]
    fn what_exists_passes() {
        found("```console\n$ LONGHAND_DATA=/x cargo run --release --example chapter1 -- --test y\nTest --example z\n```\n").none();
        found("`cargo test --test tensor` `cargo test` `book/build --open` `src/` `1/n` `target/book` `benches/target/x` `cargo`").none();
        found("`cargo bench --manifest-path benches/Cargo.toml --bench matmul` `cargo run --example chapterN`").none();
        found("`cargo exercise` `cargo exercise 3.2 --hint` `cargo exercise --grade DIR`").none();
        found("`cargo test -p exercises` `cargo run -p exercises --bin mutants -- 3.2`").none();
        found("```sh\ncd longhand && ./book/build # src/nothing\n```").none();
    }

    #[test]
    fn what_does_not_exist_is_reported() {
        found("```console\n$ cargo run --example chapter2\n```")
            .only("p.md:2: `cargo run --example chapter2`: there is no examples/chapter2.rs");
        found("x\n\n`cargo test --test scalar`").only("p.md:3:");
        found("`cargo bench`").only("no benchmark");
        found("`cargo bench --manifest-path benches/Cargo.toml --bench conv`")
            .only("benches/conv.rs");
        found("`cargo exercise 3.3`").only("no exercise 3.3");
        found("`cargo test -p others`").only("there is no others/Cargo.toml");
        found("`cargo go`").only("no command go");
        found("```sh\nbook/make --open\n```").only("there is no book/make");
        found("see `benches/targets`").only("there is no benches/targets");
        found("see `src/tape.rs`").only("there is no src/tape.rs");
        found("`LONGHAND_SEED=3 cargo test`").only("no code reads the variable LONGHAND_SEED");
    }

    #[test]
    fn comments_are_read_and_code_is_not() {
        let mut problems = Problems::default();
        check_source(
            &repo(),
            "src/a.rs",
            "let a = \"`cargo go`\";\n//! Run `cargo run --example nine`.",
            &mut problems,
        );
        problems.only("src/a.rs:2:");
    }
}
