//! Calibration by hand, and the temperature that makes the loss least.

use super::assert_says;
use super::common::normal;
use longhand::Tensor;
use longhand::layers::{Bin, Calibration, temperature};

/// Log-probabilities of two classes, the first as likely as said.
fn pairs(first: &[f64]) -> Tensor<f64> {
    let both = first.iter().flat_map(|&p| [p, 1.0 - p]).collect();
    Tensor::new([first.len(), 2], both).ln()
}

#[test]
fn five_guesses_counted_by_hand() {
    // Sure by .62, .7 (of class 1), .9, .95 and 1 − 2⁻⁴⁰; right: yes, no, yes, yes, yes.
    let scores = pairs(&[0.62, 0.3, 0.9, 0.95, 1.0 - 2.0_f64.powi(-40)]);
    let found = Calibration::of(&scores, &[0, 0, 0, 0, 0], 5);
    let counts: Vec<usize> = found.bins.iter().map(|bin| bin.count).collect();
    assert_eq!(counts, [0, 0, 0, 2, 3]);
    assert!((found.bins[3].confidence - 0.66).abs() < 1e-12);
    assert_eq!((found.bins[3].accuracy, found.bins[4].accuracy), (0.5, 1.0));
    assert_eq!(found.bins[0], Default::default());
    // 2/5 of .16, and 3/5 of the distance of (.9 + .95 + 1)/3 = .95 from 1.
    assert!((found.error() - (0.4 * 0.16 + 0.6 * 0.05)).abs() < 1e-9, "{}", found.error());
    // One bin: the mean confidence .834 against 4 of 5 right.
    assert!((Calibration::of(&scores, &[0; 5], 1).error() - 0.034).abs() < 1e-9);
    assert_eq!(Calibration::of(&Tensor::<f32>::zeros([0, 2]), &[], 3).error(), 0.0);
}

/// exp(−1000) is 0 in any precision: the probability is 1 itself, and belongs into the last bin.
#[test]
fn a_guess_that_is_sure_counts_in_the_last_bin() {
    let scores = Tensor::new([2, 2], vec![1000.0_f32, 0.0, 0.0, 1000.0]);
    let found = Calibration::of(&scores, &[0, 0], 4);
    assert_eq!(found.bins[3], Bin { count: 2, confidence: 1.0, accuracy: 0.5 });
    assert_eq!(found.bins[..3], [Bin::default(); 3]);
    assert_eq!(found.error(), 0.5);
}

/// Labels drawn from the net's own probabilities are calibrated, and twice the scores are heated
/// by 2.
#[test]
fn the_temperature_undoes_a_factor() {
    let scores = normal::<f64>(&[4000, 5], 1);
    let p = scores.log_softmax().exp();
    let rng = &mut longhand::Rng::new(2);
    let draw = |row: &[f64]| {
        let mut left = rng.uniform::<f64>();
        row.iter()
            .position(|p| {
                left -= p;
                left < 0.0
            })
            .unwrap_or(4)
    };
    let labels: Vec<usize> = p.data().chunks(5).map(draw).collect();
    let own = temperature(&scores, &labels);
    assert!((own - 1.0).abs() < 0.1, "{own}");
    assert!((temperature(&(&scores * 2.0), &labels) - 2.0 * own).abs() < 1e-8);
    let error = |scores: &Tensor<f64>| Calibration::of(scores, &labels, 10).error();
    assert!(error(&scores) < 0.03 && error(&(&scores * 3.0)) > 0.2);
    // No other temperature nearby has a lower loss.
    let loss = |t: f64| -(&scores / t).log_softmax().pick(&labels).mean();
    assert!(loss(own) < loss(1.01 * own) && loss(own) < loss(0.99 * own));
}

#[test]
fn where_no_temperature_is_best_the_bound_is_given() {
    // Always right: the surer the better. Always wrong: the less sure the better.
    let scores = Tensor::new([2, 2], vec![1.0_f32, 0.0, 2.0, 0.0]);
    assert!((temperature(&scores, &[0, 0]) - 0.05).abs() < 1e-9);
    assert!((temperature(&scores, &[1, 1]) - 20.0).abs() < 1e-6);
    // Scores that tell no class from another are as good at any temperature: then the least sure.
    assert!((temperature(&Tensor::<f32>::zeros([2, 2]), &[0, 1]) - 20.0).abs() < 1e-6);
}

#[test]
fn mistakes_are_told() {
    let scores = Tensor::<f32>::zeros([2, 3]);
    assert_says(|| Calibration::of(&scores, &[0], 5), &["[2, 3]", "1 label"]);
    assert_says(|| Calibration::of(&scores, &[0, 3], 5), &["label 3", "3 classes"]);
    assert_says(|| Calibration::of(&scores, &[0, 1], 0), &["0 bins"]);
    assert_says(|| temperature(&scores, &[0]), &["[2, 3]", "1 label"]);
    for (scores, labels) in [(pairs(&[]), &[][..]), (pairs(&[f64::NAN]), &[0])] {
        assert_says(|| temperature(&scores, labels), &["not finite, or none"]);
    }
}
