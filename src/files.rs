//! Files, read and written whole, and what to do where that fails. Everything this crate saves
//! goes through [`write`], nets and figures alike.

use crate::{Error, Result};
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

/// The bytes of a file.
///
/// # Errors
/// If it cannot be read.
pub fn read(path: impl AsRef<Path>) -> Result<Vec<u8>> {
    let path = path.as_ref();
    fs::read(path).map_err(|error| {
        Error::io(path.display(), error)
            .expected("a file that can be read")
            .help("check the path and its permissions")
    })
}

/// Makes a folder, and those that it lies in, where there are none.
///
/// # Errors
/// If one of them cannot be made.
pub fn create_folder(path: impl AsRef<Path>) -> Result<()> {
    let path = path.as_ref();
    fs::create_dir_all(path).map_err(|error| {
        let help = match error.kind() {
            ErrorKind::AlreadyExists => "a file of that name is in the way",
            kind => remedy(kind),
        };
        Error::io(path.display(), error).expected("a folder that can be made").help(help)
    })
}

/// Makes a file or replaces one.
///
/// # Errors
/// If it cannot be written.
pub fn write(path: impl AsRef<Path>, bytes: impl AsRef<[u8]>) -> Result<()> {
    let path = path.as_ref();
    fs::write(path, bytes).map_err(|error| {
        let help = remedy(error.kind());
        Error::io(path.display(), error).expected("a file that can be written").help(help)
    })
}

/// What to do about a file that cannot be written.
fn remedy(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            "make room for it"
        }
        ErrorKind::NotFound => "make the folder first",
        ErrorKind::IsADirectory => "give the name of a file in that folder",
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            "choose a place that you may write to"
        }
        _ => "check the path and its permissions",
    }
}
