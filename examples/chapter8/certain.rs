//! How well a ratio is known that was measured on ten gradients.

use longhand::report::{Table, grouped};
use longhand::wtb::GradientStats;
use longhand::{Rng, Tensor, init};

/// How often ten gradients are drawn from the ten.
const RESAMPLES: usize = 400;

// ANCHOR: bootstrap
/// The ratios of as many gradients, drawn from these with replacement, again and again.
fn bootstrap(gradients: &[Tensor<f64>], rng: &mut Rng) -> Vec<Tensor<f64>> {
    let again = |_| {
        let mut stats = GradientStats::new(gradients[0].shape());
        for _ in 0..gradients.len() {
            stats.add(&gradients[rng.below(gradients.len())]);
        }
        stats.snr()
    };
    (0..RESAMPLES).map(again).collect()
}
// ANCHOR_END: bootstrap

/// For each parameter the range that holds nine tenths of its resampled ratios.
fn ranges(resampled: &[Tensor<f64>]) -> Vec<[f64; 2]> {
    let of = |i: usize| {
        let values: Vec<f64> = resampled.iter().map(|snr| snr.data()[i]).collect();
        [0.05, 0.95].map(|part| quantile(&values, part))
    };
    (0..resampled[0].len()).map(of).collect()
}

/// The value below which this part of them lies.
fn quantile(values: &[f64], part: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[(part * (sorted.len() - 1) as f64).round() as usize]
}

fn ratios(gradients: &[Tensor<f64>]) -> Tensor<f64> {
    let mut stats = GradientStats::new(gradients[0].shape());
    gradients.iter().for_each(|gradient| stats.add(gradient));
    stats.snr()
}

/// The part of these for which something holds.
fn part<X>(of: &[X], holds: impl Fn(&X) -> bool) -> f64 {
    of.iter().filter(|x| holds(x)).count() as f64 / of.len() as f64
}

pub fn on_made_up_gradients() {
    const PARAMETERS: usize = 4000;
    let batches = 10;
    println!(
        "{} parameters, {batches} normal gradients each, {RESAMPLES} resamples\n",
        grouped(PARAMETERS)
    );
    let mut table = Table::new([
        "true ratio",
        "measured: 5 %",
        "median",
        "95 %",
        "its bootstrap says",
        "right in",
    ]);
    let rng = &mut Rng::new(8);
    for truth in [0.5, 1.0, 2.0, 4.0, 16.0] {
        let signal = truth / f64::from(batches).sqrt();
        let draw = |_| init::normal([PARAMETERS], signal, 1.0, rng);
        let gradients: Vec<Tensor<f64>> = (0..batches).map(draw).collect();
        let measured = ratios(&gradients).into_vec();
        let ranges = ranges(&bootstrap(&gradients, &mut Rng::new(9)));
        let right = part(&ranges, |[low, high]| (*low..=*high).contains(&truth));
        let quantiles = [0.05, 0.5, 0.95].map(|p| format!("{:.2}", quantile(&measured, p)));
        table.push(
            [format!("{truth}")]
                .into_iter()
                .chain(quantiles)
                .chain([typical(&ranges), format!("{:.0} %", 100.0 * right)]),
        );
    }
    print!("{}", table.right(0));
}

/// The median of the lower and of the upper ends.
fn typical(ranges: &[[f64; 2]]) -> String {
    let end =
        |end: usize| quantile(&ranges.iter().map(|range| range[end]).collect::<Vec<_>>(), 0.5);
    format!("{:.2} to {:.2}", end(0), end(1))
}

/// The same for a net: `gradients` are those of some of its parameters, batch by batch.
pub fn on_a_net(gradients: &[Tensor<f64>]) {
    let measured = ratios(gradients).into_vec();
    let ranges = ranges(&bootstrap(gradients, &mut Rng::new(9)));
    let heard: Vec<(f64, [f64; 2])> =
        measured.into_iter().zip(ranges).filter(|(ratio, _)| *ratio > 0.0).collect();
    println!(
        "{} parameters that had a gradient, {} batches, {RESAMPLES} resamples\n",
        grouped(heard.len()),
        gradients.len()
    );
    let mut table = Table::new(["measured ratio", "part", "its bootstrap says", "1 is in it for"]);
    let bounds = [0.0, 1.0, 2.0, 4.0, 16.0, f64::INFINITY];
    for pair in bounds.windows(2) {
        let inside = |ratio: f64| (pair[0]..pair[1]).contains(&ratio);
        let group: Vec<[f64; 2]> =
            heard.iter().filter(|(ratio, _)| inside(*ratio)).map(|(_, range)| *range).collect();
        let name = match pair[1] {
            f64::INFINITY => format!("{} and more", pair[0]),
            upper => format!("{} to {upper}", pair[0]),
        };
        let open = part(&group, |[low, high]| (*low..=*high).contains(&1.0));
        table.push([
            name,
            format!("{:.3}", group.len() as f64 / heard.len() as f64),
            typical(&group),
            format!("{:.0} %", 100.0 * open),
        ]);
    }
    print!("{table}");
}
