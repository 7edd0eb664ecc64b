//! The two element types as a value (chapter 1).

/// Which of the two element types a [`Scalar`](super::Scalar) is, for code that does something else
/// for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dtype {
    /// `f32`
    F32,
    /// `f64`
    F64,
}

impl Dtype {
    /// As files of tensors call it: `"F32"`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Dtype::F32 => "F32",
            Dtype::F64 => "F64",
        }
    }
}
