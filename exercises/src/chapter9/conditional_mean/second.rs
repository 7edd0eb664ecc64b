//! 9.2 with a table of sums and counts.

use longhand::Tensor;
use std::collections::HashMap;

pub fn best_guess(triggers: &[usize], truths: &Tensor<f64>) -> Tensor<f64> {
    let features = truths.shape()[1];
    let mut table: HashMap<usize, (Vec<f64>, f64)> = HashMap::new();
    for (trigger, truth) in triggers.iter().zip(truths.data().chunks(features)) {
        let (sums, count) = table.entry(*trigger).or_insert((vec![0.0; features], 0.0));
        *count += 1.0;
        sums.iter_mut().zip(truth).for_each(|(sum, truth)| *sum += truth);
    }
    let row = |trigger: &usize| {
        let (sums, count) = &table[trigger];
        sums.iter().map(|sum| sum / count).collect::<Vec<_>>()
    };
    Tensor::new(truths.shape(), triggers.iter().flat_map(row).collect())
}
