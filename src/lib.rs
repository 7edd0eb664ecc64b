//! **Longhand**: deep learning written out in longhand.

pub mod data;
pub mod error;
pub mod rng;
pub mod scalar;
pub mod tensor;

pub use error::{Error, Result};
pub use rng::Rng;
pub use scalar::Scalar;
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
