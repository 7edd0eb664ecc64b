//! Our answer to 3.4.

use longhand::Tensor;

// ANCHOR: solution
pub fn row_sum_grad(inp: &Tensor<f64>, d_out: &Tensor<f64>) -> Tensor<f64> {
    d_out.unsqueeze(-1).expand(inp.shape())
}
// ANCHOR_END: solution
