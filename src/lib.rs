//! **Longhand**: deep learning written out in longhand.

pub mod by_hand;
pub mod data;
pub mod error;
pub mod init;
pub mod layers;
pub mod optim;
pub mod param;
pub mod report;
pub mod rng;
pub mod scalar;
pub mod tape;
pub mod tensor;

pub use error::{Error, Result};
pub use param::Param;
pub use rng::Rng;
pub use scalar::Scalar;
pub use tape::Tape;
pub use tensor::Tensor;

/// What is wrong with `LONGHAND_ISA` or `LONGHAND_THREADS`, if anything is. A program calls this
/// when it starts, so as to say so in a sentence; otherwise the first computation panics with it.
///
/// # Errors
/// If one of them holds a value that it cannot have, or that this machine cannot follow.
pub fn check_settings() -> Result<()> {
    tensor::isa::check()?;
    tensor::threads::check()?;
    Ok(())
}
