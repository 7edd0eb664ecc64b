//! One derivative held against a measured slope.

/// What a derivative turned out to be.
pub enum Verdict {
    Right,
    Wrong {
        measured: f64,
    },
    /// No step gives a slope that can be trusted, or there is a kink within the steps.
    Unknown,
}

/// The slope that a step gives, and how far it may be off.
struct Slope {
    value: f64,
    error: f64,
}

/// Central differences with the steps h, h/2 and h/4, their errors in h² and h⁴ taken off: how far the
/// last two steps of that differ says how far the last may be off.
fn measure(h: f64, f: &mut impl FnMut(f64) -> f64) -> Slope {
    let mut largest = 0.0_f64;
    let mut central = |h: f64| {
        let (right, left) = (f(h), f(-h));
        largest = largest.max(right.abs()).max(left.abs());
        (right - left) / (2.0 * h)
    };
    let [one, half, quarter] = [h, h / 2.0, h / 4.0].map(&mut central);
    let [wide, narrow] = [(4.0 * half - one) / 3.0, (4.0 * quarter - half) / 3.0];
    let value = (16.0 * narrow - wide) / 15.0;
    // What rounding may have done to f, which is a sum of more than is left of it.
    let rounding = 64.0 * f64::EPSILON * (1.0 + largest) / h;
    Slope { value, error: (narrow - wide).abs() + rounding }
}

/// Holds a derivative against the slope of `f` at 0. Two steps must agree that it is wrong; `smooth`
/// says whether f has no kink between 0 and there.
pub fn examine(
    derivative: f64,
    mut f: impl FnMut(f64) -> f64,
    smooth: impl Fn(f64) -> bool,
) -> Verdict {
    // Nearly always two values are enough: no wrong derivative is that near to a slope.
    let slope = (f(1e-4) - f(-1e-4)) / 2e-4;
    if (derivative - slope).abs() <= 1e-7 * (1.0 + slope.abs()) {
        return Verdict::Right;
    }
    let mut wrong = Vec::new();
    for h in [3e-3, 1e-2, 1e-3, 1e-4] {
        let Slope { value, error } = measure(h, &mut f);
        let scale = 1.0 + value.abs();
        // A slope that is known to a thousandth tells a wrong derivative; one known less, nothing.
        if !(error <= 1e-3 * scale) {
            continue;
        }
        // Not relative to the derivative: an infinite one would be as near as it likes.
        if (derivative - value).abs() <= 30.0 * error + 1e-7 * scale {
            return Verdict::Right;
        }
        let steps = [-h, -h / 2.0, -h / 4.0, h / 4.0, h / 2.0, h];
        if steps.into_iter().all(&smooth) {
            wrong.push(value);
        }
    }
    match wrong[..] {
        [measured, _, ..] => Verdict::Wrong { measured },
        _ => Verdict::Unknown,
    }
}
