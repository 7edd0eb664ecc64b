//! What is wrong with DEFLATE data, in the words of all its files.

use crate::{Error, ErrorKind};

/// What to do about a file that breaks a rule of the format.
pub(crate) const DAMAGED: &str =
    "the file is damaged: copy or download it again and compare its checksum";

/// What the data are called in an error.
pub(super) const PLACE: &str = "deflate data";

/// An error in DEFLATE data at byte `at`.
pub(super) fn fault(at: usize, found: impl Into<String>, expected: impl Into<String>) -> Error {
    Error::new(ErrorKind::Format, PLACE)
        .at(at as u64)
        .found(found.into())
        .expected(expected.into())
        .help(DAMAGED)
}
