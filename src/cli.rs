//! The command line of the examples: what each can be asked, and what all answer alike.
//!
//! Every example says in a [`Program`] what it shows and what it takes, and leaves the rest to it:
//! `--help`, an argument that is not known, a setting that is broken, a reader of the output that
//! has gone.

use crate::report::display_width;
use crate::{Error, ErrorKind, Result};
use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

/// What an example shows and what it can be asked.
///
/// ```
/// use longhand::cli::Program;
/// const PROGRAM: Program = Program {
///     name: "chapter0",
///     title: "Chapter 0: counting",
///     about: "The numbers from 1 on. It takes no time.",
///     choices: &[],
///     options: &[("--up-to N", "how far: 10 if nothing is said")],
/// };
/// # #[allow(clippy::needless_doctest_main)]
/// fn main() -> std::process::ExitCode {
///     PROGRAM.run(|arguments| {
///         let last = arguments.number("--up-to", 1)?.unwrap_or(10);
///         (1..=last).for_each(|number| println!("{number}"));
///         Ok(())
///     })
/// }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Program {
    /// The name of the example, as cargo knows it; or the whole command, if it begins with `cargo`.
    pub name: &'static str,
    /// The first line that it prints.
    pub title: &'static str,
    /// What it shows and how long that takes.
    pub about: &'static str,
    /// The words of which one may be given, and what each does; `read FILE…` is one that is followed
    /// by one value or more.
    pub choices: &'static [(&'static str, &'static str)],
    /// The options and what each does; `--steps N` is one that is followed by a value.
    pub options: &'static [(&'static str, &'static str)],
}

/// What a [`Program`] was asked.
#[derive(Clone, Debug)]
pub struct Arguments<'a> {
    program: &'a Program,
    choice: Option<String>,
    /// What followed the choice, if it is one that is followed by values.
    values: Vec<String>,
    /// Each option that was given, and its value or nothing.
    given: Vec<(&'static str, String)>,
}

impl Program {
    /// Does `work`, or what else the command line asks for. A program's `main` is this and no more.
    ///
    /// The exit code is 0 when all went well, and for `--help`; 2 if the arguments are not those
    /// that the program takes, which are then listed; 1 for every other fault. A fault is said in a
    /// sentence on stderr. A reader that has read enough, such as `head`, ends the program quietly.
    pub fn run(&self, work: impl FnOnce(&Arguments) -> Result<()>) -> ExitCode {
        end_where_nobody_reads();
        let outcome = match self.parse(std::env::args_os().skip(1)) {
            Ok(None) => {
                print!("{}", self.help());
                Ok(())
            }
            Ok(Some(arguments)) => crate::check_settings().and_then(|()| work(&arguments)),
            Err(error) => Err(error),
        };
        let Err(error) = outcome else { return ExitCode::SUCCESS };
        let (usage, code) = match error.kind() {
            ErrorKind::Argument => (format!("\n{}", self.help()), 2),
            _ => (String::new(), 1),
        };
        // Where nobody reads the error there is nobody to tell.
        let _ = write!(io::stderr(), "error: {error}\n{usage}");
        ExitCode::from(code)
    }

