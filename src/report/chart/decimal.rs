//! Decimal numbers, whose labels are exact: the ticks of an axis, and figures beside bars.

use crate::report::grouped;

/// The number `digits` · 10^`power`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Decimal {
    /// The digits, as a whole number with a sign.
    pub digits: i64,
    /// The power of ten that they are multiplied by.
    pub power: i32,
}

impl Decimal {
    /// The nearest f64.
    pub(super) fn value(&self) -> f64 {
        // Rust reads and prints numbers exactly, the same on every machine; powf does not.
        format!("{}e{}", self.digits, self.power).parse().unwrap_or(f64::NAN)
    }

    /// The power of ten of a number's first digit: 2 for 345, -2 for 0.012.
    pub(super) fn magnitude(value: f64) -> i32 {
        let text = format!("{value:e}");
        text.split_once('e').and_then(|(_, power)| power.parse().ok()).unwrap_or(0)
    }

    /// As a reader likes to see it: `0.25`, `10,000`, `−3`, and `2×10⁻⁷` where the plain number
    /// would be long.
    pub(super) fn label(&self) -> String {
        if self.reads_plain() { self.plain() } else { self.scientific() }
    }

    /// Whether the plain number is short enough to be read.
    pub(super) fn reads_plain(&self) -> bool {
        let length = self.figures().len() as i32 + self.power;
        self.digits == 0 || (length <= 7 && (self.power >= -5 || length >= -2))
    }

    /// `1,500`, `−0.25`, `1.0`.
    pub(super) fn plain(&self) -> String {
        let sign = self.sign();
        let decimals = self.power.min(0).unsigned_abs() as usize;
        let zeros = "0".repeat(self.power.max(0) as usize);
        let padded = format!("{:0>width$}{zeros}", self.figures(), width = decimals + 1);
        let (whole, part) = padded.split_at(padded.len() - decimals);
        let whole = grouped(whole.parse().unwrap_or(u64::MAX));
        match (self.digits, part) {
            (0, _) => "0".to_string(),
            (_, "") => format!("{sign}{whole}"),
            (_, _) => format!("{sign}{whole}.{part}"),
        }
    }

    /// `1.5×10³`, `−2.5×10⁻¹`, `10⁶`.
    pub(super) fn scientific(&self) -> String {
        if self.digits == 0 {
            return "0".to_string();
        }
        let (sign, figures) = (self.sign(), self.figures());
        let ten = format!("10{}", raised(figures.len() as i32 + self.power - 1));
        match figures.trim_end_matches('0').split_at(1) {
            ("1", "") => format!("{sign}{ten}"),
            (first, "") => format!("{sign}{first}×{ten}"),
            (first, rest) => format!("{sign}{first}.{rest}×{ten}"),
        }
    }

    fn sign(&self) -> &'static str {
        if self.digits < 0 { "−" } else { "" }
    }

    fn figures(&self) -> String {
        self.digits.unsigned_abs().to_string()
    }
}

/// The least step of 1, 2 or 5 times a power of ten that is no smaller than `size`.
pub(super) fn step(size: f64) -> Decimal {
    let power = Decimal::magnitude(size);
    let steps = [1, 2, 5].map(|digits| Decimal { digits, power });
    let fits = |step: &Decimal| step.value() >= size * (1.0 - 1e-9);
    steps.into_iter().find(fits).unwrap_or(Decimal { digits: 1, power: power + 1 })
}

/// A number with three figures: `0.0123`, `4.50`, `120`; a whole one with all: `39,250`.
pub(super) fn short(value: f64) -> String {
    if !value.is_finite() {
        return value.to_string();
    }
    if value == value.trunc() && value.abs() < 1e7 {
        return Decimal { digits: value as i64, power: 0 }.label();
    }
    // "1.23e4": three figures and a power of ten.
    let text = format!("{value:.2e}");
    let (figures, power) = text.split_once('e').unwrap_or((&text, "0"));
    let digits = figures.replace('.', "").parse().unwrap_or(0);
    Decimal { digits, power: power.parse::<i32>().unwrap_or(0) - 2 }.label()
}

fn raised(power: i32) -> String {
    const SIGNS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let figures = power.unsigned_abs().to_string().into_bytes().into_iter();
    let sign = if power < 0 { "⁻" } else { "" };
    sign.chars().chain(figures.map(|figure| SIGNS[(figure - b'0') as usize])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_plain_or_scientific() {
        let label = |digits, power| Decimal { digits, power }.label();
        assert_eq!(label(0, -3), "0");
        assert_eq!(label(10, -1), "1.0");
        assert_eq!(label(-25, -2), "−0.25");
        assert_eq!(label(15, 2), "1,500");
        assert_eq!(label(1_234_567, -2), "12,345.67");
        assert_eq!(label(15, 6), "1.5×10⁷");
        assert_eq!(label(1, -12), "10⁻¹²");
        assert_eq!(label(-20, -8), "−2×10⁻⁷");
        assert_eq!(label(i64::MIN, 300), "−9.223372036854775808×10³¹⁸");
    }

    #[test]
    fn steps_are_one_two_or_five() {
        let size = |size| step(size).value();
        assert_eq!([0.11, 0.2, 0.21, 0.6, 1.0, 4e7].map(size), [0.2, 0.2, 0.5, 1.0, 1.0, 5e7]);
    }

    #[test]
    fn three_figures() {
        let texts = [0.012345, 4.5, 1234.5, 0.0, 99.96, -2.0, 39250.0, 7.001].map(short);
        assert_eq!(texts, ["0.0123", "4.50", "1,230", "0", "100", "−2", "39,250", "7.00"]);
    }
}
