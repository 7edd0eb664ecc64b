//! 10.1 column by column.

use longhand::Tensor;

pub fn total_variance(gradients: &Tensor<f64>) -> f64 {
    let (n, d) = (gradients.shape()[0], gradients.shape()[1]);
    let mut total = 0.0;
    for j in 0..d {
        let mean = (0..n).map(|i| gradients[[i, j]]).sum::<f64>() / n as f64;
        let squares: f64 = (0..n).map(|i| (gradients[[i, j]] - mean).powi(2)).sum();
        total += squares / n as f64;
    }
    total
}
