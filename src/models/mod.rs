//! Nets that more than one chapter trains, built of [`layers`](crate::layers).

mod lenet;

pub use lenet::{lenet, lenet_of_torch};
