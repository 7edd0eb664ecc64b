//! The one error type: what the world outside the program got wrong.
//!
//! A file, a stream, an environment variable or an argument can be broken in ways no type can
//! rule out. Each such fault says *where* it is, *what was found*, *what was expected* and *what
//! to do* about it. (A shape that does not fit is a mistake in the program, and panics instead.)

use std::fmt;
use std::io;
use std::sync::Arc;

/// What sort of fault an [`Error`] is, for a program that wants to act on it.
///
/// ```
/// use longhand::ErrorKind;
/// use longhand::data::Npy;
/// assert_eq!(Npy::read("no/such.npy").unwrap_err().kind(), ErrorKind::Io);
/// assert_eq!(Npy::from_bytes(b"GIF89a").unwrap_err().kind(), ErrorKind::Format);
/// ```
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The operating system refused: no such file, no permission, a full disk. Its own words are
    /// the error's [`source`](std::error::Error::source).
    Io,
    /// Bytes that break a rule of their format: another format, cut short, or damaged.
    Format,
    /// In order, but of a sort that is not read here.
    Unsupported,
    /// More than the caller allowed.
    Limit,
    /// In order, but not what was asked for: other names or shapes, or a number that the element
    /// type cannot hold.
    Mismatch,
    /// An environment variable holds what it cannot hold, or what this machine cannot follow.
    Setting,
    /// An argument on the command line.
    Argument,
    /// Asked for at a time when it cannot be had.
    State,
}

/// What went wrong outside the program: where, found, expected, and what to do.
///
/// ```
/// use longhand::{Error, ErrorKind};
/// let error = Error::new(ErrorKind::Format, "digits.idx")
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
#[derive(Clone)]
pub struct Error(Box<Fault>);

/// What an [`Error`] holds. It is boxed, so that a `Result` stays small.
#[derive(Clone)]
struct Fault {
    kind: ErrorKind,
    /// The operating system's own error, if it was one; shared, so that an error can be cloned.
    source: Option<Arc<io::Error>>,
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
    pub fn new(kind: ErrorKind, place: impl fmt::Display) -> Self {
        Self(Box::new(Fault {
            kind,
            source: None,
            place: place.to_string(),
            offset: None,
            found: String::new(),
            expected: String::new(),
            help: String::new(),
        }))
    }

    /// What the operating system refused to do with `place`. Its words are what was found.
    ///
    /// ```
    /// use std::error::Error as _;
    /// let refused = std::io::Error::from(std::io::ErrorKind::NotFound);
    /// let error = longhand::Error::io("digits.idx", refused).expected("a file");
    /// assert_eq!(error.to_string(), "digits.idx: found entity not found, expected a file");
    /// let source = error.source().unwrap().downcast_ref::<std::io::Error>().unwrap();
    /// assert_eq!(source.kind(), std::io::ErrorKind::NotFound);
    /// ```
    pub fn io(place: impl fmt::Display, source: io::Error) -> Self {
        let mut error = Self::new(ErrorKind::Io, place).found(&source);
        error.0.source = Some(Arc::new(source));
        error
    }

    /// The byte at which the fault shows.
    #[must_use]
    pub fn at(mut self, offset: u64) -> Self {
        self.0.offset = Some(offset);
        self
    }

    /// What stands there.
    #[must_use]
    pub fn found(mut self, found: impl fmt::Display) -> Self {
        self.0.found = found.to_string();
        self
    }

    /// What should stand there.
    #[must_use]
    pub fn expected(mut self, expected: impl fmt::Display) -> Self {
        self.0.expected = expected.to_string();
        self
    }

    /// What the user can do.
    #[must_use]
    pub fn help(mut self, help: impl fmt::Display) -> Self {
        self.0.help = help.to_string();
        self
    }

    /// The same error, seen from further out: `file` is put before the place.
    #[must_use]
    pub fn within(mut self, file: impl fmt::Display) -> Self {
        self.0.place = match self.0.place.is_empty() {
            true => file.to_string(),
            false => format!("{file}: {}", self.0.place),
        };
        self
    }

    /// What sort of fault it is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The byte at which the fault shows, where there is one.
    #[must_use]
    pub fn offset(&self) -> Option<u64> {
        self.0.offset
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Fault { place, offset, found, expected, help, .. } = &*self.0;
        write!(f, "{place}")?;
        if let Some(offset) = offset {
            write!(f, ", byte {offset}")?;
        }
        write!(f, ": found {found}")?;
        if !expected.is_empty() {
            write!(f, ", expected {expected}")?;
        }
        if !help.is_empty() {
            write!(f, "\n  help: {help}")?;
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

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

/// Two errors are equal that are of one kind and say the same.
impl PartialEq for Error {
    fn eq(&self, other: &Self) -> bool {
        self.kind() == other.kind() && self.to_string() == other.to_string()
    }
}

impl Eq for Error {}

/// Several faults in one sentence, the first twenty of them.
pub(crate) fn listed(mut faults: Vec<String>) -> String {
    const LISTED: usize = 20;
    let more = faults.len().saturating_sub(LISTED);
    faults.truncate(LISTED);
    if more > 0 {
        faults.push(format!("and {more} more"));
    }
    faults.join("; ")
}
