//! Pooling: every window of an image becomes one number, its largest or its mean (chapter 6).
//!
//! Each plane of a tensor `[n, c, h, w]` is pooled by itself, so planes are what threads share out.
//! A window has no more padding than half its kernel, and wherever it stands it sees some of the
//! image: so each output stands for something in the image.

mod average;
mod max;
mod pooling;
pub(super) mod reference;
mod tiles;

pub use average::Divisor;
pub use max::Maxima;
