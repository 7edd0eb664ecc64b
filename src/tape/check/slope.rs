//! One derivative held against one measured slope (chapter 5).

use super::report::Finding;
use super::settings::Check;

/// What an element's gradient turned out to be.
pub(super) enum Verdict {
    /// As near as the tolerance asks; its error.
    Right(f64),
    /// At a point without a slope, and between those of the two sides.
    Kink(Finding),
    /// Wrong.
    Mistake(Finding),
}

impl Check {
    // ANCHOR: examine
    /// Holds one derivative against the slope of `f` at `x`.
    pub(super) fn examine(&self, x: f64, gradient: f64, mut f: impl FnMut(f64) -> f64) -> Verdict {
        let h = self.step * x.abs().max(1.0);
        let mut slope = |from: f64, to: f64| (f(to) - f(from)) / (to - from);

        // The error of a central difference is c·h² + …: two steps tell c, and it is taken off.
        let (wide, narrow) = (slope(x - h, x + h), slope(x - h / 2.0, x + h / 2.0));
        let measured = (4.0 * narrow - wide) / 3.0;
        let error = (gradient - measured).abs();
        // Not relative to the gradient: an infinite one would be as near as it likes. A slope
        // that is not finite was not measured.
        let tolerance = self.atol + self.rtol * measured.abs();
        if error <= tolerance && tolerance.is_finite() {
            return Verdict::Right(error);
        }

        // Where f is smooth, the slopes of the two sides differ by h·f″: with an eighth of the
        // step, by an eighth. Otherwise there is a kink within h, if it can explain the error.
        let mut gap = |h: f64| slope(x, x + h) - slope(x - h, x);
        let is_kink = (8.0 * gap(h / 8.0) - gap(h)).abs() > 0.1 * error;
        let near = h / 1000.0;
        let sides = (slope(x - near, x), slope(x, x + near));
        let slack = |slope: f64| 1e-4 * (1.0 + slope.abs());
        let (low, high) = (sides.0.min(sides.1), sides.0.max(sides.1));
        let between = low - slack(low) <= gradient && gradient <= high + slack(high);

        let (argument, index) = (0, Vec::new());
        let finding = Finding { argument, index, gradient, measured, error, sides };
        match is_kink && between && sides.0.is_finite() && sides.1.is_finite() {
            true => Verdict::Kink(finding),
            false => Verdict::Mistake(finding),
        }
    }
    // ANCHOR_END: examine
}
