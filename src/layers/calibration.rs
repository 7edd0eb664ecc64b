//! Whether a net that says 90 % is right nine times in ten, and a cure if it is not (chapter 6).

use crate::tensor::labels::check_labels;
use crate::{Scalar, Tensor};

/// How sure a net was of its guesses, and how often it was right.
///
/// ```
/// use longhand::Tensor;
/// use longhand::layers::Calibration;
/// // Three times 75 %, and right twice; once 50 %, and wrong.
/// let p = [0.75_f64, 0.25, 0.75, 0.25, 0.25, 0.75, 0.5, 0.5];
/// let scores = Tensor::new([4, 2], p.to_vec()).ln();
/// let found = Calibration::of(&scores, &[0, 0, 0, 1], 5);
/// assert_eq!(found.bins[3].count, 3);
/// assert!((found.bins[3].accuracy - 2.0 / 3.0).abs() < 1e-12);
/// assert!((found.error() - (3.0 * (0.75 - 2.0 / 3.0) + 0.5) / 4.0).abs() < 1e-12);
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct Calibration {
    /// From the least sure to the surest: of m bins, number i holds the guesses whose probability
    /// is from i/m on and below (i + 1)/m; the last holds 1 as well.
    pub bins: Vec<Bin>,
}

/// Guesses of which a net was about equally sure.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Bin {
    /// How many there are.
    pub count: usize,
    /// The mean of the probabilities that the net gave them; 0 if there are none.
    pub confidence: f64,
    /// Which part of them was right; 0 if there are none.
    pub accuracy: f64,
}

impl Calibration {
    // ANCHOR: calibration
    /// That of scores `[n, classes]`, or log-probabilities, which serve as scores. A guess is the
    /// class of the highest score, its probability the softmax of that. A row with a NaN counts in
    /// the first bin, and makes the error NaN.
    ///
    /// # Panics
    /// If there is not a label for each row, a label is no class, or there is not a bin.
    #[track_caller]
    pub fn of<T: Scalar>(scores: &Tensor<T>, labels: &[usize], bins: usize) -> Self {
        assert!(bins > 0, "a calibration in 0 bins");
        let (p, guesses) = (scores.cast::<f64>().log_softmax().exp(), scores.argmax(-1));
        check_labels("Calibration::of", scores.shape(), labels);
        let mut found = vec![Bin::default(); bins];
        for ((&p, &guess), &label) in p.pick(&guesses).data().iter().zip(&guesses).zip(labels) {
            let bin = &mut found[((p * bins as f64) as usize).min(bins - 1)];
            bin.count += 1;
            bin.confidence += p;
            bin.accuracy += f64::from(u8::from(guess == label));
        }
        for bin in found.iter_mut().filter(|bin| bin.count > 0) {
            bin.confidence /= bin.count as f64;
            bin.accuracy /= bin.count as f64;
        }
        Self { bins: found }
    }

    /// The *expected calibration error*: how far confidence and accuracy lie apart, on average over
    /// the guesses. M. Pakdaman Naeini, G. Cooper and M. Hauskrecht (2015).
    pub fn error(&self) -> f64 {
        let total: usize = self.bins.iter().map(|bin| bin.count).sum();
        let apart = |bin: &Bin| bin.count as f64 * (bin.accuracy - bin.confidence).abs();
        self.bins.iter().map(apart).sum::<f64>() / total.max(1) as f64
    }
    // ANCHOR_END: calibration
}

// ANCHOR: temperature
// With scores s and β = 1/T the loss of an example of class c is −β·s_c + ln Σ exp(β·s_j). With
// p = softmax(β·s),
//
//   dL/dβ = Σ p_j·s_j − s_c          d²L/dβ² = Σ p_j·s_j² − (Σ p_j·s_j)², a variance, so never < 0
//
// The slope only rises with β, so where it is 0 the loss is least, and halving finds the place.
/// The temperature T for which scores ÷ T have the least mean negative log-likelihood, within 1/20
/// to 20: C. Guo, G. Pleiss, Y. Sun and K. Weinberger, "On calibration of modern neural networks"
/// (2017). Above 1 the net was too sure of itself, below 1 not sure enough. No guess changes.
///
/// Where no T is best, it is the end of the range that the loss falls towards: 1/20 if every guess
/// is right, and 20 if the scores tell no class from another. They must be finite, and there must be
/// some.
///
/// ```
/// use longhand::Tensor;
/// use longhand::layers::temperature;
/// // Always e³ to 1 sure, and right in three of four: it should have been 3 to 1 sure.
/// let scores = Tensor::new([4, 2], vec![3.0_f64, 0.0, 3.0, 0.0, 3.0, 0.0, 3.0, 0.0]);
/// let found = temperature(&scores, &[0, 0, 0, 1]);
/// assert!((found - 3.0 / 3.0_f64.ln()).abs() < 1e-9);
/// ```
///
/// # Panics
/// If there is not a label for each row `[n, classes]` of the scores, a label is no class, or a
/// score is not finite, or there are none.
#[track_caller]
pub fn temperature<T: Scalar>(scores: &Tensor<T>, labels: &[usize]) -> f64 {
    let finite = scores.data().iter().all(|score| score.is_finite());
    assert!(finite && !labels.is_empty(), "a temperature of scores that are not finite, or none");
    let scores = scores.cast::<f64>();
    let right = scores.pick(labels).sum();
    let slope = |beta: f64| ((&scores * beta).log_softmax().exp() * &scores).sum() - right;
    let (mut low, mut high) = (0.05, 20.0);
    for _ in 0..40 {
        let middle = 0.5 * (low + high);
        *(if slope(middle) < 0.0 { &mut low } else { &mut high }) = middle;
    }
    2.0 / (low + high)
}
// ANCHOR_END: temperature
