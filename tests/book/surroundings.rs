//! What is around a run and must not show in its output: the instruction set, the number of
//! threads, the width of the terminal, the language, the folder that it is started from, a home
//! that cannot be written to.

use longhand::tensor::isa::Isa;
use std::fmt;
use std::io;
use std::path::Path;
use std::process::Command;

/// The default is to leave everything as it is.
#[derive(Clone, Default)]
pub struct Surroundings {
    isa: Option<Isa>,
    threads: Option<usize>,
    /// Which of the two rows of [`PLACES`].
    place: Option<usize>,
}

/// Width of the terminal, its kind, language, time zone.
const PLACES: [[(&str, &str); 5]; 2] = [
    [
        ("COLUMNS", "20"),
        ("TERM", "dumb"),
        ("LANG", "tr_TR.UTF-8"),
        ("LC_ALL", "tr_TR.UTF-8"),
        ("TZ", "Pacific/Kiritimati"),
    ],
    [
        ("COLUMNS", "400"),
        ("TERM", "xterm-256color"),
        ("LANG", "C"),
        ("LC_ALL", "C"),
        ("TZ", "America/St_Johns"),
    ],
];

impl Surroundings {
    /// Every instruction set of this machine but the portable one, which is thirty times slower
    /// and has tests of its own; and that one, where there is no other.
    fn fast() -> Vec<Isa> {
        let mut all: Vec<Isa> = Isa::supported().collect();
        if all.len() > 1 {
            all.retain(|&isa| isa != Isa::Portable);
        }
        all
    }

    /// Each fast instruction set with 1, 2 and 3 threads, in either place.
    pub fn all() -> Vec<Surroundings> {
        let mut all = Vec::new();
        for isa in Self::fast() {
            for threads in [1, 2, 3] {
                for place in 0..PLACES.len() {
                    all.push(Self { isa: Some(isa), threads: Some(threads), place: Some(place) });
                }
            }
        }
        all
    }

    /// Some of them, for the runs in turn: ten meet every value of each. The first four, which run
    /// longest, take one thread each, because they run side by side anyway.
    pub fn odd(turn: usize) -> Surroundings {
        let fast = Self::fast();
        Self {
            isa: Some(fast[fast.len() - 1 - turn % fast.len()]),
            threads: Some(if turn < 4 { 1 } else { 1 + (turn + 1) % 3 }),
            place: Some(turn / 2 % PLACES.len()),
        }
    }

    /// Puts them around a command. In `folder` stand those that the command is started from.
    pub fn set(&self, command: &mut Command, folder: &Path) -> io::Result<()> {
        if let Some(isa) = self.isa {
            command.env("LONGHAND_ISA", isa.name());
        }
        if let Some(threads) = self.threads {
            command.env("LONGHAND_THREADS", threads.to_string());
        }
        if let Some(place) = self.place {
            let (home, work) = (folder.join("home"), folder.join("elsewhere"));
            std::fs::create_dir_all(&home)?;
            std::fs::create_dir_all(&work)?;
            let mut only_read = std::fs::metadata(&home)?.permissions();
            only_read.set_readonly(true);
            std::fs::set_permissions(&home, only_read)?;
            command.envs(PLACES[place]).env("HOME", home).current_dir(work);
        }
        Ok(())
    }

    /// A name for a folder.
    pub fn slug(&self) -> String {
        let isa = self.isa.map_or("any", Isa::name);
        let or_any = |number: Option<usize>| number.map_or("any".into(), |n| n.to_string());
        format!("{isa}-{}-{}", or_any(self.threads), or_any(self.place))
    }
}

impl fmt::Display for Surroundings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let (Some(isa), Some(threads), Some(place)) = (self.isa, self.threads, self.place) {
            write!(f, "LONGHAND_ISA={isa} LONGHAND_THREADS={threads}")?;
            for (name, value) in PLACES[place] {
                write!(f, " {name}={value}")?;
            }
        }
        Ok(())
    }
}
