//! Files, read whole and written whole: a reader of the old file, a full disk and a process that
//! is killed in the middle never meet half of a new one. Everything this crate saves goes through
//! [`write()`], nets and figures alike.

use crate::{Error, Result};
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

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

// ANCHOR: write
/// Makes a file or replaces one, all or nothing: at every moment the path leads to the old bytes
/// or to the new ones, whole.
///
/// The new bytes go into a file beside the old one, are forced onto the disk, and then take the
/// old one's name, which is a single step for the file system. So the folder must be writable,
/// and for a moment there must be room for both. Permissions (and on Unix, as far as that is
/// allowed, the owner) stay as they were; a symbolic link still points where it did, to the new
/// bytes; another hard link keeps the old ones. A file that may not be written is not replaced.
/// What is not a file, such as `/dev/stdout`, is written to as it is.
///
/// A process that is killed meanwhile leaves its unfinished file, `.NAME.….part`, behind.
///
/// # Errors
/// If the file cannot be written. The old one is then as it was.
///
/// ```
/// let path = std::env::temp_dir().join(format!("longhand-doc-{}.txt", std::process::id()));
/// longhand::files::write(&path, "one")?;
/// longhand::files::write(&path, "two")?;
/// assert_eq!(longhand::files::read(&path)?, b"two");
/// # std::fs::remove_file(path).unwrap();
/// # Ok::<(), longhand::Error>(())
/// ```
pub fn write(path: impl AsRef<Path>, bytes: impl AsRef<[u8]>) -> Result<()> {
    let path = path.as_ref();
    replace(path, bytes.as_ref()).map_err(|error| {
        let help = remedy(error.kind());
        Error::io(path.display(), error).expected("a file that can be written").help(help)
    })
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // Opened to be written, so that what must not be written is not replaced either; not emptied.
    let (target, old) = match OpenOptions::new().write(true).open(path) {
        Ok(mut there) => {
            let old = there.metadata()?;
            if !old.is_file() {
                return there.write_all(bytes);
            }
            (fs::canonicalize(path)?, Some(old))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => (end_of_links(path)?, None),
        Err(error) => return Err(error),
    };
    let (mut file, part) = Part::beside(&target)?;
    if let Some(old) = old {
        keep_owner(&file, &old);
        file.set_permissions(old.permissions())?;
    }
    file.write_all(bytes)?;
    file.sync_all()?;
    drop(file);
    part.rename(&target)
}
// ANCHOR_END: write

/// The file that is being written. It is removed again unless it gets the name it was made for.
struct Part {
    path: PathBuf,
    done: bool,
}

impl Part {
    /// A new file in the folder of `target`: only there is it sure to be on the same disk.
    fn beside(target: &Path) -> io::Result<(File, Self)> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let name = target.file_name().ok_or(ErrorKind::InvalidInput)?.to_string_lossy();
        let short: String = name.chars().take(40).collect(); // a name has 255 bytes at most
        loop {
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            let name = format!(".{short}.{}-{number}.part", std::process::id());
            let path = target.with_file_name(name);
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                Ok(file) => return Ok((file, Self { path, done: false })),
                // One that a killed process of the same number left behind.
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn rename(mut self, target: &Path) -> io::Result<()> {
        fs::rename(&self.path, target)?;
        self.done = true;
        // The new name too must reach the disk. Where a folder cannot be forced there, the name
        // leads to the old file for some seconds longer, which is whole as well.
        let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty());
        let _ = File::open(folder.unwrap_or(Path::new("."))).and_then(|folder| folder.sync_all());
        Ok(())
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if !self.done {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Where a path leads that leads to no file: itself, or what its symbolic links point to.
fn end_of_links(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_path_buf();
    // As many as Linux follows.
    for _ in 0..40 {
        match fs::read_link(&path) {
            Ok(next) => path = path.parent().unwrap_or(Path::new("")).join(next),
            Err(_) => return Ok(path),
        }
    }
    Err(ErrorKind::InvalidInput.into())
}

#[cfg(unix)]
fn keep_owner(file: &File, old: &fs::Metadata) {
    use std::os::unix::fs::{MetadataExt, fchown};
    // Only the administrator may give a file away; for anybody else it stays their own.
    let _ = fchown(file, Some(old.uid()), Some(old.gid()));
}

#[cfg(not(unix))]
fn keep_owner(_: &File, _: &fs::Metadata) {}

/// What to do about a file that cannot be written.
fn remedy(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            "make room for it; what was there before is as it was"
        }
        ErrorKind::NotFound => "make the folder first",
        ErrorKind::IsADirectory => "give the name of a file in that folder",
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            "choose a place that you may write to: the folder too, since the new file is made there"
        }
        _ => "check the path and its permissions",
    }
}
