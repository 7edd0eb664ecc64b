//! 4.2 number by number.

use longhand::Tensor;

pub fn cross_entropy_grad(scores: &Tensor<f64>, labels: &[usize]) -> Tensor<f64> {
    let (n, classes) = (labels.len(), scores.shape()[1]);
    let mut gradient = Tensor::zeros([n, classes]);
    for (i, &label) in labels.iter().enumerate() {
        for j in 0..classes {
            let others: f64 = (0..classes).map(|k| (scores[[i, k]] - scores[[i, j]]).exp()).sum();
            let p = 1.0 / others;
            gradient[[i, j]] = if j == label { p - 1.0 } else { p } / n as f64;
        }
    }
    gradient
}
