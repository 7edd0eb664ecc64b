//! Timelines: what each thread, layer or buffer does when, as coloured spans in lanes.

use std::collections::BTreeMap;

use super::Figure;
use super::frame::{self, Area, Axis, FOOT};
use super::scale::{Extent, Scale};
use super::svg::{Anchor, COLOURS, Svg, WIDTH, n, text_width};

/// The height of a span.
const SPAN: f64 = 22.0;
/// From the top of one lane to that of the next.
const PITCH: f64 = 32.0;
/// Spans of one kind that are nearer than this are drawn as one.
const NEAR: f64 = 0.4;

/// Spans of time in lanes, coloured by kind.
///
/// Lanes stand in the order in which they are first named, and so do the kinds in the legend.
/// There are six colours, which a seventh kind starts again.
///
/// ```
/// use longhand::report::{Figure, Timeline};
/// let svg = Timeline::new("Two threads")
///     .x("ms")
///     .span("thread 1", "forward", 0.0, 2.0)
///     .span("thread 1", "backward", 2.0, 5.5)
///     .span("thread 2", "forward", 1.0, 3.0)
///     .to_svg();
/// assert!(svg.contains(">thread 2</text>"));
/// ```
#[must_use = "a chart is seen when it is saved"]
#[derive(Clone, Debug)]
pub struct Timeline {
    title: String,
    x: Axis,
    lanes: Vec<String>,
    kinds: Vec<String>,
    spans: Vec<Span>,
}

#[derive(Clone, Copy, Debug)]
struct Span {
    lane: usize,
    kind: usize,
    start: f64,
    end: f64,
}

impl Timeline {
    /// A chart with a title and nothing in it.
    pub fn new(title: &str) -> Self {
        let (lanes, kinds, spans) = (Vec::new(), Vec::new(), Vec::new());
        Self { title: title.to_string(), x: Axis::default(), lanes, kinds, spans }
    }

    /// What the time axis shows, with its unit.
    pub fn x(mut self, title: &str) -> Self {
        self.x.title = title.to_string();
        self
    }

    /// Adds a span. One whose times are not finite, or that ends before it starts, is left out.
    pub fn span(mut self, lane: &str, kind: &str, start: f64, end: f64) -> Self {
        self.push(lane, kind, start, end);
        self
    }

    /// Adds a span, for a chart that grows in a loop.
    pub fn push(&mut self, lane: &str, kind: &str, start: f64, end: f64) {
        let (lane, kind) = (number(&mut self.lanes, lane), number(&mut self.kinds, kind));
        if start <= end && start.is_finite() && end.is_finite() {
            self.spans.push(Span { lane, kind, start, end });
        }
    }

    /// The spans on the page: for each kind and lane their left and right ends, in order, with
    /// near ones joined.
    fn bars(&self, x: &Scale) -> BTreeMap<(usize, usize), Vec<(f64, f64)>> {
        let mut bars: BTreeMap<_, Vec<(f64, f64)>> = BTreeMap::new();
        let mut spans = self.spans.clone();
        spans.sort_by(|a, b| a.start.total_cmp(&b.start));
        for Span { lane, kind, start, end } in spans {
            let (Some(left), Some(right)) = (x.at(start), x.at(end)) else {
                continue;
            };
            let row = bars.entry((kind, lane)).or_default();
            match row.last_mut() {
                Some(last) if left - last.1 < NEAR => last.1 = last.1.max(right),
                _ => row.push((left, right)),
            }
        }
        bars
    }
}

impl Figure for Timeline {
    fn to_svg(&self) -> String {
        let about = format!(
            "Timeline of {} spans. Lanes: {}. Kinds: {}.",
            self.spans.len(),
            self.lanes.join(", "),
            self.kinds.join(", ")
        );
        let mut svg = Svg::new(&self.title, &about);
        let times = self.spans.iter().flat_map(|span| [&span.start, &span.end]);
        let x = Scale::fit(Extent::of(times, false), self.x.wish(8, false));
        let mut top = frame::heading(&mut svg, &self.title);
        let entries = self.kinds.iter().enumerate().map(|(at, kind)| (&kind[..], at % COLOURS));
        top = frame::legend(&mut svg, top, entries) + 10.0;
        let widest = self.lanes.iter().map(|lane| text_width(lane)).fold(0.0, f64::max);
        let area = Area {
            left: widest.min(WIDTH / 2.0) + 12.0,
            right: WIDTH - frame::last_label_room(&x),
            top,
            bottom: top + PITCH * self.lanes.len().max(1) as f64 + 4.0,
        };
        let x = x.between(area.left, area.right);
        let middle = |lane: usize| area.top + PITCH * (lane as f64 + 0.5);
        for (lane, name) in self.lanes.iter().enumerate() {
            svg.line("grid", (area.left, middle(lane)), (area.right, middle(lane)), "");
            svg.text("", (area.left - 10.0, middle(lane)), Anchor::End, 0.35, name);
        }
        for ((kind, lane), row) in self.bars(&x) {
            // All of a lane's spans of a kind are one path, which makes a small file.
            let (above, below) = (n(middle(lane) - SPAN / 2.0), n(SPAN));
            let mut data = String::new();
            for (left, right) in row {
                // Short ones stay visible.
                let width = n((right - left).max(0.5));
                data += &format!("M{} {above}h{width}v{below}h-{width}z", n(left));
            }
            svg.path(&format!("c{} fill", kind % COLOURS), &data, "");
        }
        frame::x_axis(&mut svg, &x, area, &self.x.title);
        svg.finish(area.bottom + FOOT)
    }
}

/// The number of a name in a list, which it joins if it is new.
fn number(names: &mut Vec<String>, name: &str) -> usize {
    names.iter().position(|known| known == name).unwrap_or_else(|| {
        names.push(name.to_string());
        names.len() - 1
    })
}
