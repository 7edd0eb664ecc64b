//! Gradient checking: what a derivative should be, measured (chapter 5).
//!
//! A pullback that is wrong gives wrong numbers and no error. But a slope can also be measured,
//! by moving one input a little and looking at the output, and the two must agree.
//!
//! Where they do not, the function may be innocent: at a kink, as ReLU has at 0, there is no
//! slope to measure. A kink shows: from the two sides the slopes differ, however small the step,
//! while for a smooth function the difference shrinks with the step. What lies at a kink is
//! reported apart, and is a mistake only if it is not even between the two sides' slopes.

mod report;
mod run;
mod settings;
mod slope;

use super::list::Var;
use crate::Tensor;

pub use report::{Finding, Report};
pub use settings::Check;

// ANCHOR: gradcheck
/// Holds the gradients of `f` against finite differences, in f64, for every element of every
/// input (or a sample of 1,000, where there are more).
///
/// `f` may return any shape; its elements are added up with random weights, because mistakes can
/// cancel in a plain sum.
///
/// ```
/// use longhand::Tensor;
/// use longhand::tape::gradcheck;
/// let (a, b) = (Tensor::vector(&[0.5, -1.0, 2.0]), Tensor::scalar(0.3));
/// let report = gradcheck([&a, &b], |[a, b]| (a * b).tanh());
/// assert!(report.is_right(), "{report}");
/// assert_eq!(report.checked, 4);
/// ```
pub fn gradcheck<const N: usize>(
    inputs: [&Tensor<f64>; N],
    f: impl for<'t> Fn([Var<'t, f64>; N]) -> Var<'t, f64>,
) -> Report {
    Check::default().first(inputs, f)
}

/// Holds second derivatives against finite differences of first ones: the pullbacks of the
/// pullbacks of `f`.
///
/// ```
/// use longhand::Tensor;
/// use longhand::tape::gradgradcheck;
/// gradgradcheck([&Tensor::vector(&[0.5, -1.0, 2.0])], |[x]| x.tanh()).expect_right();
/// ```
pub fn gradgradcheck<const N: usize>(
    inputs: [&Tensor<f64>; N],
    f: impl for<'t> Fn([Var<'t, f64>; N]) -> Var<'t, f64>,
) -> Report {
    Check::default().second(inputs, f)
}
// ANCHOR_END: gradcheck
