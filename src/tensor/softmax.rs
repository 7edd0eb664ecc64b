//! Log-softmax: scores become the logarithms of probabilities (chapter 4).

use super::Tensor;
use crate::Scalar;

impl<T: Scalar> Tensor<T> {
    // ANCHOR: log_softmax
    /// xᵢ − ln Σⱼ exp(xⱼ) along the last axis; the same shape.
    ///
    /// ```
    /// # use longhand::Tensor;
    /// let y = Tensor::vector(&[1000.0_f64, 1000.0]).log_softmax();
    /// assert_eq!(y.data(), [-std::f64::consts::LN_2; 2]);
    /// ```
    ///
    /// # Panics
    /// If the tensor has no axis.
    #[track_caller]
    pub fn log_softmax(&self) -> Self {
        // Taking the largest score off all of them changes nothing, and then no exp overflows.
        let mut shifted = self - self.max_axis(-1).unsqueeze(-1);
        let log_sum = shifted.exp().sum_axis(-1).ln();
        shifted -= &log_sum.unsqueeze(-1);
        shifted
    }
    // ANCHOR_END: log_softmax
}
