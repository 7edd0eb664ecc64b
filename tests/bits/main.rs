//! The bits of the ten chapters' short forms are those of `v1.txt`: on every instruction set that
//! this machine has, on one thread and on three.
//!
//! Where they are not, the message names the first step and layer that differs. After a change that
//! is meant to move them (CONTRIBUTING.md says when that may be),
//!
//! ```text
//! LONGHAND_BLESS=1 cargo test --test bits
//! ```
//!
//! writes the file anew. `.ci/machines bits` holds other machines to it.

mod forms;
/// Where the modules of chapter 9's example look for it.
#[path = "../../examples/chapter9/net.rs"]
#[allow(dead_code)]
mod net;
mod repdl;

use forms::Journal;
use longhand::Param;
use longhand::optim::{Optimizer, Sgd};
use longhand::tensor::isa::{self, Isa};
use longhand::tensor::threads;
use std::path::{Path, PathBuf};
use std::sync::Once;

const HEADER: &str = "\
# Longhand's bits, version 1: what the short forms of the ten chapters compute (tests/bits/forms).
#
# A line is a hash (FNV-1a, 64 bits) of a tensor's bits and what the tensor is: \"step 2, 0.weight\"
# is the weight of layer 0 after the second step. Every machine must get every line, whatever its
# processor, and however many threads. `cargo test --test bits` holds this machine to it, and
# `.ci/machines bits` others. CONTRIBUTING.md says when a line may change.
";

fn file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bits/v1.txt")
}

/// What the file says; written anew first if that is asked for.
fn frozen() -> String {
    static BLESSED: Once = Once::new();
    if std::env::var_os("LONGHAND_BLESS").is_some_and(|value| value != "0") {
        BLESSED
            .call_once(|| std::fs::write(file(), HEADER.to_string() + &forms::report()).unwrap());
    }
    std::fs::read_to_string(file()).unwrap().replace("\r\n", "\n")
}

/// The lines of the computations whose heading begins with this.
fn part<'a>(text: &'a str, heading: &str) -> Vec<&'a str> {
    let mut inside = false;
    let lines = text.lines().filter(|line| {
        if !line.starts_with(' ') {
            inside = line.starts_with(heading);
        }
        inside
    });
    lines.collect()
}

/// Where the two are first not the same, if they are not.
fn first_difference(frozen: &[&str], now: &[&str]) -> Option<String> {
    let mut heading = "";
    for number in 0..frozen.len().max(now.len()) {
        let [old, new] =
            [frozen, now].map(|lines| lines.get(number).map_or("nothing", |l| l.trim()));
        if old != new {
            return Some(format!("{heading}\n    {old} in tests/bits/v1.txt\n    {new} here"));
        }
        if !new.is_empty() && !frozen[number].starts_with(' ') {
            heading = new;
        }
    }
    None
}

/// A chapter on every instruction set of this machine, on one thread and on three.
#[track_caller]
fn holds(chapter: usize) {
    let frozen = frozen();
    let frozen = part(&frozen, &format!("chapter {chapter}:"));
    for isa in Isa::supported() {
        for count in [1, 3] {
            let now = isa::with(isa, || threads::with(count, || forms::chapter(chapter)));
            let now: Vec<&str> = now.lines().collect();
            if let Some(difference) = first_difference(&frozen, &now) {
                panic!("with {isa} and {count} threads, first at {difference}");
            }
        }
    }
}

/// A test for each, so that they run side by side.
macro_rules! chapters {
    ($($name:ident $number:literal,)*) => {
        $(#[test]
        fn $name() {
            holds($number);
        })*
    };
}

chapters! {
    chapter1 1,
    chapter2 2,
    chapter3 3,
    chapter4 4,
    chapter5 5,
    chapter6 6,
    chapter7 7,
    chapter8 8,
    chapter9 9,
    chapter10 10,
}

/// Momentum, but in its second step the last bit of one weight of the last layer is another.
struct OneBit {
    sgd: Sgd,
    stepped: usize,
}

impl Optimizer for OneBit {
    fn step_param(&mut self, param: &mut Param) {
        self.sgd.step_param(param);
        // Four parameters in a step: in the second one, the weight of layer 2.
        if self.stepped == 4 + 2 {
            let weight = &mut param.value.data_mut()[1000];
            *weight = f32::from_bits(weight.to_bits() ^ 1);
        }
        self.stepped += 1;
    }
}

/// One bit of 101,770 numbers, after one of the steps.
#[test]
fn a_difference_is_named_where_it_begins() {
    let frozen = frozen();
    let frozen = part(&frozen, "chapter 4: momentum");
    let mut journal = Journal::new(4);
    let sgd = Sgd::new(0.05).momentum(0.9);
    forms::chapter4::reading("momentum", OneBit { sgd, stepped: 0 }, &mut journal);
    let now: Vec<&str> = journal.text.lines().collect();
    let difference = first_difference(&frozen, &now).expect("one bit");
    let lines: Vec<&str> = difference.lines().collect();
    assert_eq!(lines[0], "chapter 4: momentum");
    assert!(lines[1].ends_with("step 2, 2.weight in tests/bits/v1.txt"), "{difference}");
    assert!(lines[2].ends_with("step 2, 2.weight here"), "{difference}");

    let cut = first_difference(&frozen, &frozen[..9]).expect("lines are missing");
    assert!(cut.ends_with("nothing here"), "{cut}");
    assert_eq!(first_difference(&frozen, &frozen), None);
}

/// Every computation that the file names is made, and every chapter is in it.
#[test]
fn the_file_holds_ten_chapters_and_nothing_else() {
    let frozen = frozen();
    let chapters = (1..=10).flat_map(|chapter| {
        let part = part(&frozen, &format!("chapter {chapter}:"));
        assert!(part.len() > 10, "chapter {chapter}: {} lines", part.len());
        part
    });
    let all: Vec<&str> = frozen.lines().filter(|line| !line.starts_with('#')).collect();
    assert!(chapters.eq(all), "a chapter stands where it does not belong");
}
