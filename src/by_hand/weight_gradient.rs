//! The gradient of a weight matrix in three ways: the same sum, in three orders of thought, and at
//! three prices (chapter 4).

use crate::tensor::einsum;
use crate::{Scalar, Tensor};

// ANCHOR: three_ways
/// How a layer computes dL/dw from its input `[n, i]` and dL/d(output) `[n, o]`.
pub type WeightGradient<T> = fn(&Tensor<T>, &Tensor<T>) -> Tensor<T>;

/// Every sample's outer product, then their sum.
///
/// All products at once would fill n·i·o numbers, so they are made and added 64 samples at a time.
#[track_caller]
pub fn outer_product<T: Scalar>(inp: &Tensor<T>, d_out: &Tensor<T>) -> Tensor<T> {
    let (n, i, o) = (inp.shape()[0], inp.shape()[1], d_out.shape()[1]);
    let mut sum = Tensor::zeros([i, o]);
    for start in (0..n).step_by(64) {
        let samples = start..n.min(start + 64);
        let inp = inp.rows(samples.clone()).unsqueeze(-1);
        let d_out = d_out.rows(samples).unsqueeze(1);
        sum += &(inp * d_out).sum_axis(0);
    }
    sum
}

/// The same sum with its indices named.
#[track_caller]
pub fn by_einsum<T: Scalar>(inp: &Tensor<T>, d_out: &Tensor<T>) -> Tensor<T> {
    einsum("bi,bj->ij", &[inp, d_out])
}

/// It was a product of matrices all along.
#[track_caller]
pub fn by_matmul<T: Scalar>(inp: &Tensor<T>, d_out: &Tensor<T>) -> Tensor<T> {
    inp.matmul_tn(d_out)
}
// ANCHOR_END: three_ways

/// The three ways with their names.
pub fn three_ways<T: Scalar>() -> [(&'static str, WeightGradient<T>); 3] {
    [("outer product", outer_product), ("einsum", by_einsum), ("matmul", by_matmul)]
}
