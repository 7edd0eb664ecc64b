//! Our answer to 9.2.

use longhand::Tensor;

// ANCHOR: solution
pub fn best_guess(triggers: &[usize], truths: &Tensor<f64>) -> Tensor<f64> {
    let of = |trigger: &usize| {
        let same: Vec<usize> = (0..triggers.len()).filter(|&s| triggers[s] == *trigger).collect();
        truths.gather_rows(&same).mean_axis(0)
    };
    let rows: Vec<_> = triggers.iter().map(of).collect();
    Tensor::stack(&rows.iter().collect::<Vec<_>>())
}
// ANCHOR_END: solution
