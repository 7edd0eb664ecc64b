//! What all charts share: headings, axes, legends, and labels that do not collide.

use super::scale::{Scale, Wish};
use super::svg::{Anchor, LARGE, Svg, WIDTH, text_width};

/// The height of a line of text at the phone's size.
pub(super) const LINE: f64 = 24.0;
/// The height that an x axis with its labels and its title takes.
pub(super) const FOOT: f64 = 52.0;
/// How much wider the title's bold letters are.
const BOLD: f64 = 1.12;
/// From the end of the area to the labels beside it.
pub(super) const LABEL_GAP: f64 = 16.0;

/// What is asked of one axis.
#[derive(Clone, Debug, Default)]
pub(super) struct Axis {
    /// The words beside the axis; none if empty.
    pub title: String,
    /// Whether it is logarithmic.
    pub log: bool,
    /// The range, where the caller fixes it.
    pub range: Option<(f64, f64)>,
}

impl Axis {
    pub(super) fn wish(&self, ticks: usize, widen: bool) -> Wish {
        Wish { log: self.log, range: self.range, widen, ticks }
    }
}

/// The rectangle that data are drawn in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Area {
    pub left: f64,
    pub right: f64,
    pub top: f64,
    pub bottom: f64,
}

/// The title, broken into lines that fit. Returns where the free space below begins.
pub(super) fn heading(svg: &mut Svg, title: &str) -> f64 {
    let mut lines = vec![String::new()];
    for word in title.split_whitespace() {
        let line = lines.last_mut().expect("there is always a line");
        if !line.is_empty() && text_width(&format!("{line} {word}")) * BOLD > WIDTH {
            lines.push(word.to_string());
        } else {
            *line += if line.is_empty() { "" } else { " " };
            *line += word;
        }
    }
    let mut y = 0.0;
    for line in lines.iter().filter(|line| !line.is_empty()) {
        y += LINE;
        svg.text("title", (0.0, y - 4.0), Anchor::Start, 0.0, line);
    }
    y
}

/// A line of quiet text: the y axis' title, which is easier read level than upright.
pub(super) fn subheading(svg: &mut Svg, y: f64, text: &str) -> f64 {
    if text.is_empty() {
        return y;
    }
    svg.text("quiet", (0.0, y + LINE - 5.0), Anchor::Start, 0.0, text);
    y + LINE
}

/// Swatches with their names, in as many rows as they need.
pub(super) fn legend<'a>(
    svg: &mut Svg,
    y: f64,
    entries: impl IntoIterator<Item = (&'a str, usize)>,
) -> f64 {
    let (mut x, mut row) = (0.0, y);
    for (name, colour) in entries.into_iter().filter(|(name, _)| !name.is_empty()) {
        let width = 18.0 + text_width(name);
        if x > 0.0 && x + width > WIDTH {
            (x, row) = (0.0, row + LINE);
        }
        let middle = row + LINE / 2.0;
        svg.rect(&format!("c{colour} fill"), (x, middle - 6.0), (x + 12.0, middle + 6.0), "");
        svg.text("", (x + 18.0, middle), Anchor::Start, 0.35, name);
        x += width + 16.0;
    }
    if x > 0.0 { row + LINE } else { row }
}

/// The room that the labels of a y axis take, at the phone's size.
pub(super) fn label_room(scale: &Scale) -> f64 {
    let widths = scale.ticks.iter().map(|tick| text_width(&tick.label));
    widths.fold(0.0, f64::max) + 8.0
}

/// Level grid lines, with their labels to the left of the area.
pub(super) fn y_axis(svg: &mut Svg, scale: &Scale, area: Area) {
    for tick in &scale.ticks {
        let Some(y) = scale.at(tick.value) else {
            continue;
        };
        if tick.label.is_empty() {
            svg.line("axis", (area.left, y), (area.left + 4.0, y), "");
        } else {
            svg.line("grid", (area.left, y), (area.right, y), "");
            svg.text("quiet", (area.left - 7.0, y), Anchor::End, 0.35, &tick.label);
        }
    }
}

/// The x axis: a base line, ticks, labels that keep clear of each other, and a title.
pub(super) fn x_axis(svg: &mut Svg, scale: &Scale, area: Area, title: &str) {
    let Area { left, right, top, bottom } = area;
    let mut free = f64::NEG_INFINITY;
    for tick in &scale.ticks {
        let Some(x) = scale.at(tick.value) else {
            continue;
        };
        if tick.label.is_empty() {
            svg.line("axis", (x, bottom), (x, bottom + 3.0), "");
            continue;
        }
        if scale.log {
            svg.line("grid", (x, top), (x, bottom), "");
        }
        svg.line("axis", (x, bottom), (x, bottom + 5.0), "");
        let half = text_width(&tick.label) / 2.0;
        if x - half > free {
            svg.text("quiet", (x, bottom + 7.0), Anchor::Middle, 0.9, &tick.label);
            free = x + half + 6.0;
        }
    }
    svg.line("axis", (left, bottom), (right, bottom), "");
    let middle = (left + right) / 2.0;
    if !title.is_empty() {
        svg.text("quiet", (middle, bottom + FOOT - 6.0), Anchor::Middle, 0.0, title);
    }
}

