//! The plain way to individual gradients: one sample at a time, and the gradients stacked
//! (chapter 10). It is what the other way is tested against.

use crate::Scalar;
use crate::tape::{Var, concat};

// ANCHOR: reference
/// The gradients of `n` losses, recorded, each flattened and all parameters joined: `[n, D]`.
///
/// `loss(i)` is the loss of sample i alone, and depends on each of `params`.
///
/// # Panics
/// If `n` is 0, or a loss depends on none of the parameters or is not one number.
#[track_caller]
pub fn gradients<'t, T: Scalar>(
    n: usize,
    params: &[Var<'t, T>],
    mut loss: impl FnMut(usize) -> Var<'t, T>,
) -> Var<'t, T> {
    let mut rows = Vec::with_capacity(n);
    for i in 0..n {
        let gradients = loss(i).backward_pass().create_graph(params);
        let flat: Vec<_> = gradients.into_iter().flatten().map(|g| g.flatten(0)).collect();
        rows.push(concat(&flat, 0).unsqueeze(0));
    }
    concat(&rows, 0)
}

/// The variance of each column of `[n, D]` about its mean, over n, added up over the columns.
#[track_caller]
pub fn total_variance<'t, T: Scalar>(gradients: Var<'t, T>) -> Var<'t, T> {
    let mean = gradients.mean_axis(0);
    (gradients - mean).square().mean_axis(0).sum()
}
// ANCHOR_END: reference
