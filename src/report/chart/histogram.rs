//! Histograms: how pixels, weights or activations are spread, several side by side.

use super::decimal::{short, step};
use super::frame::{self, Area, Axis, FOOT, LINE};
use super::scale::{Extent, Scale, Wish};
use super::svg::{Anchor, COLOURS, Svg, WIDTH, n};
use super::{Figure, numbers, trace};
use std::ops::Range;

/// The height of one of several panels.
const PANEL: f64 = 92.0;
/// The height of a single panel.
const HEIGHT: f64 = 260.0;

/// One or more histograms with common bins: one panel below another, or all in one.
///
/// Bars show the share of each series' finite values that fall into a bin, in per cent, so that
/// series of different lengths compare. Bins are half-open, the last one closed; they begin at
/// multiples of a round number. Whole numbers get a bin each if they are few.
///
/// ```
/// use longhand::report::{Figure, Histogram};
/// let svg = Histogram::new("Labels")
///     .x("digit")
///     .series("training", &[5_u8, 0, 4, 1, 9, 2, 1, 3, 1, 4])
///     .to_svg();
/// assert!(svg.contains("% of values"));
/// ```
#[must_use = "a chart is seen when it is saved"]
#[derive(Clone, Debug)]
pub struct Histogram {
    title: String,
    x: Axis,
    series: Vec<(String, Vec<f64>)>,
    bins: usize,
    overlaid: bool,
    /// Each panel's name and its first series, if the caller chose the panels.
    panels: Vec<(String, usize)>,
    ceiling: Option<f64>,
}

struct Bins {
    /// The lower edge of the first bin.
    first: f64,
    /// The width of a bin.
    width: f64,
    /// How many bins there are.
    count: usize,
    /// Whether each bin is one whole number: then its bar stands apart.
    whole: bool,
}

impl Histogram {
    /// A chart with a title and nothing in it.
    pub fn new(title: &str) -> Self {
        Self {
            title: title.to_string(),
            x: Axis::default(),
            series: Vec::new(),
            bins: 50,
            overlaid: false,
            panels: Vec::new(),
            ceiling: None,
        }
    }

    /// What the values are, with their unit.
    pub fn x(mut self, title: &str) -> Self {
        self.x.title = title.to_string();
        self
    }

    /// About how many bins there are. 50, unless this says otherwise; at most 500.
    pub fn bins(mut self, bins: usize) -> Self {
        self.bins = bins.clamp(1, 500);
        self
    }

    /// Shows values from `lo` to `hi` only. Shares are still of all finite values.
    pub fn range(mut self, lo: f64, hi: f64) -> Self {
        self.x.range = Some((lo, hi));
        self
    }

    /// Cuts bars off at this share in per cent, and writes its share over each that is cut. For
    /// a bin that dwarfs all others, such as the zeros that Relu makes.
    pub fn ceiling(mut self, percent: f64) -> Self {
        self.ceiling = Some(percent);
        self
    }

    /// Draws all series in one panel, as outlines, where each would have its own.
    pub fn overlaid(mut self) -> Self {
        self.overlaid = true;
        self
    }

    /// Begins a panel with this name, in which all series that are added next are drawn together,
    /// up to the next panel. Series of the same place in their panels have the same colour, and
    /// the names of the first panel's stand for all.
    ///
    /// ```
    /// use longhand::report::{Figure, Histogram};
    /// let svg = Histogram::new("Weights")
    ///     .panel("first layer")
    ///     .series("before", &[0.1, 0.2, 0.2])
    ///     .series("after", &[0.1, 0.4, 0.5])
    ///     .panel("second layer")
    ///     .series("before", &[-0.1, 0.1, 0.0])
    ///     .series("after", &[-0.2, 0.3, 0.1])
    ///     .to_svg();
    /// assert!(svg.contains("second layer"));
    /// ```
    pub fn panel(mut self, name: &str) -> Self {
        let first = if self.panels.is_empty() { 0 } else { self.series.len() };
        self.panels.push((name.to_string(), first));
        self
    }

    /// Adds the histogram of some values.
    pub fn series<T: Into<f64> + Copy>(mut self, name: &str, values: &[T]) -> Self {
        let finite = numbers(values).into_iter().filter(|value| value.is_finite());
        self.series.push((name.to_string(), finite.collect()));
        self
    }