/// The room to the right of the area that an x axis' last label takes.
pub(super) fn last_label_room(scale: &Scale) -> f64 {
    let half = |label: &str| text_width(label) / 2.0 + 2.0;
    scale.ticks.last().map_or(8.0, |tick| half(&tick.label).max(8.0))
}

/// A label at the end of a line.
#[derive(Clone, Debug)]
pub(super) struct EndLabel {
    /// What it says.
    pub text: String,
    /// The class that gives it its colour.
    pub class: String,
    /// The end of the line.
    pub at: (f64, f64),
}

/// Labels to the right of the area, each at the height of its line's end or as near as the
/// others allow. A label that stands away from its line is joined to it by a hair line. A line
/// that ends early has its label there.
pub(super) fn end_labels(svg: &mut Svg, labels: &[EndLabel], area: Area) {
    let early = |label: &&EndLabel| label.at.0 + text_width(&label.text) + 30.0 < area.right;
    for EndLabel { text, class, at } in labels.iter().filter(early) {
        let y = at.1.clamp(area.top + 12.0, area.bottom - 12.0);
        svg.text(class, (at.0 + 9.0, y), Anchor::Start, 0.35, text);
    }
    let labels: Vec<_> = labels.iter().filter(|label| !early(label)).collect();
    let heights: Vec<f64> = labels.iter().map(|label| label.at.1).collect();
    let x = area.right + LABEL_GAP;
    for (label, y) in labels.iter().zip(spread(&heights, LARGE + 2.0, area.top, area.bottom)) {
        let EndLabel { text, class, at } = label;
        if (y - at.1).abs() > 5.0 || area.right - at.0 > 8.0 {
            svg.line(class, (at.0 + 4.0, at.1), (x - 3.0, y), r#" stroke-opacity=".5""#);
        }
        svg.text(class, (x, y), Anchor::Start, 0.35, text);
    }
}

/// Moves heights apart until neighbours are `gap` from each other, as little as can be, within
/// `top` and `bottom` if there is room. Keeps their order.
pub(super) fn spread(heights: &[f64], gap: f64, top: f64, bottom: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..heights.len()).collect();
    order.sort_by(|&a, &b| heights[a].total_cmp(&heights[b]));
    // Blocks of labels that touch: where the first one wants to be on average, and how many.
    let mut blocks: Vec<(f64, usize)> = Vec::new();
    for &label in &order {
        blocks.push((heights[label], 1));
        while let [.., (upper, above), (lower, below)] = blocks[..] {
            if upper + above as f64 * gap <= lower {
                break;
            }
            let (m, k) = (above as f64, below as f64);
            let first = (m * upper + k * (lower - m * gap)) / (m + k);
            blocks.truncate(blocks.len() - 2);
            blocks.push((first, above + below));
        }
        // The block may not leave the area at its foot or, if all do not fit, at its head.
        if let Some((first, count)) = blocks.last_mut() {
            *first = first.min(bottom - (*count - 1) as f64 * gap).max(top);
        }
    }
    let mut placed = vec![0.0; heights.len()];
    let mut label = order.into_iter();
    for (first, count) in blocks {
        for (at, label) in label.by_ref().take(count).enumerate() {
            placed[label] = first + at as f64 * gap;
        }
    }
    placed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_move_apart_no_more_than_needed() {
        assert_eq!(spread(&[10.0, 90.0], 20.0, 0.0, 100.0), [10.0, 90.0]);
        assert_eq!(spread(&[50.0, 50.0], 20.0, 0.0, 100.0), [40.0, 60.0]);
        assert_eq!(spread(&[60.0, 50.0, 10.0], 20.0, 0.0, 100.0), [65.0, 45.0, 10.0]);
    }

    #[test]
    fn labels_stay_in_the_area_and_apart() {
        for heights in [[99.0, 98.0, 97.0, 80.0], [0.0, 1.0, 2.0, 3.0], [50.0, 50.0, 50.0, 50.0]] {
            let mut placed = spread(&heights, 20.0, 0.0, 100.0);
            placed.sort_by(f64::total_cmp);
            assert!(placed[0] >= 0.0 && placed[3] <= 100.0, "{placed:?}");
            assert!(placed.windows(2).all(|pair| pair[1] - pair[0] > 19.999), "{placed:?}");
        }
    }
}
