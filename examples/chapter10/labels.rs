//! Which digits say the most, and whether those are the ones with a wrong label.

use super::batch::{descend, linear_model, mean_gradient, samples};
use super::trials::{SEEDS, spread};
use longhand::data::{Dataset, Mnist};
use longhand::report::{Figure, ImageGrid, Table};
use longhand::{Param, Result, Rng, Tape, Tensor};

/// The norm of each digit's own gradient.
fn norms(model: &[Param<f64>; 2], digits: &Dataset<f64>) -> Tensor<f64> {
    // ANCHOR: norms
    let tape = Tape::new();
    let (_, samples) = samples(&tape, model, digits);
    samples.total_square_norms().value().sqrt()
    // ANCHOR_END: norms
}

fn scores(model: &[Param<f64>; 2], digits: &Dataset<f64>) -> Tensor<f64> {
    digits.images.matmul_nt(&model[0].value) + &model[1].value
}

/// The numbers of the digits, that with the largest value first.
fn largest_first(values: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[b].total_cmp(&values[a]));
    order
}

pub fn longest(mnist: &Mnist) -> Result<()> {
    const SHOWN: usize = 20;
    let digits = mnist.train.split_at(2_000).0.dataset::<f64>([784], 255.0);
    let mut model = linear_model();
    for _ in 0..200 {
        let gradient = mean_gradient(&model, &digits);
        descend(&mut model, &gradient, 0.5);
    }
    let norms = norms(&model, &digits);
    let read = scores(&model, &digits).argmax(1);
    let order = largest_first(norms.data());

    let mut table = Table::new(["", "mean norm", "of 200 read right"]);
    let middle = digits.len() / 2 - 100;
    for (name, group) in [
        ("the 200 longest", &order[..200]),
        ("200 in the middle", &order[middle..middle + 200]),
        ("the 200 shortest", &order[1_800..]),
    ] {
        let mean = group.iter().map(|&i| norms.data()[i]).sum::<f64>() / 200.0;
        let right = group.iter().filter(|&&i| read[i] == digits.labels[i]).count();
        table.push([name.to_string(), format!("{mean:.4}"), right.to_string()]);
    }
    print!("{table}");
    for (what, power) in [("Σ‖g‖", 1), ("Σ‖g‖²", 2)] {
        let all: f64 = norms.data().iter().map(|norm| norm.powi(power)).sum();
        let share: f64 = order[..200].iter().map(|&i| norms.data()[i].powi(power)).sum();
        println!("the longest tenth holds {:.1} % of {what}", 100.0 * share / all);
    }

    let title = format!("The {SHOWN} longest gradients of 2,000");
    let mut grid = ImageGrid::new(&title, 28, 28).columns(10).range(0.0, 1.0);
    for &i in &order[..SHOWN] {
        let pixels = digits.images.rows(i..i + 1);
        grid = grid.prediction(pixels.data(), read[i], digits.labels[i]);
    }
    println!("\nfigure: {}", grid.save_figure("chapter10-norms")?);
    Ok(())
}

/// How many of the first `count` in this order have a wrong label, as a part of them, and as a part
/// of all that have.
fn found(order: &[usize], wrong: &[bool], count: usize) -> [f64; 2] {
    let hits = order[..count].iter().filter(|&&i| wrong[i]).count() as f64;
    let all = wrong.iter().filter(|&&wrong| wrong).count() as f64;
    [100.0 * hits / count as f64, 100.0 * hits / all]
}

/// A tenth of the labels redrawn: are they where the gradients are long?
pub fn wrong(mnist: &Mnist) {
    const DIGITS: usize = 2_000;
    const LISTED: usize = 200;
    let checkpoints = [10, 30, 100, 300];
    // For each checkpoint a row for each seed: both figures by norm, both by loss.
    let mut rows = vec![Vec::new(); checkpoints.len()];
    let mut wrongs = Vec::new();
    for seed in 0..SEEDS {
        let clean = mnist.train.split_at(seed * DIGITS).1.split_at(DIGITS).0;
        let noisy = clean.with_noise(0.1, &mut Rng::new(seed as u64));
        let pairs = clean.labels().iter().zip(noisy.labels());
        let wrong: Vec<bool> = pairs.map(|(clean, noisy)| clean != noisy).collect();
        wrongs.push(vec![wrong.iter().filter(|&&wrong| wrong).count() as f64]);
        let digits = noisy.dataset::<f64>([784], 255.0);
        let (mut model, mut steps) = (linear_model(), 0);
        for (rows, until) in rows.iter_mut().zip(checkpoints) {
            while steps < until {
                let gradient = mean_gradient(&model, &digits);
                descend(&mut model, &gradient, 0.5);
                steps += 1;
            }
            let by_norm = largest_first(norms(&model, &digits).data());
            let log_p = scores(&model, &digits).log_softmax();
            let loss = |i: usize| -log_p.data()[10 * i + digits.labels[i]];
            let by_loss = largest_first(&(0..DIGITS).map(loss).collect::<Vec<_>>());
            let both = [by_norm, by_loss].map(|order| found(&order, &wrong, LISTED));
            rows.push(both.concat());
        }
    }
    println!(
        "{DIGITS} digits, {} of them with a wrong label; listed are the {LISTED} longest gradients,\nand \
         the {LISTED} largest losses; mean of {SEEDS} seeds ± standard deviation,\neach with digits of \
         its own\n",
        spread(&wrongs, 0, 0)
    );
    let mut table =
        Table::new(["steps", "precision %", "recall %", "by loss: precision %", "recall %"]);
    for (until, rows) in checkpoints.iter().zip(&rows) {
        let cells = (0..4).map(|column| spread(rows, column, 1));
        table.push([until.to_string()].into_iter().chain(cells));
    }
    print!("{table}");
}
