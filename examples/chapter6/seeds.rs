//! The net of the chapter with three seeds, and how well each is calibrated.

use crate::judged::loss_and_error;
use crate::trial::{Parts, Plan, SEEDS, fit, scores};
use crate::{EPOCHS, RATE};
use longhand::layers::temperature;
use longhand::models::lenet;
use longhand::report::{Table, section, spread};
use longhand::tensor::threads;
use longhand::{Rng, Tensor};

pub fn three_seeds(digits: &Parts) {
    println!("Chapter 6: three seeds");
    eprintln!("this will take about three times as long as the chapter");
    section("Three seeds");
    let plan = Plan { rate: RATE, epochs: EPOCHS, motion: None };
    let mut runs: Vec<(u64, Vec<f64>)> = (6..6 + SEEDS).map(|seed| (seed, Vec::new())).collect();
    threads::for_each(runs.iter_mut(), |(seed, found)| {
        let rng = &mut Rng::new(*seed);
        let mut net = lenet(rng, [0.0, 0.0]);
        fit(&mut net, &digits.train, plan, rng, |_, _| ());
        let [valid, test] = [&digits.valid, &digits.test].map(|digits| scores(&net, digits));
        let heat = temperature(&valid, &digits.valid.labels);
        let right = |scores: &Tensor, labels: &[usize]| {
            let right = scores.argmax(-1).iter().zip(labels).filter(|(a, b)| a == b).count();
            100.0 * right as f64 / labels.len() as f64
        };
        found.push(right(&valid, &digits.valid.labels));
        found.push(right(&test, &digits.test.labels));
        found.push(heat);
        for (scores, digits) in [(&valid, &digits.valid), (&test, &digits.test)] {
            let (loss, error) = loss_and_error(scores, &digits.labels);
            let (cooled, left) = loss_and_error(&(scores * (1.0 / heat) as f32), &digits.labels);
            found.extend([loss, cooled, error, left]);
        }
    });
    let header = ["seed".to_string()].into_iter().chain(runs.iter().map(|run| run.0.to_string()));
    let mut table = Table::new(header.chain(["mean ± std".to_string()]));
    for (row, (name, digits)) in [
        ("accuracy in validation, %", 2),
        ("accuracy in the test, %", 2),
        ("temperature T, by validation", 3),
        ("loss in validation", 4),
        ("loss in validation, divided by T", 4),
        ("calibration error there, points", 2),
        ("calibration error, divided by T", 2),
        ("loss in the test", 4),
        ("loss in the test, divided by T", 4),
        ("calibration error there, points", 2),
        ("calibration error, divided by T", 2),
    ]
    .into_iter()
    .enumerate()
    {
        let values: Vec<f64> = runs.iter().map(|(_, found)| found[row]).collect();
        let cells = values.iter().map(|value| format!("{value:.digits$}"));
        let cells = [name.to_string()].into_iter().chain(cells);
        table.push(cells.chain([spread(&values, digits)]));
    }
    print!("{}", table.right(4));
}