    /// What the arguments ask for; `None` if that is help.
    fn parse(&self, arguments: impl Iterator<Item = OsString>) -> Result<Option<Arguments<'_>>> {
        let mut arguments = arguments.map(|argument| {
            argument.into_string().map_err(|argument| self.fault(format!("the bytes {argument:?}")))
        });
        let mut asked =
            Arguments { program: self, choice: None, values: Vec::new(), given: Vec::new() };
        while let Some(argument) = arguments.next().transpose()? {
            let known = self.options.iter().find_map(|(form, _)| {
                let (name, value) =
                    form.split_once(' ').map_or((*form, None), |(n, v)| (n, Some(v)));
                (name == argument).then_some((name, value))
            });
            match known {
                _ if argument == "--help" || argument == "-h" => return Ok(None),
                Some((name, _)) if asked.has(name) => {
                    return Err(self.fault(format!("{name} a second time")));
                }
                Some((name, None)) => asked.given.push((name, String::new())),
                Some((name, Some(value))) => match arguments.next().transpose()? {
                    Some(text) => asked.given.push((name, text)),
                    None => return Err(self.fault(format!("{name} without its {value}"))),
                },
                None if asked.choice.is_none() && self.form(&argument).is_some() => {
                    asked.choice = Some(argument);
                }
                None if asked.values_follow().is_some() && !argument.starts_with("--") => {
                    asked.values.push(argument);
                }
                None => return Err(self.fault(format!("the argument {argument:?}"))),
            }
        }
        match asked.values_follow() {
            Some(form) if asked.values.is_empty() => {
                let (name, values) = form.split_once(' ').unwrap_or((form, ""));
                Err(self.fault(format!("{name} without its {values}")))
            }
            _ => Ok(Some(asked)),
        }
    }

    /// The choice of this name, with what follows it.
    fn form(&self, name: &str) -> Option<&'static str> {
        let mut forms = self.choices.iter().map(|(form, _)| *form);
        forms.find(|form| form.split(' ').next() == Some(name))
    }

    /// The error that the arguments are not as they should be.
    fn fault(&self, found: String) -> Error {
        Error::new(ErrorKind::Argument, self.name).found(found).expected("what is listed below")
    }

    fn help(&self) -> String {
        let choice = if self.choices.is_empty() { "" } else { "[NAME] " };
        let mut text = format!("{}\n\n{}\n\n", self.title, wrapped(self.about, 0));
        let command = match self.name.starts_with("cargo ") {
            true => self.name.to_string(),
            false => format!("cargo run --example {} --", self.name),
        };
        text += &format!("{command} {choice}[OPTIONS]\n\n");
        let options = self.options.iter().chain(&[("--help", "shows this and does nothing")]);
        let rows: Vec<_> = self.choices.iter().chain(options).collect();
        let width = rows.iter().map(|(form, _)| display_width(form)).max().unwrap_or(0);
        for (number, (form, what)) in rows.into_iter().enumerate() {
            if number == self.choices.len() && number > 0 {
                text += "\n";
            }
            text += &format!("  {form:width$}  {}\n", wrapped(what, width + 4));
        }
        text
    }
}

/// The text in lines of up to 80 columns, all but the first indented; the first begins there.
fn wrapped(text: &str, indent: usize) -> String {
    let (mut lines, mut column) = (String::new(), indent);
    for word in text.split(' ') {
        let width = display_width(word);
        if column > indent && column + 1 + width > 80 {
            lines += &format!("\n{:indent$}", "");
            column = indent;
        } else if column > indent {
            lines.push(' ');
            column += 1;
        }
        lines += word;
        column += width;
    }
    lines
}

impl Arguments<'_> {
    /// The word that was chosen of [`Program::choices`].
    #[must_use]
    pub fn choice(&self) -> Option<&str> {
        self.choice.as_deref()
    }

    /// The values that followed it: the files of `read FILE…`.
    #[must_use]
    pub fn values(&self) -> &[String] {
        &self.values
    }

    /// The form of the choice, if values follow it.
    fn values_follow(&self) -> Option<&'static str> {
        self.program.form(self.choice()?).filter(|form| form.ends_with('…'))
    }

    /// Whether this option was given: `has("--quick")`.
    #[must_use]
    pub fn has(&self, option: &str) -> bool {
        self.value(option).is_some()
    }

    /// The value of this option, if it was given.
    #[must_use]
    pub fn value(&self, option: &str) -> Option<&str> {
        let known = |(form, _): &(&str, _)| form.split(' ').next() == Some(option);
        debug_assert!(self.program.options.iter().any(known), "no option is called {option}");
        let given = self.given.iter().find(|(name, _)| *name == option);
        given.map(|(_, value)| &value[..])
    }

    /// The value of this option as a whole number of at least `least`, if it was given.
    ///
    /// # Errors
    /// If it is something else.
    pub fn number(&self, option: &str, least: usize) -> Result<Option<usize>> {
        let Some(text) = self.value(option) else { return Ok(None) };
        match text.parse() {
            Ok(number) if number >= least => Ok(Some(number)),
            _ => Err(Error::new(ErrorKind::Argument, option)
                .found(format!("{text:?}"))
                .expected(format!("a whole number from {least} on"))),
        }
    }
}

