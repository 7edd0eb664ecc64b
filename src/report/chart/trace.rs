//! From many points to a short path: thinning that keeps every peak, and path data.

use std::fmt::Write;

use super::svg::{Tenths, n};

/// A point on the page, in tenths of a unit.
pub(super) type Spot = (i64, i64);

/// The points as unbroken runs. A point that cannot be shown (`None`) ends a run.
pub(super) fn runs(points: impl Iterator<Item = Option<(f64, f64)>>) -> Vec<Vec<Spot>> {
    let mut runs = vec![Vec::new()];
    for point in points {
        match (point, runs.last_mut()) {
            (Some((x, y)), Some(run)) => run.push((n(x).0, n(y).0)),
            _ => runs.push(Vec::new()),
        }
    }
    runs.retain(|run| !run.is_empty());
    runs
}

/// Thins a run to what can be seen, and returns the places of what stays: of consecutive points
/// in one column, `wide` tenths of a unit, the highest and the lowest, and the run's two ends.
pub(super) fn thin_places(run: &[Spot], wide: i64) -> Vec<usize> {
    let mut kept = Vec::new();
    let mut from = 0;
    for column in run.chunk_by(|a, b| a.0.div_euclid(wide) == b.0.div_euclid(wide)) {
        // Of equals the first.
        let places = || from..from + column.len();
        let low = places().min_by_key(|&at| run[at].1).unwrap_or(from);
        let high = places().rev().max_by_key(|&at| run[at].1).unwrap_or(from);
        kept.extend([low.min(high), low.max(high)]);
        from += column.len();
    }
    if let Some(last) = run.len().checked_sub(1) {
        kept.insert(0, 0);
        kept.push(last);
    }
    kept.dedup();
    kept
}

/// A run thinned as [`thin_places`] says.
pub(super) fn thin(run: &[Spot], wide: i64) -> Vec<Spot> {
    let mut spots: Vec<Spot> = thin_places(run, wide).into_iter().map(|at| run[at]).collect();
    spots.dedup();
    spots
}

/// Leaves out the spots of a smooth run that lie within a quarter of a unit of the line between
/// the ones kept, which no eye can see. Each stretch reaches as far as it can.
pub(super) fn straighten(run: &[Spot]) -> Vec<Spot> {
    let mut kept: Vec<Spot> = run.first().copied().into_iter().collect();
    let mut from = 0;
    while from + 1 < run.len() {
        let mut to = from + 1;
        // 64 at a time bounds the work, and costs a few spots only.
        while to + 1 < run.len().min(from + 64) && flat(&run[from..=to + 1]) {
            to += 1;
        }
        kept.push(run[to]);
        from = to;
    }
    kept
}

/// Whether all spots are within 2.5 tenths of the line between the first and the last.
fn flat(spots: &[Spot]) -> bool {
    let (first, last) = (spots[0], spots[spots.len() - 1]);
    let (dx, dy) = ((last.0 - first.0) as f64, (last.1 - first.1) as f64);
    let reach = 6.25 * (dx * dx + dy * dy);
    spots.iter().all(|spot| {
        let cross = (spot.0 - first.0) as f64 * dy - (spot.1 - first.1) as f64 * dx;
        cross * cross <= reach
    })
}

/// The corners of a staircase: level from each spot to the x of the next, then up or down.
pub(super) fn stairs(spots: &[Spot]) -> Vec<Spot> {
    let steps = spots.windows(2).flat_map(|pair| [pair[0], (pair[1].0, pair[0].1)]);
    let mut corners: Vec<Spot> = steps.chain(spots.last().copied()).collect();
    corners.dedup();
    corners
}

/// Path data through the spots: an absolute start, then steps, which are shorter to write.
pub(super) fn path(spots: &[Spot]) -> String {
    let mut data = Pen::default();
    let Some(&(x, y)) = spots.first() else {
        return data.text;
    };
    data.letter('M', &[x, y]);
    for pair in spots.windows(2) {
        match (pair[1].0 - pair[0].0, pair[1].1 - pair[0].1) {
            (across, 0) => data.letter('h', &[across]),
            (0, down) => data.letter('v', &[down]),
            (across, down) => data.letter('l', &[across, down]),
        }
    }
    data.text
}

/// Writes path data with as few characters as SVG allows.
#[derive(Default)]
struct Pen {
    text: String,
    last: char,
}

impl Pen {
    fn letter(&mut self, letter: char, numbers: &[i64]) {
        // A letter that repeats is left out, a line break keeps the file readable.
        let repeated = self.last == letter && letter == 'l';
        if !repeated {
            self.text.push(letter);
        } else if self.text.len() - self.text.rfind('\n').unwrap_or(0) > 96 {
            self.text.push('\n');
        }
        self.last = letter;
        for (at, &number) in numbers.iter().enumerate() {
            // A minus separates numbers as well as a space does.
            let open = (at > 0 || repeated) && !self.text.ends_with('\n');
            if open && number >= 0 {
                self.text.push(' ');
            }
            let _ = write!(self.text, "{}", Tenths(number));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thinning_keeps_ends_peaks_and_order() {
        // Two columns; in the first, up to the peak, down to the trough, and back.
        let run = [(0, 50), (1, 90), (2, 60), (3, 10), (4, 50), (10, 70), (11, 71), (12, 72)];
        assert_eq!(thin(&run, 10), [(0, 50), (1, 90), (3, 10), (10, 70), (12, 72)]);
        let two = [(0, 1), (1, 2), (25, 3)];
        assert_eq!(thin(&two, 10), two);
        assert_eq!(thin(&[], 10), []);
        assert_eq!(thin(&[(5, 5); 4], 10), [(5, 5)]);
    }

    #[test]
    fn straightening_keeps_corners() {
        let slope = (0..100).map(|x| (x, 3 * x + x % 2));
        let run: Vec<Spot> = slope.chain((100..200).map(|x| (x, 600 - 3 * x))).collect();
        let kept = straighten(&run);
        assert!(kept.len() < 12 && kept.iter().any(|spot| spot.1 > 295), "{kept:?}");
        assert_eq!((kept[0], kept[kept.len() - 1]), ((0, 0), (199, 3)));
    }

    #[test]
    fn a_gap_ends_a_run() {
        let points = [Some((0.0, 0.0)), None, None, Some((1.0, 2.0)), Some((3.0, 4.04)), None];
        assert_eq!(runs(points.into_iter()), [vec![(0, 0)], vec![(10, 20), (30, 40)]]);
    }

    #[test]
    fn paths_are_relative_and_short() {
        assert_eq!(path(&[(10, 20), (15, 18), (20, 30)]), "M1 2l.5-.2 .5 1.2");
        assert_eq!(path(&stairs(&[(0, 100), (50, 40), (90, 40)])), "M0 10h5v-6h4");
    }
}
