//! Reports: figures are well-formed, small, safe and the same every time; tables line up; the
//! progress line draws in a terminal and is silent elsewhere.

#[path = "../common/mod.rs"]
mod common;

mod figures;
mod progress;
mod saving;
mod tables;
mod xml;
