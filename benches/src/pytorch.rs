//! PyTorch as a rival: `benches/pytorch.py` in a process of its own, which is asked for one time
//! after another and does nothing between the questions.

use longhand::{Error, ErrorKind, Result};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// A running PyTorch.
pub struct PyTorch {
    child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
    /// Which PyTorch it is.
    pub version: String,
}

impl PyTorch {
    /// Starts it with this Python.
    ///
    /// # Errors
    /// If there is no such Python, or no PyTorch in it.
    pub fn start(python: &str) -> Result<Self> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("pytorch.py");
        let fault = |found: &dyn std::fmt::Display| {
            Error::new(ErrorKind::Io, format!("{python} {}", script.display()))
                .found(found)
                .expected("a Python that has PyTorch")
                .help("python3 -m pip install torch")
        };
        let mut child = Command::new(python)
            .arg(&script)
            .arg("--serve")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| fault(&error))?;
        let pipes = (child.stdin.take(), child.stdout.take());
        let (Some(questions), Some(answers)) = pipes else { return Err(fault(&"no pipe to it")) };
        let answers = BufReader::new(answers);
        let mut this = Self { child, questions, answers, version: String::new() };
        this.version = this.ask("version").map_err(|_| fault(&"a program that ends at once"))?;
        Ok(this)
    }

    /// Seconds for one of `repeats` runs of a workload, after `warm` runs that are not timed.
    ///
    /// # Errors
    /// If the script does not know the workload or does not answer.
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
            Error::new(ErrorKind::Io, format!("PyTorch, asked {question:?}"))
                .found(answer)
                .expected("seconds")
        })
    }

    fn ask(&mut self, question: &str) -> Result<String> {
        let mut answer = String::new();
        let fault = |found: &dyn std::fmt::Display| {
            Error::new(ErrorKind::Io, format!("PyTorch, asked {question:?}"))
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

impl Drop for PyTorch {
    fn drop(&mut self) {
        // It ends by itself when its input does; this is for one that hangs.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
