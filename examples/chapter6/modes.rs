//! Batch normalisation in the wrong mode.

use crate::nets::normed;
use crate::trial::{Parts, Plan, SEEDS, fit, score};
use longhand::Rng;
use longhand::data::Dataset;
use longhand::layers::{Layer, Nll, Sequential, evaluate, preserve_state};
use longhand::report::{Table, spread};

/// The accuracy of one who forgot to say that this is evaluation.
fn in_training(net: &mut Sequential, digits: &Dataset, batch: usize) -> f64 {
    let found = evaluate(digits, batch, &mut Nll::mean(), |x| net.forward(x));
    net.forget();
    found.accuracy()
}

/// The same digits, all zeros first, then all ones.
fn sorted(digits: &Dataset) -> Dataset {
    let mut order: Vec<usize> = (0..digits.len()).collect();
    order.sort_by_key(|&i| digits.labels[i]);
    let labels = order.iter().map(|&i| digits.labels[i]).collect();
    Dataset::new(digits.images.gather_rows(&order), labels)
}

pub fn compare(digits: &Parts) {
    let test = digits.test.rows(0..2_000);
    let sorted = sorted(&test);
    let plan = Plan { rate: 0.05, epochs: 2, motion: None };
    let mut columns: Vec<Vec<f64>> = vec![Vec::new(); 6];
    for seed in 0..SEEDS {
        let rng = &mut Rng::new(seed);
        let mut net = normed(rng);
        fit(&mut net, &digits.train, plan, rng, |_, _| ());
        let mut found = vec![score(&net, &test).accuracy()];
        for (digits, batch) in [(&test, 500), (&test, 10), (&test, 2), (&sorted, 10)] {
            // What the running statistics were is put back.
            found.push(preserve_state(&mut net, |net| in_training(net, digits, batch)));
        }
        in_training(&mut net, &sorted, 10);
        found.push(score(&net, &test).accuracy());
        columns.iter_mut().zip(found).for_each(|(column, found)| column.push(found));
    }
    let mut table = Table::new(["mode", "batches of", "accuracy %"]).left(1).right(2);
    for ((mode, batch), found) in [
        ("evaluation", "any size"),
        ("training", "500 digits"),
        ("training", "10 digits"),
        ("training", "2 digits"),
        ("training", "10 of the same digit"),
        ("evaluation", "any size, but after the row above"),
    ]
    .into_iter()
    .zip(&columns)
    {
        table.push([mode, batch, &spread(found, 1)]);
    }
    print!("{table}");
}
