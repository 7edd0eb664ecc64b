//! Products of any shape: what a table of chosen rows cannot show, for those are the rows that
//! somebody tuned.

use crate::contest::{Contest, Row};
use crate::matmul::{Number, Shape, strongest};
use crate::table::mean;
use longhand::Rng;
use longhand::report::Table;

/// How many shapes there are.
const SHAPES: usize = 200;
/// Sizes are 1 to this, and small ones as frequent as large ones: the logarithm is uniform.
const LARGEST: f64 = 5000.0;
/// No product has more multiply-adds.
const MOST_WORK: usize = 1 << 31;

/// The shapes of a seed, with each factor as it lies or transposed.
pub fn shapes(seed: u64) -> Vec<Shape> {
    let rng = &mut Rng::new(seed);
    let size = |rng: &mut Rng| LARGEST.powf(rng.uniform_in(0.0, 1.0_f64)).round() as usize;
    let mut shapes = Vec::new();
    while shapes.len() < SHAPES {
        let [m, k, n] = [(); 3].map(|()| size(rng));
        let layout = ["NN", "TN", "NT", "TT"][rng.below(4)];
        if m * k * n <= MOST_WORK {
            shapes.push(Shape::new(m, k, n, layout));
        }
    }
    shapes
}

/// A product of each shape, by us and by the strongest of the others.
pub fn contests<T: Number>(seed: u64, threads: usize) -> impl Iterator<Item = Contest> {
    shapes(seed).into_iter().map(move |shape| strongest::<T>(shape, threads))
}

/// How many times as fast as the fastest of the others we are: less than 1 where we lost.
pub fn gain(row: &Row) -> Option<f64> {
    row.gain(row.best()?)
}

/// The quantiles of the gains, the part of the shapes below two of them, and the ten least.
pub fn table(rows: &[&Row]) -> String {
    let mut gains: Vec<(f64, &Row)> =
        rows.iter().filter_map(|row| Some((gain(row)?, *row))).collect();
    gains.sort_by(|a, b| a.0.total_cmp(&b.0));
    if gains.is_empty() {
        return String::new();
    }
    let quantile = |part: f64| gains[((gains.len() - 1) as f64 * part).round() as usize].0;
    let mut table = Table::new(["of the shapes", "at most"]);
    for part in [0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0] {
        table.push([format!("{:.0} %", 100.0 * part), format!("{:.2}×", quantile(part))]);
    }
    let mut text = table.right(0).right(1).to_string();
    let below = |limit: f64| gains.iter().filter(|(gain, _)| *gain < limit).count();
    text += &format!(
        "against the best of all: {:.2}× on average; {} of {} below .85×, {} below .75×\n\n",
        mean(gains.iter().map(|(gain, _)| *gain)),
        below(0.85),
        gains.len(),
        below(0.75),
    );
    let mut least = Table::new(["the least", "ours", "best", "", "ratio"]);
    for (gain, row) in gains.iter().take(10) {
        let best = row.best().unwrap_or_default();
        let time = |rival| crate::table::seconds(row.time(rival).unwrap_or(f64::NAN));
        let cells = [row.name.clone(), time("ours"), time(best), best.into()];
        least.push(cells.into_iter().chain([format!("{gain:.2}×")]));
    }
    text + &least.left(0).right(1).right(2).left(3).right(4).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_is_a_list_of_shapes() {
        let sizes = |seed| -> Vec<[usize; 3]> {
            shapes(seed).iter().map(|shape| [shape.m, shape.k, shape.n]).collect()
        };
        assert_eq!(sizes(1), sizes(1));
        assert_ne!(sizes(1), sizes(2));
        assert!(sizes(1).iter().flatten().all(|&size| (1..=5000).contains(&size)));
        assert!(sizes(1).iter().all(|[m, k, n]| m * k * n <= MOST_WORK));
    }

    #[test]
    fn the_worst_come_first() {
        let row = |name: &str, ours, theirs| Row {
            name: name.into(),
            flops: None,
            times: vec![("ours", vec![ours]), ("OpenBLAS", vec![theirs])],
        };
        let rows = [row("good", 1.0, 2.0), row("bad", 1.0, 0.5)];
        let text = table(&rows.iter().collect::<Vec<_>>());
        assert!(text.contains("1.00× on average; 1 of 2 below .85×, 1 below .75×"), "{text}");
        assert!(text.find("bad") < text.find("good"), "{text}");
    }
}
