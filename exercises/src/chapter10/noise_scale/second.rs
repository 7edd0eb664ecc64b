//! 10.2 without the own gradients: the shares' variance is n² times smaller.

use longhand::Tensor;

pub fn noise_scale(shares: &Tensor<f64>) -> (f64, f64) {
    let (n, d) = (shares.shape()[0], shares.shape()[1]);
    let (mut variance, mut length) = (0.0, 0.0);
    for j in 0..d {
        let column: Vec<f64> = (0..n).map(|s| shares[[s, j]]).collect();
        let sum: f64 = column.iter().sum();
        let mean = sum / n as f64;
        variance += n as f64 * column.iter().map(|share| (share - mean).powi(2)).sum::<f64>();
        length += sum * sum;
    }
    (variance, variance / length)
}
