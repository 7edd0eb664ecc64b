//! Bars with their values: the steps of the matmul ladder, the parameters of layers.

use super::Figure;
use super::decimal::short;
use super::frame::{self, Area, Axis, FOOT};
use super::scale::{Extent, Scale};
use super::svg::{Anchor, Svg, WIDTH, text_width};

/// The height of a bar.
const BAR: f64 = 20.0;
/// From the top of one bar to that of the next.
const PITCH: f64 = 31.0;

/// Named values, one below another, as bars from zero; or as dots on a logarithmic axis, which
/// has no zero for a bar to start from.
///
/// ```
/// use longhand::report::{BarChart, Figure};
/// let svg = BarChart::new("One product, 512³")
///     .unit("ms")
///     .bar("three loops", 141.0)
///     .bar("blocked", 18.2)
///     .to_svg();
/// assert!(svg.contains(">18.2</text>"));
/// ```
#[must_use = "a chart is seen when it is saved"]
#[derive(Clone, Debug)]
pub struct BarChart {
    title: String,
    x: Axis,
    bars: Vec<(String, f64)>,
}

impl BarChart {
    /// A chart with a title and nothing in it.
    pub fn new(title: &str) -> Self {
        Self { title: title.to_string(), x: Axis::default(), bars: Vec::new() }
    }

    /// What the values are, with their unit.
    pub fn unit(mut self, title: &str) -> Self {
        self.x.title = title.to_string();
        self
    }

    /// Draws dots on a logarithmic axis, for values that differ by powers of ten.
    pub fn log(mut self) -> Self {
        self.x.log = true;
        self
    }

    /// Adds a value below the ones before. It is printed with three figures.
    pub fn bar(mut self, name: &str, value: f64) -> Self {
        self.bars.push((name.to_string(), value));
        self
    }
}

impl Figure for BarChart {
    fn to_svg(&self) -> String {
        let about = self.bars.iter().map(|(name, value)| format!(" {name}: {}.", short(*value)));
        let about = format!("{}.{}", self.x.title, about.collect::<String>());
        let mut svg = Svg::new(&self.title, about.trim_start_matches('.').trim_start());
        let mut reach = Extent::of(self.bars.iter().map(|(_, value)| value), self.x.log);
        if !self.x.log {
            reach = reach.with(0.0);
        }
        let x = Scale::fit(reach, self.x.wish(5, self.x.log));
        let mut top = frame::heading(&mut svg, &self.title);
        // Bars carry their values and need no axis, only to know what is measured.
        if !self.x.log {
            top = frame::subheading(&mut svg, top, &self.x.title);
        }
        top += 10.0;
        let widest = |texts: &mut dyn Iterator<Item = f64>| texts.fold(0.0, f64::max);
        let names = widest(&mut self.bars.iter().map(|(name, _)| text_width(name)));
        let values = widest(&mut self.bars.iter().map(|(_, value)| text_width(&short(*value))));
        let area = Area {
            left: names.min(WIDTH / 2.0) + 12.0,
            right: WIDTH - values - 12.0,
            top,
            bottom: top + PITCH * self.bars.len().max(1) as f64,
        };
        let x = x.between(area.left, area.right);
        if self.x.log {
            frame::x_axis(&mut svg, &x, area, &self.x.title);
        }
        for (at, (name, value)) in self.bars.iter().enumerate() {
            let middle = top + PITCH * (at as f64 + 0.5);
            svg.text("", (area.left - 10.0, middle), Anchor::End, 0.35, name);
            let zero = if self.x.log { area.left } else { x.at(0.0).unwrap_or(area.left) };
            let end = x.at(*value).unwrap_or(zero);
            if self.x.log {
                svg.line("grid", (area.left, middle), (end, middle), "");
                if x.at(*value).is_some() {
                    svg.dot("c0", (end, middle), 5.5);
                }
            } else {
                let (from, to) = (zero.min(end), zero.max(end));
                svg.rect("c0 fill", (from, middle - BAR / 2.0), (to, middle + BAR / 2.0), "");
            }
            let beside = zero.max(end) + if self.x.log { 11.0 } else { 7.0 };
            svg.text("", (beside, middle), Anchor::Start, 0.35, &short(*value));
        }
        if !self.x.log {
            let zero = x.at(0.0).unwrap_or(area.left);
            svg.line("axis", (zero, area.top), (zero, area.bottom), "");
        }
        svg.finish(area.bottom + if self.x.log { FOOT } else { 8.0 })
    }
}
