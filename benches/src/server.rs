//! A rival that cannot live in this process: it waits in one of its own, is asked for one time after
//! another, and does nothing between the questions.
//!
//! PyTorch and JAX are libraries of Python. The floor is a training step in C without any library,
//! compiled with liberties that no result of ours may take (`-ffast-math`), and so never linked.

use longhand::{Error, ErrorKind, Result};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// A running rival.
pub struct Server {
    /// Who it is.
    pub name: &'static str,
    /// Which version of it.
    pub version: String,
    child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Server {
    /// PyTorch in this Python.
    ///
    /// # Errors
    /// If there is no such Python, or no PyTorch in it.
    pub fn pytorch(python: &str) -> Result<Self> {
        let mut command = Command::new(python);
        // Each of its threads on a processor of its own: else the system now and then puts two on
        // one, where they wait for each other.
        command.arg(beside("pytorch.py")).arg("--serve").env("OMP_PROC_BIND", "true");
        Self::start("PyTorch", command, "python3 -m pip install torch backpack-for-pytorch")
    }

    /// JAX in this Python, which has to know when it starts how many threads it may have.
    ///
    /// # Errors
    /// If there is no such Python, or no JAX in it.
    pub fn jax(python: &str, threads: usize) -> Result<Self> {
        let mut command = Command::new(python);
        command.arg(beside("in_jax.py")).arg(threads.to_string());
        Self::start("JAX", command, "python3 -m pip install jax")
    }

    /// The step in C, compiled for this processor. It knows of one thread.
    ///
    /// # Errors
    /// If there is no C compiler `cc`.
    pub fn floor() -> Result<Self> {
        let program = std::env::current_exe().map_err(|error| Error::io("this program", error))?;
        let program = program.with_file_name("floor");
        let mut compiler = Command::new("cc");
        compiler.args(["-std=gnu11", "-O3", "-march=native", "-ffast-math", "-o"]).arg(&program);
        let done = compiler.arg(beside("floor.c")).arg("-lm").output();
        match done {
            Ok(done) if done.status.success() => {}
            Ok(done) => {
                let said = String::from_utf8_lossy(&done.stderr).into_owned();
                return Err(Error::new(ErrorKind::Io, "cc benches/floor.c").found(said));
            }
            Err(error) => return Err(Error::io("cc", error).expected("a C compiler")),
        }
        Self::start("C", Command::new(program), "a C compiler as cc")
    }

    fn start(name: &'static str, mut command: Command, help: &str) -> Result<Self> {
        let what = format!("{command:?}");
        let fault = |found: &dyn std::fmt::Display| {
            Error::new(ErrorKind::Io, &what)
                .found(found)
                .expected(format!("a program that answers for {name}"))
                .help(help)
        };
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().map_err(|error| fault(&error))?;
        let pipes = (child.stdin.take(), child.stdout.take());
        let (Some(questions), Some(answers)) = pipes else { return Err(fault(&"no pipe to it")) };
        let answers = BufReader::new(answers);
        let mut this = Self { name, version: String::new(), child, questions, answers };
        this.version = this.ask("version").map_err(|_| fault(&"a program that ends at once"))?;
        Ok(this)
    }

    /// Seconds for one of `repeats` runs of a workload, after `warm` runs that are not timed.
    ///
    /// # Errors
    /// If it does not know the workload or does not answer.
    pub fn time(
        &mut self,
        workload: &str,
        threads: usize,
        warm: usize,
        repeats: usize,
    ) -> Result<f64> {
        let question = format!("time {threads} {warm} {repeats} {workload}");
        let answer = self.ask(&question)?;
        answer.parse().map_err(|_| {
            Error::new(ErrorKind::Io, format!("{}, asked {question:?}", self.name))
                .found(answer)
                .expected("seconds")
        })
    }

    fn ask(&mut self, question: &str) -> Result<String> {
        let mut answer = String::new();
        let fault = |found: &dyn std::fmt::Display| {
            Error::new(ErrorKind::Io, format!("{}, asked {question:?}", self.name))
                .found(found)
                .expected("an answer")
        };
        writeln!(self.questions, "{question}")
            .and_then(|()| self.questions.flush())
            .and_then(|()| self.answers.read_line(&mut answer))
            .map_err(|error| fault(&error))?;
        match answer.trim() {
            "" => Err(fault(&"nothing")),
            answer => Ok(answer.to_string()),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It ends by itself when its input does; this is for one that hangs.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A file of this package.
fn beside(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}
