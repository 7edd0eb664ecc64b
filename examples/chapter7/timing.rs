//! Times by turns: how much longer one way takes than another, and how sure that is.

use longhand::report::measured;
use std::time::Instant;

/// The ways take turns for so many rounds, after a first round in which memory is fetched: for
/// each way the seconds of each round.
pub fn by_turns<W>(ways: &mut [W], rounds: usize, mut run: impl FnMut(&mut W)) -> Vec<Vec<f64>> {
    let mut times = vec![Vec::new(); ways.len()];
    for round in 0..=rounds {
        for (way, times) in ways.iter_mut().zip(&mut times) {
            let start = Instant::now();
            run(way);
            if round > 0 {
                times.push(start.elapsed().as_secs_f64());
            }
        }
    }
    times
}

/// The median of some figures, and between what the middle half of them lies.
pub struct Spread {
    pub median: f64,
    half: [f64; 2],
}

impl Spread {
    pub fn of(mut figures: Vec<f64>) -> Self {
        figures.sort_by(f64::total_cmp);
        let at = |part: f64| figures[(part * (figures.len() - 1) as f64).round() as usize];
        Self { median: at(0.5), half: [at(0.25), at(0.75)] }
    }

    /// How many times as long as `first` it took, round by round.
    pub fn of_ratios(times: &[f64], first: &[f64]) -> Self {
        Self::of(times.iter().zip(first).map(|(time, first)| time / first).collect())
    }

    /// The median, and the middle half.
    pub fn cells(&self) -> [String; 2] {
        let [low, high] = self.half;
        [
            measured(format_args!("{:.2} ×", self.median)),
            measured(format_args!("{low:.2}–{high:.2}")),
        ]
    }
}

/// A time, in the unit that suits it.
pub fn seconds(seconds: f64) -> String {
    match seconds < 1e-3 {
        true => measured(format_args!("{:.2} µs", 1e6 * seconds)),
        false => measured(format_args!("{:.1} ms", 1e3 * seconds)),
    }
}
