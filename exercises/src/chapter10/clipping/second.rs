//! 10.4 sample by sample.

use longhand::Tensor;

pub fn clipped_sum(gradients: &[Tensor<f64>], bound: f64) -> Vec<Tensor<f64>> {
    let mut sums: Vec<_> = gradients.iter().map(|g| Tensor::zeros([g.shape()[1]])).collect();
    for n in 0..gradients[0].shape()[0] {
        let own: Vec<_> = gradients.iter().map(|g| g.rows(n..n + 1).squeeze(0)).collect();
        let norm = own.iter().map(|g| g.square().sum()).sum::<f64>().sqrt();
        for (sum, own) in sums.iter_mut().zip(&own) {
            *sum += &(own * (bound / norm.max(bound)));
        }
    }
    sums
}
