//! Line charts: losses and accuracies, on plain or logarithmic axes.

use super::decimal::short;
use super::frame::{self, Area, Axis, EndLabel, FOOT};
use super::scale::{Extent, Scale, Tick};
use super::series::{Series, running_mean};
use super::svg::{COLOURS, Svg, WIDTH, n, text_width};
use super::{Figure, numbers};

/// The height of the area that the lines are drawn in.
const HEIGHT: f64 = 280.0;
/// The widest label that stands at the end of its line. Longer names go to a legend.
const LABEL: f64 = 190.0;

/// One or more named lines over common axes.
///
/// A value that cannot be shown (NaN, infinite, or not positive on a logarithmic axis) leaves a
/// gap. A line of many points is thinned to its highest and lowest in each column of the
/// picture. There are six colours, which a seventh line starts again.
///
/// ```
/// use longhand::report::{Figure, LineChart};
/// let epochs: Vec<i32> = (1..=6).collect();
/// let svg = LineChart::new("Test accuracy")
///     .x("epoch")
///     .y("accuracy (%)")
///     .line("SGD", &epochs, &[91.2, 93.9, 95.1, 95.8, 96.2, 96.5])
///     .line("Adam", &epochs, &[94.8, 96.3, 97.0, 97.4, 97.5, 97.6])
///     .mark_y(97.5, "goal")
///     .to_svg();
/// assert!(svg.contains(">Adam</text>"));
/// ```
#[must_use = "a chart is seen when it is saved"]
#[derive(Clone, Debug)]
pub struct LineChart {
    title: String,
    x: Axis,
    y: Axis,
    series: Vec<Series>,
    marks: Vec<(f64, String)>,
}

impl LineChart {
    /// A chart with a title and nothing in it.
    pub fn new(title: &str) -> Self {
        let (x, y) = (Axis::default(), Axis::default());
        Self { title: title.to_string(), x, y, series: Vec::new(), marks: Vec::new() }
    }

    /// What the x axis shows, with its unit.
    pub fn x(mut self, title: &str) -> Self {
        self.x.title = title.to_string();
        self
    }

    /// What the y axis shows, with its unit.
    pub fn y(mut self, title: &str) -> Self {
        self.y.title = title.to_string();
        self
    }

    /// Makes the x axis logarithmic.
    pub fn log_x(mut self) -> Self {
        self.x.log = true;
        self
    }

    /// Makes the y axis logarithmic.
    pub fn log_y(mut self) -> Self {
        self.y.log = true;
        self
    }

    /// Shows x from `lo` to `hi`, whatever the data. What lies outside is cut off.
    pub fn x_range(mut self, lo: f64, hi: f64) -> Self {
        self.x.range = Some((lo, hi));
        self
    }

    /// Shows y from `lo` to `hi`, whatever the data. What lies outside is cut off.
    pub fn y_range(mut self, lo: f64, hi: f64) -> Self {
        self.y.range = Some((lo, hi));
        self
    }

    /// A line through the points (x, y). With an empty name it has no label.
    ///
    /// # Panics
    /// If there are not as many xs as ys. So do the methods below.
    #[track_caller]
    pub fn line<X, Y>(self, name: &str, xs: &[X], ys: &[Y]) -> Self
    where
        X: Into<f64> + Copy,
        Y: Into<f64> + Copy,
    {
        let (xs, ys) = (numbers(xs), numbers(ys));
        self.with(Series { name: name.to_string(), xs, ys, band: None, raw: None })
    }

    /// A noisy line: thin and pale as it is, and over it the mean of the `window` values around
    /// each point.
    #[track_caller]
    pub fn noisy<X, Y>(self, name: &str, xs: &[X], ys: &[Y], window: usize) -> Self
    where
        X: Into<f64> + Copy,
        Y: Into<f64> + Copy,
    {
        let (xs, raw) = (numbers(xs), numbers(ys));
        let (name, ys) = (name.to_string(), running_mean(&raw, window));
        self.with(Series { name, xs, ys, band: None, raw: Some(raw) })
    }

    /// A line in a band that reaches from `lows` to `highs`: the spread over several runs, say.
    #[track_caller]
    pub fn band<X, Y>(self, name: &str, xs: &[X], lows: &[Y], ys: &[Y], highs: &[Y]) -> Self
    where
        X: Into<f64> + Copy,
        Y: Into<f64> + Copy,
    {
        let (xs, ys) = (numbers(xs), numbers(ys));
        let (lows, highs) = (numbers(lows), numbers(highs));
        self.with(Series { name: name.to_string(), xs, ys, band: Some((lows, highs)), raw: None })
    }

    /// A dashed level line at `value`: a goal, or what theory says.
    pub fn mark_y(mut self, value: f64, name: &str) -> Self {
        self.marks.push((value, name.to_string()));
        self
    }

    #[track_caller]
    fn with(mut self, series: Series) -> Self {
        let (xs, ys) = (series.xs.len(), series.ys.len());
        assert!(xs == ys, "line \"{}\": {xs} xs, but {ys} ys", series.name);
        if let Some((lows, highs)) = &series.band {
            let (lows, highs) = (lows.len(), highs.len());
            assert!(
                lows == ys && highs == ys,
                "band \"{}\": {ys} ys, but {lows} lows and {highs} highs",
                series.name
            );
        }
        self.series.push(series);
        self
    }

