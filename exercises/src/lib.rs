//! The exercises of Longhand's book, each with a check that knows the usual mistakes.
//!
//! `exercises/README.md` says how to do them, and how to add one.

extern crate self as exercises; // so that a solution reads as a student's file does

pub mod chapter1;
pub mod chapter10;
pub mod chapter2;
pub mod chapter3;
pub mod chapter4;
pub mod chapter5;
pub mod chapter6;
pub mod chapter7;
pub mod chapter8;
pub mod chapter9;
pub mod exercise;
pub mod samples;
pub mod trial;
mod usual;
pub mod value;
pub mod verdict;

pub use exercise::{Exercise, Facts, Mistake, Task, Written};
pub use longhand;
pub use trial::Trial;

/// All exercises, in order.
pub fn course() -> Vec<&'static dyn Task> {
    let chapters = [
        chapter1::ALL,
        chapter2::ALL,
        chapter3::ALL,
        chapter4::ALL,
        chapter5::ALL,
        chapter6::ALL,
        chapter7::ALL,
        chapter8::ALL,
        chapter9::ALL,
        chapter10::ALL,
    ];
    chapters.concat()
}