    fn data_bins(&self) -> Bins {
        let all = self.series.iter().map(|(_, values)| Extent::of(values, false));
        let reach = all.fold(Extent::EMPTY, Extent::and);
        let fixed = self.x.range.filter(|(lo, hi)| lo < hi);
        // The scale's own range is never empty.
        let wish = Wish { range: fixed, ticks: 5, ..Wish::default() };
        let Scale { lo, hi, .. } = Scale::fit(reach, wish);
        if reach.whole && reach.lo <= reach.hi && fixed.is_none() && reach.hi - reach.lo < 60.0 {
            let count = (reach.hi - reach.lo) as usize + 1;
            return Bins { first: reach.lo - 0.5, width: 1.0, count, whole: true };
        }
        let width = step((hi - lo) / self.bins as f64 * 0.8).value();
        let below = (lo / width + 1e-9).floor();
        let count = ((hi / width - 1e-9).ceil() - below).clamp(1.0, 2000.0);
        Bins { first: below * width, width, count: count as usize, whole: false }
    }

    /// The panels from top to bottom: a name, and which series stand in it.
    fn panels(&self) -> Vec<(&str, Range<usize>)> {
        let all = self.series.len();
        if !self.panels.is_empty() {
            let ends = self.panels.iter().skip(1).map(|(_, first)| *first).chain([all]);
            return self
                .panels
                .iter()
                .zip(ends)
                .map(|((n, from), to)| (&n[..], *from..to))
                .collect();
        }
        match self.overlaid || all == 0 {
            true => vec![("", 0..all)],
            false => (0..all).map(|at| (&self.series[at].0[..], at..at + 1)).collect(),
        }
    }

    fn description(&self) -> String {
        let about = self.series.iter().map(|(name, values)| {
            let reach = Extent::of(values, false);
            let count = values.len();
            match count {
                0 => format!(" {name}: no values."),
                _ => format!(
                    " {name}: {count} values from {} to {}.",
                    short(reach.lo),
                    short(reach.hi)
                ),
            }
        });
        let what = if self.x.title.is_empty() { "values" } else { &self.x.title };
        format!("Histogram of {what}.{}", about.collect::<String>())
    }
}

impl Bins {
    /// The share of the values in each bin, in per cent.
    fn shares(&self, values: &[f64]) -> Vec<f64> {
        let mut counts = vec![0_u64; self.count];
        let end = self.first + self.width * self.count as f64;
        for &value in values.iter().filter(|value| (self.first..=end).contains(*value)) {
            let bin = ((value - self.first) / self.width + 1e-9) as usize;
            counts[bin.min(self.count - 1)] += 1;
        }
        let all = values.len().max(1) as f64;
        counts.into_iter().map(|count| count as f64 / all * 100.0).collect()
    }

    fn edge(&self, bin: usize) -> f64 {
        self.first + self.width * bin as f64
    }
}

