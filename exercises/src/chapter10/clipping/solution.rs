//! Our answer to 10.4.

use longhand::Tensor;

// ANCHOR: solution
pub fn clipped_sum(gradients: &[Tensor<f64>], bound: f64) -> Vec<Tensor<f64>> {
    let n = gradients[0].shape()[0];
    let mut squares = Tensor::zeros([n]);
    for gradient in gradients {
        squares += &gradient.square().sum_axis(1);
    }
    let factors =
        squares.map(|square| if square > bound * bound { bound / square.sqrt() } else { 1.0 });
    let row = factors.unsqueeze(0);
    gradients.iter().map(|gradient| row.matmul(gradient).squeeze(0)).collect()
}
// ANCHOR_END: solution
