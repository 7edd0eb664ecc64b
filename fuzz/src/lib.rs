//! What each fuzz target holds the crate to. A target's `check` is given any bytes at all and panics
//! if something is wrong.
//!
//! The readers' targets take the bytes as a file. The others take them as decisions (see
//! [`choices`]): sizes, operations, layers, settings. So the fuzzer, which varies bytes and keeps
//! what reaches new code, varies computations.

pub mod choices;
pub mod compares;
pub mod count;
pub mod engine;
pub mod graphs;
pub mod gzip;
pub mod idx;
pub mod networks;
pub mod npy;
pub mod png;
pub mod png_reader;
pub mod safetensors;