/// Lets the program end, and quietly, once nobody reads what it prints: `chapter1 | head -1`.
///
/// The standard library's `println!` panics then. To print in any other way would need another
/// macro in every example, so the panic is recognised instead: by its message, and by asking the
/// stream again.
fn end_where_nobody_reads() {
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let message = panic.payload().downcast_ref::<String>();
        let Some(fault) = message.filter(|text| text.starts_with("failed printing to stdout"))
        else {
            return report(panic);
        };
        let mut out = io::stdout();
        let again = out.write_all(b"\n").and_then(|()| out.flush());
        if again.is_err_and(|error| error.kind() == io::ErrorKind::BrokenPipe) {
            std::process::exit(0);
        }
        let _ = writeln!(io::stderr(), "error: {fault}");
        std::process::exit(1);
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROGRAM: Program = Program {
        name: "chapter0",
        title: "Chapter 0: a test",
        about: "Words that go on for longer than a line of eighty columns can hold, and then end.",
        choices: &[("one", "the first"), ("two", "the second"), ("read FILE…", "some files")],
        options: &[("--quick", "in haste"), ("--steps N", "how many")],
    };

    fn parse(arguments: &[&str]) -> Result<Option<Arguments<'static>>> {
        PROGRAM.parse(arguments.iter().map(OsString::from))
    }

    #[test]
    fn what_is_asked_is_found_in_any_order() {
        let asked = parse(&["--steps", "12", "two", "--quick"]).unwrap().unwrap();
        assert_eq!((asked.choice(), asked.has("--quick")), (Some("two"), true));
        assert_eq!(asked.number("--steps", 1).unwrap(), Some(12));
        let asked = parse(&[]).unwrap().unwrap();
        assert_eq!((asked.choice(), asked.has("--quick")), (None, false));
        assert_eq!(asked.number("--steps", 1).unwrap(), None);
        let asked = parse(&["read", "a", "--quick", "one"]).unwrap().unwrap();
        assert_eq!(
            (asked.choice(), asked.values()),
            (Some("read"), &["a", "one"].map(String::from)[..])
        );
        assert!(asked.has("--quick"));
        assert!(parse(&["--quick", "-h"]).unwrap().is_none());
        assert!(parse(&["--help", "nonsense"]).unwrap().is_none());
    }

    #[test]
    fn what_cannot_be_asked_is_refused() {
        for (arguments, words) in [
            (&["--fast"][..], "found the argument \"--fast\""),
            (&["three"], "found the argument \"three\""),
            (&["one", "two"], "found the argument \"two\""),
            (&["read"], "found read without its FILE…"),
            (&["read", "--quick"], "found read without its FILE…"),
            (&["read", "--fast"], "found the argument \"--fast\""),
            (&["read FILE…"], "found the argument \"read FILE…\""),
            (&["--steps"], "found --steps without its N"),
            (&["--quick", "--quick"], "found --quick a second time"),
            (&["--steps N"], "found the argument \"--steps N\""),
            (&[""], "found the argument \"\""),
        ] {
            let error = parse(arguments).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Argument);
            assert!(error.to_string().contains(words), "{error}");
        }
        for text in ["0", "-1", "1.5", "many", ""] {
            let error = parse(&["--steps", text]).unwrap().unwrap().number("--steps", 1);
            let error = error.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Argument);
            assert!(error.to_string().contains("expected a whole number from 1 on"), "{error}");
        }
    }

    #[test]
    fn help_lists_everything_and_keeps_to_its_width() {
        assert_eq!(
            PROGRAM.help(),
            "\
Chapter 0: a test

Words that go on for longer than a line of eighty columns can hold, and then
end.

cargo run --example chapter0 -- [NAME] [OPTIONS]

  one         the first
  two         the second
  read FILE…  some files

  --quick     in haste
  --steps N   how many
  --help      shows this and does nothing
"
        );
        let command = Program { name: "cargo zero", ..PROGRAM };
        assert!(command.help().contains("\n\ncargo zero [NAME] [OPTIONS]\n\n"));
    }
}
