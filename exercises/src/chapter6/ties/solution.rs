//! Our answer to 6.4.

use longhand::Tensor;

// ANCHOR: solution
pub fn max_pool_grad(
    x: &Tensor<f64>,
    d_output: &Tensor<f64>,
    size: usize,
    stride: usize,
) -> Tensor<f64> {
    let mut d_input = Tensor::zeros(x.shape());
    for i in 0..d_output.shape()[0] {
        for j in 0..d_output.shape()[1] {
            let mut best = [i * stride, j * stride];
            for k in 0..size {
                for l in 0..size {
                    let here = [i * stride + k, j * stride + l];
                    if x[here] > x[best] {
                        best = here;
                    }
                }
            }
            d_input[best] += d_output[[i, j]];
        }
    }
    d_input
}
// ANCHOR_END: solution
