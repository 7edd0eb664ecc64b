//! The backward pass: how it is asked for, the engine that makes it, and where the pullbacks of a
//! pass write (chapter 5).

mod engine;
mod mode;
mod pending;
mod reach;
pub mod reference;
mod request;
mod root;

pub use request::BackwardPass;
pub use root::Upstream;
