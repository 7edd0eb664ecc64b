//! Our answer to 10.3.

use longhand::Tensor;

// ANCHOR: solution
pub fn square_norms(columns: &Tensor<f64>, d_out: &Tensor<f64>) -> Tensor<f64> {
    let norm = |n: usize| {
        let image = |of: &Tensor<f64>| of.rows(n..n + 1).squeeze(0);
        let (x, d) = (image(columns), image(d_out));
        // Alike in what is seen, and alike in what is asked for.
        (x.t().matmul(&x) * d.t().matmul(&d)).sum()
    };
    Tensor::vector(&(0..columns.shape()[0]).map(norm).collect::<Vec<_>>())
}
// ANCHOR_END: solution
