//! The short forms of the ten chapters: the first steps of what each of them computes, with its own
//! nets and rules, on a few of the digits. They read no file, so that they run wherever there is a
//! processor, and every machine must get the bits that stand in `tests/bits/v1.txt`.

mod chapter1;
mod chapter10;
mod chapter2;
mod chapter3;
pub mod chapter4;
mod chapter5;
mod chapter6;
mod chapter7;
mod chapter8;
mod chapter9;
mod digits;
mod journal;

pub use journal::Journal;

/// What each chapter writes into its journal.
const CHAPTERS: [fn(&mut Journal); 10] = [
    chapter1::write,
    chapter2::write,
    chapter3::write,
    chapter4::write,
    chapter5::write,
    chapter6::write,
    chapter7::write,
    chapter8::write,
    chapter9::write,
    chapter10::write,
];

/// The journal of a chapter.
pub fn chapter(number: usize) -> String {
    let mut journal = Journal::new(number);
    CHAPTERS[number - 1](&mut journal);
    journal.text
}

/// Those of all chapters.
pub fn report() -> String {
    (1..=CHAPTERS.len()).map(chapter).collect()
}
