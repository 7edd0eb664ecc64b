//! One line of a line chart: its points, its band or its noise, and how they are drawn.

use super::decimal::short;
use super::scale::{Extent, Scale};
use super::svg::Svg;
use super::trace;

/// A line of at most this many points shows each as a dot.
const DOTS: usize = 24;

/// A named line.
#[derive(Clone, Debug)]
pub(super) struct Series {
    /// Its label; none if empty.
    pub name: String,
    /// The x of each point.
    pub xs: Vec<f64>,
    /// The y of each point.
    pub ys: Vec<f64>,
    /// The least and the greatest around each y.
    pub band: Option<(Vec<f64>, Vec<f64>)>,
    /// The values that `ys` are the running mean of.
    pub raw: Option<Vec<f64>>,
}

impl Series {
    /// Everything that the y axis must reach.
    pub(super) fn all_ys(&self) -> impl Iterator<Item = &f64> {
        let band = self.band.iter().flat_map(|(lows, highs)| lows.iter().chain(highs));
        self.ys.iter().chain(band).chain(self.raw.iter().flatten())
    }

    /// A sentence for those who cannot see the line.
    pub(super) fn description(&self) -> String {
        let Self { name, ys, .. } = self;
        let Extent { lo, hi, .. } = Extent::of(ys, false);
        let (count, lo, hi) = (ys.len(), short(lo), short(hi));
        match ys.last() {
            Some(&last) => {
                format!(" {name}: {count} points between {lo} and {hi}, the last {}.", short(last))
            }
            None => format!(" {name}: no points."),
        }
    }

    /// The place of the rightmost point that is not beyond `right`.
    pub(super) fn end(&self, x: &Scale, y: &Scale, right: f64) -> Option<(f64, f64)> {
        let points = self.xs.iter().zip(&self.ys);
        let shown = points.filter_map(|(&h, &v)| Some((x.at(h)?, y.at(v)?)));
        shown.filter(|spot| spot.0 <= right + 0.1).max_by(|a, b| a.0.total_cmp(&b.0))
    }

    fn runs(&self, x: &Scale, y: &Scale, ys: &[f64]) -> Vec<Vec<trace::Spot>> {
        let points = self.xs.iter().zip(ys);
        trace::runs(points.map(|(&h, &v)| Some((x.at(h)?, y.at(v)?))))
    }

    /// The band, or the noise.
    pub(super) fn draw_pale(&self, svg: &mut Svg, x: &Scale, y: &Scale, colour: usize) {
        if let Some((lows, highs)) = &self.band {
            // Where one edge is missing, so is the other.
            let gap = |low: f64, high: f64| match y.at(low).and(y.at(high)) {
                Some(_) => (low, high),
                None => (f64::NAN, f64::NAN),
            };
            let edges = lows.iter().zip(highs).map(|(&low, &high)| gap(low, high));
            let (lows, highs): (Vec<_>, Vec<_>) = edges.unzip();
            for (low, high) in self.runs(x, y, &lows).iter().zip(self.runs(x, y, &highs)) {
                let mut outline = trace::thin(&high, 10);
                outline.extend(trace::thin(low, 10).into_iter().rev());
                let data = trace::path(&outline) + "z";
                svg.path(&format!("c{colour} fill"), &data, r#" fill-opacity=".2""#);
            }
        }
        for run in self.raw.iter().flat_map(|raw| self.runs(x, y, raw)) {
            // Noise need not be as fine as a line.
            let data = trace::path(&trace::thin(&run, 18));
            svg.path(&format!("c{colour}"), &data, r#" stroke-opacity=".35""#);
        }
    }

    /// The line itself, and its dots if they are few.
    pub(super) fn draw(&self, svg: &mut Svg, x: &Scale, y: &Scale, colour: usize) {
        let class = format!("c{colour}");
        for run in self.runs(x, y, &self.ys) {
            let thinned = trace::thin(&run, 10);
            let spots = if self.raw.is_some() { trace::straighten(&thinned) } else { thinned };
            if spots.len() > 1 {
                let bold = r#" stroke-width="2" stroke-linejoin="round""#;
                svg.path(&class, &trace::path(&spots), bold);
            }
            if self.ys.len() <= DOTS || spots.len() == 1 {
                for (h, v) in spots {
                    svg.dot(&class, (h as f64 / 10.0, v as f64 / 10.0), 3.0);
                }
            }
        }
    }
}

/// The mean of the finite values among the `window` ones around each place.
pub(super) fn running_mean(values: &[f64], window: usize) -> Vec<f64> {
    let window = window.min(2 * values.len());
    let (before, after) = (window.saturating_sub(1) / 2, window / 2);
    let mean = |at: usize| {
        let around = &values[at.saturating_sub(before)..values.len().min(at + after + 1)];
        let finite = around.iter().filter(|value| value.is_finite());
        let (sum, count) =
            finite.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
        sum / count
    };
    (0..values.len()).map(mean).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_runs_over_what_is_there() {
        let values = [1.0, 2.0, f64::NAN, 6.0, 8.0];
        assert_eq!(running_mean(&values, 3), [1.5, 1.5, 4.0, 7.0, 7.0]);
        assert_eq!(running_mean(&values, usize::MAX), [4.25; 5]);
        assert!(running_mean(&[f64::NAN], 1)[0].is_nan());
    }
}
