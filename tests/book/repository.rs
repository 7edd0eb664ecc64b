//! The files of the repository, named from its root with `/`, and the list of what is wrong.

use crate::markdown::Page;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Where the files are: the checkout, or a small one that a unit test made.
pub struct Repository {
    root: PathBuf,
}

impl Repository {
    pub fn here() -> Repository {
        Repository { root: PathBuf::from(env!("CARGO_MANIFEST_DIR")) }
    }

    /// A fresh folder with these files, for the unit tests of the checks.
    #[track_caller]
    pub fn scratch(files: &[(&str, &str)]) -> Repository {
        static LAST: AtomicUsize = AtomicUsize::new(0);
        let number = LAST.fetch_add(1, Ordering::Relaxed).to_string();
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("book-checks").join(number);
        let _ = fs::remove_dir_all(&root);
        for (path, text) in files {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        Repository { root }
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    pub fn exists(&self, path: &str) -> bool {
        self.path(path).exists()
    }

    pub fn is_file(&self, path: &str) -> bool {
        self.path(path).is_file()
    }

    #[track_caller]
    pub fn read(&self, path: &str) -> String {
        match fs::read_to_string(self.path(path)) {
            Ok(text) => text.replace("\r\n", "\n"),
            Err(error) => panic!("{path}: {error}"),
        }
    }

    /// All files below a folder, sorted; none if there is no such folder.
    pub fn files(&self, folder: &str) -> Vec<String> {
        let mut found = Vec::new();
        let Ok(entries) = fs::read_dir(self.path(folder)) else { return found };
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with('.') || name == "target" || name == "__pycache__" {
                continue;
            }
            let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
            match entry.path().is_dir() {
                true => found.extend(self.files(&path)),
                false => found.push(path),
            }
        }
        found.sort();
        found
    }

    /// The pages of the book, without SUMMARY.md.
    pub fn book_pages(&self) -> Vec<Page> {
        let pages = self.files("book/src").into_iter();
        pages
            .filter(|path| path.ends_with(".md") && !path.ends_with("/SUMMARY.md"))
            .map(|path| self.page(&path))
            .collect()
    }

    /// The pages of the book and every other Markdown file: README, CONTRIBUTING, exercises.
    pub fn all_pages(&self) -> Vec<Page> {
        self.files("")
            .into_iter()
            .filter(|path| path.ends_with(".md"))
            .map(|path| self.page(&path))
            .collect()
    }

    fn page(&self, path: &str) -> Page {
        Page::parse(path, &self.read(path))
    }
}

/// `book/src` and `../../src/lib.rs` give `src/lib.rs`; a path that leaves the root gives `None`.
pub fn join(folder: &str, target: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// Everything that is wrong, so that one run shows it all.
#[derive(Default)]
pub struct Problems(pub Vec<String>);

impl Problems {
    pub fn add(&mut self, path: &str, line: usize, what: impl AsRef<str>) {
        self.0.push(format!("{path}:{line}: {}", what.as_ref()));
    }

    pub fn extend(&mut self, path: &str, found: Vec<(usize, String)>) {
        for (line, what) in found {
            self.add(path, line, what);
        }
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes over what was found under these circumstances.
    pub fn under(&mut self, circumstances: &str, found: Problems) {
        self.0.extend(found.0.into_iter().map(|what| format!("(with {circumstances})\n  {what}")));
    }

    #[track_caller]
    pub fn none(&self) {
        assert!(self.0.is_empty(), "{} to put right:\n\n{}\n", self.0.len(), self.0.join("\n"));
    }

    /// For the unit tests: exactly one problem, and it says this.
    #[track_caller]
    pub fn only(&self, what: &str) {
        assert!(self.0.len() == 1 && self.0[0].contains(what), "not just {what:?}: {:?}", self.0);
    }
}

#[test]
fn paths_are_joined() {
    assert_eq!(join("book/src", "../../src/lib.rs").as_deref(), Some("src/lib.rs"));
    assert_eq!(join("book/src", "./x.md").as_deref(), Some("book/src/x.md"));
    assert_eq!(join("", "../x"), None);
}