impl Figure for Histogram {
    fn to_svg(&self) -> String {
        let mut svg = Svg::new(&self.title, &self.description());
        let bins = self.data_bins();
        let shares: Vec<_> = self.series.iter().map(|(_, values)| bins.shares(values)).collect();
        let highest = shares.iter().flatten().copied().fold(0.0, f64::max);
        let limit = self.ceiling.filter(|limit| *limit > 0.0 && *limit < highest);
        let panels = self.panels();
        let (height, ticks) = if panels.len() == 1 { (HEIGHT, 5) } else { (PANEL, 2) };
        // A low panel cannot spare the room up to the next round number.
        let widen = panels.len() == 1 && limit.is_none();
        let reach = Extent { lo: 0.0, hi: limit.unwrap_or(highest.max(1e-9)), whole: false };
        let y = Scale::fit(reach, Wish { ticks, widen, ..Wish::default() });
        // Ticks belong to the values, not to the edges of their bins.
        let reach = Extent { lo: bins.edge(0), hi: bins.edge(bins.count), whole: false };
        let mut x = Scale::fit(reach, Wish { ticks: 8, ..Wish::default() });
        if bins.whole {
            let data = Extent { lo: reach.lo + 0.5, hi: reach.hi - 0.5, whole: true };
            x.ticks = Scale::fit(data, Wish { ticks: 10, ..Wish::default() }).ticks;
        }

        let mut top = frame::heading(&mut svg, &self.title);
        let together = self.overlaid || !self.panels.is_empty();
        if together {
            let first = panels.first().map_or(0..0, |(_, series)| series.clone());
            let names = self.series[first].iter().enumerate();
            let names = names.map(|(at, (name, _))| (&name[..], at % COLOURS));
            top = frame::legend(&mut svg, top, names);
        }
        top = frame::subheading(&mut svg, top, "% of values") + 12.0;
        let left = frame::label_room(&y);
        let right = WIDTH - frame::last_label_room(&x);
        let x = x.between(left, right);
        let mut area = Area { left, right, top, bottom: top + height };
        for (panel, (name, series)) in panels.iter().enumerate() {
            if panels.len() > 1 {
                let class = if together { "".into() } else { format!("c{}", panel % COLOURS) };
                area.top = top + LINE - 6.0;
                svg.text(&class, (right, area.top - 7.0), Anchor::End, 0.0, name);
                area.bottom = area.top + height;
                top = area.bottom + 14.0;
            }
            let y = y.clone().between(area.bottom, area.top);
            frame::y_axis(&mut svg, &y, area);
            for (at, shares) in shares[series.clone()].iter().enumerate() {
                let colour = if together { at } else { panel };
                draw(&mut svg, shares, &bins, (&x, &y), colour % COLOURS, together);
            }
            if panel + 1 < panels.len() {
                svg.line("axis", (left, area.bottom), (right, area.bottom), "");
            }
        }
        frame::x_axis(&mut svg, &x, area, &self.x.title);
        svg.finish(area.bottom + FOOT)
    }
}

fn draw(
    svg: &mut Svg,
    shares: &[f64],
    bins: &Bins,
    (x, y): (&Scale, &Scale),
    colour: usize,
    overlaid: bool,
) {
    let class = format!("c{colour}");
    let place = |bin: usize, share: f64| Some((x.at(bins.edge(bin))?, y.at(share.min(y.hi))?));
    let mut data = String::new();
    if bins.whole && !overlaid {
        for (bin, &share) in shares.iter().enumerate() {
            let corners = (x.at(bins.edge(bin)), x.at(bins.edge(bin + 1)), place(bin, share));
            if let (Some(left), Some(right), Some((_, top))) = corners {
                let gap = (right - left) * 0.12;
                let (across, down) = (n(right - left - 2.0 * gap), n(y.from - top));
                data += &format!("M{} {}v-{down}h{across}v{down}z", n(left + gap), n(y.from));
            }
        }
        svg.path(&format!("{class} fill"), &data, r#" fill-opacity=".85""#);
    } else {
        let ends = [place(bins.count, 0.0)].into_iter();
        let tops = (0..bins.count).map(|bin| place(bin, shares[bin]));
        let outline = [place(0, 0.0)].into_iter().chain(tops).chain(ends);
        data = trace::path(&trace::stairs(&trace::runs(outline).concat()));
        let pale = if overlaid { r#" fill-opacity=".14""# } else { r#" fill-opacity=".85""# };
        svg.path(&format!("{class} fill"), &data, pale);
        if overlaid {
            svg.path(&class, &data, r#" stroke-width="1.6""#);
        }
    }
    for (bin, share) in shares.iter().enumerate().filter(|(_, share)| **share > y.hi) {
        let (Some((h, v)), Some((next, _))) = (place(bin, *share), place(bin + 1, 0.0)) else {
            continue;
        };
        // The usual mark, two slanted strokes through the bar, would have to be of the page's
        // colour, which is not known here. An arrow need not.
        let middle = (h + next) / 2.0;
        let arrow = format!("M{} {}l5 0-5-7-5 7z", n(middle), n(v));
        svg.path(&format!("{class} fill"), &arrow, "");
        svg.text(
            &class,
            (next.max(middle + 5.0) + 4.0, v),
            Anchor::Start,
            0.3,
            &format!("{share:.1} %"),
        );
    }
}
