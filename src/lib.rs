//! **Longhand**: deep learning written out in longhand.

pub mod error;

pub use error::{Error, Result};

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
