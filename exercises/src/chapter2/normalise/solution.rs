//! Our answer to 2.1.

use longhand::Tensor;

// ANCHOR: solution
pub fn normalise(train: &Tensor<f64>, images: &Tensor<f64>) -> Tensor<f64> {
    (images - train.mean()) / train.std()
}
// ANCHOR_END: solution
