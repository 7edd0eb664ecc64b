//! A confusion matrix: how often each class was taken for each other, as a square of counts.

use super::Figure;
use super::frame::{self, LINE};
use super::svg::{Anchor, Svg, WIDTH};

/// The height of a cell.
const CELL: f64 = 28.0;
/// The room for the labels to the left.
const LEFT: f64 = 40.0;

/// Counts of what was taken for what, a row for each label and a column for each guess.
///
/// A mistake is shaded the darker the more often it was made. What is right stands on the diagonal,
/// unshaded: it would outshine the rest.
///
/// ```
/// use longhand::report::{ConfusionMatrix, Figure};
/// let svg = ConfusionMatrix::new("Two classes", &[vec![9, 1], vec![0, 10]]).to_svg();
/// assert!(svg.contains(">9</text>") && svg.contains("1 mistake, the most frequent 1 time."));
/// ```
#[must_use = "a chart is seen when it is saved"]
#[derive(Clone, Debug)]
pub struct ConfusionMatrix {
    title: String,
    counts: Vec<Vec<usize>>,
}

impl ConfusionMatrix {
    /// A chart of `counts[label][guess]`.
    ///
    /// # Panics
    /// If there are not as many columns as rows.
    #[track_caller]
    pub fn new(title: &str, counts: &[Vec<usize>]) -> Self {
        let square = counts.iter().all(|row| row.len() == counts.len());
        assert!(square, "a confusion matrix has as many columns as rows");
        Self { title: title.to_string(), counts: counts.to_vec() }
    }
}

impl Figure for ConfusionMatrix {
    fn to_svg(&self) -> String {
        let number = |i: usize, j: usize| self.counts[i][j];
        let places =
            || (0..self.counts.len()).flat_map(|i| (0..self.counts.len()).map(move |j| (i, j)));
        let off = places().filter(|(i, j)| i != j).map(|(i, j)| number(i, j));
        let (most, wrong) = (off.clone().max().unwrap_or(0), off.sum::<usize>());
        let s = |count| if count == 1 { "" } else { "s" };
        let about = format!(
            "{} classes, {wrong} mistake{}, the most frequent {most} time{}.",
            self.counts.len(),
            s(wrong),
            s(most)
        );
        let mut svg = Svg::new(&self.title, &about);
        let top = frame::heading(&mut svg, &self.title);
        let top = frame::subheading(&mut svg, top, "down: what was written; across: what was read");
        let top = top + LINE + 6.0;
        let width = (WIDTH - LEFT) / self.counts.len().max(1) as f64;
        let corner = |i: usize, j: usize| (LEFT + width * j as f64, top + CELL * i as f64);
        for class in 0..self.counts.len() {
            let (label, (_, y), (x, _)) = (class.to_string(), corner(class, 0), corner(0, class));
            svg.text("quiet", (LEFT - 14.0, y + CELL / 2.0), Anchor::End, 0.35, &label);
            svg.text("quiet", (x + width / 2.0, top - 8.0), Anchor::Middle, 0.0, &label);
        }
        for (i, j) in places().filter(|&(i, j)| number(i, j) > 0) {
            let (x, y) = corner(i, j);
            if i != j {
                let share = number(i, j) as f64 / most as f64;
                let shade = format!(r#" fill-opacity="{:.2}""#, 0.6 * share);
                svg.rect("c1 fill", (x + 1.0, y + 1.0), (x + width - 1.0, y + CELL - 1.0), &shade);
            }
            let class = if i == j { "quiet" } else { "" };
            let middle = (x + width / 2.0, y + CELL / 2.0);
            svg.text(class, middle, Anchor::Middle, 0.35, &number(i, j).to_string());
        }
        let far = (LEFT + width * self.counts.len() as f64, top + CELL * self.counts.len() as f64);
        svg.rect("axis", (LEFT, top), far, r#" fill="none" stroke="currentColor""#);
        svg.finish(far.1 + 4.0)
    }
}
