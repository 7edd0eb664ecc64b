//! Data: files of numbers, the digits of MNIST, and batches of them (chapters 2, 4 and 6, and the
//! appendix "Reading IDX and gzip").
//!
//! | room | what it holds |
//! |---|---|
//! | [`mnist`], [`digits`], [`dataset`], [`batches`] | the digits, as tensors, a batch at a time |
//! | [`augment`] | images turned and shifted |
//! | [`picture`], [`drawn`] | a grey picture of any size, and a digit of one's own made like MNIST's |
//! | [`idx`] | the format MNIST comes in |
//! | [`npy`] | NumPy's format for an array |
//! | [`png`], [`pgm`] | the format of screenshots and scans, and the plainest one |
//! | [`pictures`] | pictures from a file of any of these kinds |
//! | [`safetensors`] | a file of named tensors: a saved net |
//! | [`gzip`] | members, headers, checksums around [`deflate`](crate::deflate) |
//! | `cursor`, `scanner`, `convert` | what the readers share: bytes, text, numbers |
//!
//! Every reader takes any bytes at all: it gives what they hold or an [`Error`](crate::Error) that
//! says what is wrong and where, and never panics, hangs, or allocates for what is not there.

mod archive;
pub mod augment;
pub mod batches;
mod convert;
mod cursor;
pub mod dataset;
pub mod digits;
pub mod drawn;
pub mod gzip;
pub mod idx;
pub mod mnist;
pub mod npy;
pub mod pgm;
pub mod picture;
pub mod pictures;
pub mod png;
pub mod safetensors;
mod scanner;

pub use archive::Archive;
pub use augment::{Motion, move_each};
pub use batches::{Batches, Epoch};
pub use dataset::Dataset;
pub use digits::Digits;
pub use drawn::{Drawn, Ink};
pub use gzip::gunzip;
pub use idx::{Idx, IdxData};
pub use mnist::Mnist;
pub use npy::{Npy, NpyData, read_tensor, write_tensor};
pub use picture::Picture;
pub use pictures::read_pictures;
pub use png::Png;
pub use safetensors::Safetensors;
