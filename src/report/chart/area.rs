//! Stacked areas: what memory holds as a run goes on, part by part.

use super::decimal::short;
use super::frame::{self, Area, Axis, FOOT};
use super::scale::{Extent, Scale, drawable};
use super::svg::{COLOURS, Svg, WIDTH};
use super::trace::{self, Spot};
use super::{Figure, numbers};

const HEIGHT: f64 = 260.0;

/// Layers of area, each standing on the ones before it, over a common x axis.
///
/// A value that is negative or not finite counts as 0. Many points are thinned, and the peaks of
/// the total stay.
///
/// ```
/// use longhand::report::{AreaChart, Figure};
/// let svg = AreaChart::new("Memory in one step", &[0, 1, 2, 3])
///     .x("entry")
///     .y("kB")
///     .layer("parameters", &[159, 159, 159, 159])
///     .layer("activations", &[0, 25, 30, 0])
///     .steps()
///     .to_svg();
/// assert!(svg.contains(">activations</text>"));
/// ```
#[must_use = "a chart is seen when it is saved"]
#[derive(Clone, Debug)]
pub struct AreaChart {
    title: String,
    x: Axis,
    y: Axis,
    xs: Vec<f64>,
    layers: Vec<(String, Vec<f64>)>,
    steps: bool,
}

impl AreaChart {
    /// A chart with a title and the xs that all layers have.
    pub fn new<X: Into<f64> + Copy>(title: &str, xs: &[X]) -> Self {
        let (x, y) = (Axis::default(), Axis::default());
        let xs = numbers(xs);
        Self { title: title.to_string(), x, y, xs, layers: Vec::new(), steps: false }
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

    /// Each value holds until the next x, where lines would join them.
    pub fn steps(mut self) -> Self {
        self.steps = true;
        self
    }

    /// Adds a layer on top.
    ///
    /// # Panics
    /// If it has not one value for each x.
    #[track_caller]
    pub fn layer<Y: Into<f64> + Copy>(mut self, name: &str, ys: &[Y]) -> Self {
        let (xs, found) = (self.xs.len(), ys.len());
        assert!(xs == found, "layer \"{name}\": {found} ys, but {xs} xs");
        self.layers.push((name.to_string(), numbers(ys)));
        self
    }

    /// The upper edge of each layer, one list for each, after the line of zeros that the first
    /// stands on.
    fn tops(&self) -> Vec<Vec<f64>> {
        let mut tops = vec![vec![0.0; self.xs.len()]];
        for (_, ys) in &self.layers {
            let below = tops.last().expect("the ground").iter();
            let solid = |y: f64| {
                if drawable(y, false) && y > 0.0 { y } else { 0.0 }
            };
            tops.push(below.zip(ys).map(|(base, &y)| base + solid(y)).collect());
        }
        tops
    }
}

impl Figure for AreaChart {
    fn to_svg(&self) -> String {
        let tops = self.tops();
        let total = &tops[tops.len() - 1];
        let peak = Extent::of(total, false).with(0.0);
        let names: Vec<_> = self.layers.iter().map(|(name, _)| name.as_str()).collect();
        let about = format!(
            "Stacked areas, from below: {}. The highest total is {}.",
            names.join(", "),
            short(peak.hi)
        );
        let mut svg = Svg::new(&self.title, &about);
        let x = Scale::fit(Extent::of(&self.xs, false), self.x.wish(8, false));
        let y = Scale::fit(peak, self.y.wish(5, true));

        let mut top = frame::heading(&mut svg, &self.title);
        // The legend reads from left to right as the layers stand from below to above.
        let entries = names.iter().enumerate().map(|(at, name)| (*name, at % COLOURS));
        top = frame::legend(&mut svg, top, entries);
        top = frame::subheading(&mut svg, top, &self.y.title) + 12.0;
        let area = Area {
            left: frame::label_room(&y),
            right: WIDTH - frame::last_label_room(&x),
            top,
            bottom: top + HEIGHT,
        };
        let x = x.between(area.left, area.right);
        let y = y.between(area.bottom, area.top);
        frame::y_axis(&mut svg, &y, area);

        let spots = |heights: &[f64]| -> Vec<Spot> {
            let points =
                self.xs.iter().zip(heights).filter_map(|(&h, &v)| Some((x.at(h)?, y.at(v)?)));
            trace::runs(points.map(Some)).concat()
        };
        let kept = trace::thin_places(&spots(total), 10);
        let outline = |heights: &[f64]| -> Vec<Spot> {
            let all = spots(heights);
            let thinned: Vec<Spot> = kept.iter().filter_map(|&at| all.get(at).copied()).collect();
            if self.steps { trace::stairs(&thinned) } else { thinned }
        };
        for (at, pair) in tops.windows(2).enumerate() {
            let mut edge = outline(&pair[1]);
            edge.extend(outline(&pair[0]).into_iter().rev());
            edge.dedup();
            if edge.len() > 2 {
                let class = format!("c{} fill", at % COLOURS);
                svg.path(&class, &(trace::path(&edge) + "z"), r#" fill-opacity=".82""#);
            }
        }
        frame::x_axis(&mut svg, &x, area, &self.x.title);
        svg.finish(area.bottom + FOOT)
    }
}