    fn scales(&self) -> (Scale, Scale) {
        let (mut x, mut y) = (Extent::EMPTY, Extent::EMPTY);
        for series in &self.series {
            x = x.and(Extent::of(&series.xs, self.x.log));
            y = y.and(Extent::of(series.all_ys(), self.y.log));
        }
        y = y.and(Extent::of(self.marks.iter().map(|(value, _)| value), self.y.log));
        // A few whole numbers, epochs mostly, get a tick each; so do the sizes that a logarithmic
        // axis is measured at.
        let few = x.whole && x.hi - x.lo <= 12.0 && self.x.range.is_none();
        let mut across = Scale::fit(x, self.x.wish(if few { 12 } else { 7 }, false));
        let mut sizes: Vec<f64> = self.series.iter().flat_map(|series| series.xs.clone()).collect();
        sizes.sort_by(f64::total_cmp);
        sizes.dedup();
        if self.x.log && x.whole && self.x.range.is_none() && sizes.len() <= 12 {
            across.ticks = sizes.into_iter().filter_map(Tick::whole).collect();
        }
        (across, Scale::fit(y, self.y.wish(5, true)))
    }

    fn description(&self) -> String {
        let shown = self.series.iter().map(Series::description);
        let marks = self.marks.iter().map(|(value, name)| format!(" {name}: {}.", short(*value)));
        let text: String = shown.chain(marks).collect();
        format!(
            "Line chart of {} against {}.{text}",
            or(&self.y.title, "y"),
            or(&self.x.title, "x")
        )
    }
}

impl LineChart {
    /// The marks and the series, cut off where they leave the area.
    fn draw(&self, svg: &mut Svg, x: &Scale, y: &Scale, area: Area) {
        // Only a range that the caller fixed can leave lines outside.
        let cut = self.x.range.is_some() || self.y.range.is_some();
        if cut {
            let Area { left, right, top, bottom } = area;
            let (width, height) = (n(right - left), n(bottom - top));
            let (left, top) = (n(left), n(top));
            svg.put(format_args!(
                r#"<svg x="{left}" y="{top}" width="{width}" height="{height}" viewBox="{left} {top} {width} {height}">"#
            ));
        }
        for (value, _) in &self.marks {
            if let Some(y) = y.at(*value) {
                let dashed = r#" stroke-dasharray="5 4""#;
                svg.line("quiet", (area.left, y), (area.right, y), dashed);
            }
        }
        // No pale shape covers a line.
        for (at, series) in self.series.iter().enumerate() {
            series.draw_pale(svg, x, y, at % COLOURS);
        }
        for (at, series) in self.series.iter().enumerate() {
            series.draw(svg, x, y, at % COLOURS);
        }
        if cut {
            svg.put("</svg>");
        }
    }

    /// The names of the series and marks, each where its line ends.
    fn end_labels(&self, x: &Scale, y: &Scale, area: Area) -> Vec<EndLabel> {
        let mut labels = Vec::new();
        for (number, series) in self.series.iter().enumerate() {
            let last = series.end(x, y, area.right);
            if let (false, Some((h, v))) = (series.name.is_empty(), last) {
                let at = (h, v.clamp(area.top, area.bottom));
                let class = format!("c{}", number % COLOURS);
                labels.push(EndLabel { text: series.name.clone(), class, at });
            }
        }
        for (value, name) in &self.marks {
            if let (false, Some(v)) = (name.is_empty(), y.at(*value)) {
                let at = (area.right, v.clamp(area.top, area.bottom));
                labels.push(EndLabel { text: name.clone(), class: "quiet".to_string(), at });
            }
        }
        labels
    }
}

impl Figure for LineChart {
    fn to_svg(&self) -> String {
        let mut svg = Svg::new(&self.title, &self.description());
        let (x, y) = self.scales();
        let names = self.series.iter().map(|series| &series.name);
        let names = names.chain(self.marks.iter().map(|(_, name)| name));
        let widest = names.map(|name| text_width(name)).fold(0.0, f64::max);
        let direct = widest <= LABEL;
        let room = if direct && widest > 0.0 { widest + frame::LABEL_GAP } else { 0.0 };

        let mut top = frame::heading(&mut svg, &self.title);
        if !direct {
            let names = self.series.iter().enumerate().map(|(at, s)| (&s.name[..], at % COLOURS));
            top = frame::legend(&mut svg, top, names);
        }
        top = frame::subheading(&mut svg, top, &self.y.title) + 12.0;
        let area = Area {
            left: frame::label_room(&y),
            right: WIDTH - frame::last_label_room(&x).max(room),
            top,
            bottom: top + HEIGHT,
        };
        let x = x.between(area.left, area.right);
        let y = y.between(area.bottom, area.top);
        frame::y_axis(&mut svg, &y, area);
        frame::x_axis(&mut svg, &x, area, &self.x.title);

        self.draw(&mut svg, &x, &y, area);
        if direct {
            frame::end_labels(&mut svg, &self.end_labels(&x, &y, area), area);
        }
        svg.finish(area.bottom + FOOT)
    }
}

fn or<'a>(text: &'a str, other: &'a str) -> &'a str {
    if text.is_empty() { other } else { text }
}
