//! Where weights start: ±1/√inputs, as PyTorch has it and `Linear::new`, against chapter 2's √(2/m).

use crate::trial::{Parts, Trial, Tuned, tune};
use longhand::Rng;
use longhand::layers::Layer;
use longhand::report::Table;

/// Each start in a shallow net and in a deep one: how large the scores are, and what is learnt.
/// The first is known.
pub fn compare(parts: &Parts, shallow: Tuned) {
    let mut known = Some(shallow);
    let header = ["hidden", "weights", "scores at first", "best rate", "validation loss"];
    let mut table = Table::new(header).left(1);
    for hidden in [&[50][..], &[50; 10]] {
        for (name, kaiming) in [("uniform ±1/√m", false), ("normal √(2/m)", true)] {
            let trial = Trial { hidden, kaiming, ..Trial::new(&parts.train) };
            let scores = trial.net(&mut Rng::new(1)).predict(&parts.compare.images);
            // The spread over the digits of a class's score.
            let spread = (&scores - scores.mean_axis(0)).square().mean().sqrt();
            let rates = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2];
            let tuned = known.take().unwrap_or_else(|| tune(name, &rates, &trial, parts));
            table.push([
                hidden.len().to_string(),
                name.to_string(),
                format!("{spread:.1e}"),
                tuned.rate.to_string(),
                format!("{:.3}", tuned.loss),
            ]);
        }
    }
    print!("{table}");
}
