//! The formats (chapter 2 and the appendix *Reading MNIST*), the batches that come of them, digits
//! of one's own (chapter 4), and digits moved on purpose (chapter 6).

#[path = "../common/mod.rs"]
mod common;

mod augment;
mod batches;
mod drawn;
mod gzip;
mod idx;
mod mnist;
mod npy;
mod pgm;
mod pictures;
mod png;
