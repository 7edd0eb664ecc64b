//! MNIST: 70,000 handwritten digits in four files, and where these are found (chapters 2 and 4).

use super::digits::Digits;
use crate::{Error, ErrorKind, Result};
use std::path::{Path, PathBuf};

/// The training and the test digits.
#[derive(Clone, Debug, PartialEq)]
pub struct Mnist {
    /// 60,000 digits to learn from.
    pub train: Digits,
    /// 10,000 digits by other writers, to test with.
    pub test: Digits,
}

impl Mnist {
    /// How many training digits fast.ai's notebook holds back for validation: the last 10,000.
    pub const VALID: usize = 10_000;

    /// Reads the four files, plain or gzipped: `train-images-idx3-ubyte` and so on, also under the
    /// name that some copies have, `train-images.idx3-ubyte`.
    ///
    /// The folder is `$LONGHAND_DATA` or `mnist` in it if that variable is set, and else
    /// `data/mnist` in this repository or in the current folder.
    ///
    /// # Errors
    /// If a file is nowhere to be found (the error lists where it was looked for), is damaged, or
    /// does not hold what its name says.
    pub fn load() -> Result<Self> {
        let folders = match std::env::var_os("LONGHAND_DATA") {
            Some(folder) => vec![PathBuf::from(&folder), Path::new(&folder).join("mnist")],
            None => vec![
                Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join("mnist"),
                Path::new("data").join("mnist"),
            ],
        };
        Self::find(&folders)
    }

    /// [`Mnist::load`] from this folder and no other.
    ///
    /// # Errors
    /// As [`Mnist::load`].
    pub fn load_from(folder: impl AsRef<Path>) -> Result<Self> {
        Self::find(&[folder.as_ref().to_path_buf()])
    }

    fn find(folders: &[PathBuf]) -> Result<Self> {
        let part = |name: &str, count| {
            let images = find_file(folders, &format!("{name}-images"), "idx3-ubyte")?;
            let labels = find_file(folders, &format!("{name}-labels"), "idx1-ubyte")?;
            let others = "to read other files of digits, use Digits::read";
            let digits =
                Digits::read_at_most(&images, labels, count).map_err(|error| {
                    match error.kind() {
                        ErrorKind::Limit => error.help(others),
                        _ => error,
                    }
                })?;
            if digits.len() != count {
                return Err(Error::new(ErrorKind::Mismatch, images.display())
                    .found(format!("{} digits", digits.len()))
                    .expected(format!("the {count} of MNIST"))
                    .help(others));
            }
            Ok(digits)
        };
        Ok(Self { train: part("train", 60_000)?, test: part("t10k", 10_000)? })
    }

    /// The training digits in two: the first 50,000 to learn from, the last 10,000 to validate.
    #[must_use]
    pub fn train_valid(&self) -> (Digits, Digits) {
        self.train.split_at(self.train.len() - Self::VALID)
    }
}

/// The first that exists of the files that hold these digits, plain or gzipped.
fn find_file(folders: &[PathBuf], name: &str, kind: &str) -> Result<PathBuf> {
    let names = ["-", "."].map(|dash| format!("{name}{dash}{kind}"));
    let both = |name: &String| [name.clone(), format!("{name}.gz")];
    let paths: Vec<PathBuf> = folders
        .iter()
        .flat_map(|folder| names.iter().flat_map(both).map(|name| folder.join(name)))
        .collect();
    if let Some(path) = paths.iter().find(|path| path.is_file()) {
        return Ok(path.clone());
    }
    let tried: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
    Err(Error::io(&names[0], std::io::ErrorKind::NotFound.into())
        .found(format!("no such file; tried {}", tried.join(", ")))
        .expected("one of these")
        .help(
            "set LONGHAND_DATA to the folder that holds the four MNIST files; \
             they are in data/mnist of the Longhand repository",
        ))
}
