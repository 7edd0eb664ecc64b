//! The formats (chapter 2 and the appendix *Reading MNIST*), and the batches that come of them.

#[path = "../common/mod.rs"]
mod common;

mod batches;
mod gzip;
mod idx;
mod mnist;
mod npy;
