//! The one error type: what the world outside the program got wrong.
//!
//! A file, a stream, an environment variable or an argument can be broken in ways no type can
//! rule out. Each such fault says *where* it is, *what was found*, *what was expected* and *what
//! to do* about it. (A shape that does not fit is a mistake in the program, and panics instead.)

use std::fmt;

/// What went wrong outside the program: where, found, expected, and what to do.
///
/// ```
/// use longhand::Error;
/// let error = Error::new("digits.idx")
///     .at(2)
///     .found("element type 0x07")
///     .expected("one of 0x08 0x09 0x0B 0x0C 0x0D 0x0E")
///     .help("check that this is an IDX file");
/// assert_eq!(
///     error.to_string(),
///     "digits.idx, byte 2: found element type 0x07, expected one of 0x08 0x09 0x0B 0x0C 0x0D 0x0E\n  \
///      help: check that this is an IDX file"
/// );
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Error {
    place: String,
    offset: Option<u64>,
    found: String,
    expected: String,
    help: String,
}

/// A result whose error is [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An error in `place`: a file, a stream, the name of a variable or of an argument.
    pub fn new(place: impl fmt::Display) -> Self {
        Self {
            place: place.to_string(),
            offset: None,
            found: String::new(),
            expected: String::new(),
            help: String::new(),
        }
    }

    /// The byte at which the fault shows.
    pub fn at(mut self, offset: u64) -> Self {
        self.offset = Some(offset);
        self
    }

    /// What stands there.
    pub fn found(mut self, found: impl fmt::Display) -> Self {
        self.found = found.to_string();
        self
    }

    /// What should stand there.
    pub fn expected(mut self, expected: impl fmt::Display) -> Self {
        self.expected = expected.to_string();
        self
    }

    /// What the user can do.
    pub fn help(mut self, help: impl fmt::Display) -> Self {
        self.help = help.to_string();
        self
    }

    /// The same error, seen from further out: `file` is put before the place.
    pub fn within(mut self, file: impl fmt::Display) -> Self {
        self.place = match self.place.is_empty() {
            true => file.to_string(),
            false => format!("{file}: {}", self.place),
        };
        self
    }

    /// The byte at which the fault shows, where there is one.
    pub fn offset(&self) -> Option<u64> {
        self.offset
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.place)?;
        if let Some(offset) = self.offset {
            write!(f, ", byte {offset}")?;
        }
        write!(f, ": found {}", self.found)?;
        if !self.expected.is_empty() {
            write!(f, ", expected {}", self.expected)?;
        }
        if !self.help.is_empty() {
            write!(f, "\n  help: {}", self.help)?;
        }
        Ok(())
    }
}

/// Prints as `Display` does, so that `fn main() -> Result<()>` shows a sentence.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Error {}
