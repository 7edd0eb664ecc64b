//! From numbers to places on the page: the range of an axis, its ticks and their labels.
//!
//! A tick is a decimal number (a whole number times a power of ten), so that its label is exact
//! and the same everywhere. Steps are 1, 2 or 5 times a power of ten.

use super::decimal::{Decimal, step};
use crate::report::grouped;
use crate::scalar::Scalar;

/// The least and greatest of some numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Extent {
    pub lo: f64,
    pub hi: f64,
    /// Whether all the numbers were whole: then ticks between whole numbers mean nothing.
    pub whole: bool,
}

impl Extent {
    pub(super) const EMPTY: Self = Self { lo: f64::INFINITY, hi: f64::NEG_INFINITY, whole: true };

    /// The extent of those numbers that an axis can show.
    pub(super) fn of<'a>(values: impl IntoIterator<Item = &'a f64>, log: bool) -> Self {
        let shown = values.into_iter().filter(|value| drawable(**value, log));
        shown.fold(Self::EMPTY, |so_far, &value| so_far.with(value))
    }

    pub(super) fn with(self, value: f64) -> Self {
        Self {
            lo: if value < self.lo { value } else { self.lo },
            hi: if value > self.hi { value } else { self.hi },
            whole: self.whole && value == value.trunc(),
        }
    }

    pub(super) fn and(self, other: Self) -> Self {
        if other.lo > other.hi {
            self
        } else {
            Self { whole: self.whole && other.whole, ..self }.with(other.lo).with(other.hi)
        }
    }
}

/// Whether an axis can show a value: NaN and the infinities it cannot, and a logarithmic one
/// only positive numbers. Beyond 1e300 differences overflow.
pub(super) fn drawable(value: f64, log: bool) -> bool {
    value.abs() < 1e300 && (!log || value > 1e-300)
}

/// A place on an axis that is marked: always with its value, mostly with a label.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tick {
    pub value: f64,
    /// Empty for the minor ticks of a logarithmic axis.
    pub label: String,
}

impl Tick {
    /// A tick at a positive whole number below 10⁹.
    pub(super) fn whole(value: f64) -> Option<Self> {
        let fits = (1.0..1e9).contains(&value) && value == value.trunc();
        fits.then(|| Self { value, label: grouped(value as u64) })
    }
}

/// An axis: what range of numbers lies between which two coordinates.
#[derive(Clone, Debug)]
pub(super) struct Scale {
    /// The number at the beginning of the axis.
    pub lo: f64,
    /// The number at its end.
    pub hi: f64,
    /// Whether it is logarithmic.
    pub log: bool,
    /// The coordinate of its beginning.
    pub from: f64,
    /// The coordinate of its end.
    pub to: f64,
    /// Where it is marked.
    pub ticks: Vec<Tick>,
}

/// How a [`Scale`] is to be chosen.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Wish {
    /// Whether it is logarithmic.
    pub log: bool,
    /// The range, where the caller fixes it.
    pub range: Option<(f64, f64)>,
    /// Whether the range is widened to the ticks around it.
    pub widen: bool,
    /// About how many ticks there should be.
    pub ticks: usize,
}

impl Scale {
    /// The scale for some data. Its place on the page is set later, by [`Scale::between`].
    pub(super) fn fit(data: Extent, wish: Wish) -> Self {
        let fixed = wish
            .range
            .filter(|&(lo, hi)| drawable(lo, wish.log) && drawable(hi, wish.log) && lo < hi);
        let (lo, hi) = fixed.unwrap_or((data.lo, data.hi));
        let (lo, hi) = roomy(lo, hi, wish.log);
        let widen = wish.widen && fixed.is_none();
        let whole = data.whole && data.lo <= data.hi;
        let (lo, hi, ticks) = match wish.log {
            true => log_ticks(lo, hi, wish.ticks, widen),
            false => linear_ticks(lo, hi, wish.ticks, widen, whole),
        };
        Self { lo, hi, log: wish.log, from: 0.0, to: 1.0, ticks }
    }

    /// The same scale, from the coordinate `from` to the coordinate `to`.
    pub(super) fn between(self, from: f64, to: f64) -> Self {
        Self { from, to, ..self }
    }

    /// The coordinate of a value, if the axis can show it.
    pub(super) fn at(&self, value: f64) -> Option<f64> {
        if !drawable(value, self.log) {
            return None;
        }
        // To which base does not matter: only ratios are used.
        let place = |v: f64| if self.log { Scalar::ln(v) } else { v };
        let part = (place(value) - place(self.lo)) / (place(self.hi) - place(self.lo));
        // Far outside is as good as just outside, and keeps the file's numbers short.
        Some(self.from + (self.to - self.from) * part.clamp(-4.0, 5.0))
    }
}

/// A range with some room in it: an empty one is opened around its number.
fn roomy(lo: f64, hi: f64, log: bool) -> (f64, f64) {
    if lo > hi {
        return if log { (1.0, 10.0) } else { (0.0, 1.0) };
    }
    let size = lo.abs().max(hi.abs());
    if hi - lo > size * 1e-9 && hi - lo > 1e-290 {
        return (lo, hi);
    }
    match (log, size < 1e-280) {
        (true, _) => (lo / 2.0, hi * 2.0),
        (false, true) => (0.0, 1.0),
        (false, false) => (lo - size / 2.0, hi + size / 2.0),
    }
}

fn linear_ticks(lo: f64, hi: f64, want: usize, widen: bool, whole: bool) -> (f64, f64, Vec<Tick>) {
    let mut size = step((hi - lo) / want.max(1) as f64);
    if whole && size.power < 0 {
        size = Decimal { digits: 1, power: 0 };
    }
    // A hair's width of slack: a range that ends on a tick, but for rounding, has that tick.
    let (low, high) = (lo / size.value(), hi / size.value());
    let (below, above) = match widen {
        true => ((low + 1e-9).floor(), (high - 1e-9).ceil()),
        false => ((low - 1e-9).ceil(), (high + 1e-9).floor()),
    };
    let places = (below as i64..=above as i64)
        .map(|count| Decimal { digits: count * size.digits, power: size.power });
    let places: Vec<Decimal> = places.collect();
    // All labels are written in the same way.
    let plain = places.iter().all(Decimal::reads_plain);
    let label = |place: &Decimal| if plain { place.plain() } else { place.scientific() };
    let ticks = places.iter().map(|place| Tick { value: place.value(), label: label(place) });
    let ticks: Vec<_> = ticks.collect();
    match (widen, ticks.first(), ticks.last()) {
        (true, Some(first), Some(last)) => (first.value, last.value, ticks),
        _ => (lo, hi, ticks),
    }
}

fn log_ticks(lo: f64, hi: f64, want: usize, widen: bool) -> (f64, f64, Vec<Tick>) {
    let (first, last) = (Decimal::magnitude(lo), Decimal::magnitude(hi));
    let fine =
        (first..=last).flat_map(|power| (1..10).map(move |digits| Decimal { digits, power }));
    let fine: Vec<Decimal> = fine.chain([Decimal { digits: 1, power: last + 1 }]).collect();
    // Widen to 1, 2 or 5 times a power of ten.
    let round = |place: &Decimal| matches!(place.digits, 1 | 2 | 5);
    let (mut low, mut high) = (lo, hi);
    if widen {
        let places: Vec<f64> = fine.iter().filter(|p| round(p)).map(Decimal::value).collect();
        low = places.iter().copied().rfind(|&place| place <= lo * (1.0 + 1e-9)).unwrap_or(lo);
        high = places.iter().copied().find(|&place| place >= hi * (1.0 - 1e-9)).unwrap_or(hi);
    }
    let inside = |value: f64| value >= low * (1.0 - 1e-9) && value <= high * (1.0 + 1e-9);
    let places: Vec<Decimal> = fine.into_iter().filter(|place| inside(place.value())).collect();
    let tens = places.iter().filter(|place| place.digits == 1).count();
    if tens < 2 && places.iter().filter(|place| round(place)).count() < 3 {
        // Too short a range for a decade's ticks: even steps tell more.
        let (_, _, ticks) = linear_ticks(low, high, want, false, false);
        return (low, high, ticks.into_iter().filter(|tick| tick.value > 0.0).collect());
    }
    // Many decades: a label at every second power, or third, and then fewer ticks between.
    let sparse = tens.div_ceil(want.max(1)) as i32;
    let every = [1, 2, 3, 5, 10, 20, 50, 100].into_iter().find(|&every| every >= sparse);
    let every = every.unwrap_or(200);
    let major = |place: &Decimal| place.digits == 1 && place.power.rem_euclid(every) == 0;
    let ticks = places.into_iter().filter(|place| match every {
        1 | 2 => place.digits == 1 || tens <= 8,
        3 => place.digits == 1,
        _ => major(place),
    });
    let ticks = ticks.map(|place| {
        let labelled = if tens <= 2 { round(&place) } else { major(&place) };
        let label = if labelled { place.label() } else { String::new() };
        Tick { value: place.value(), label }
    });
    (low, high, ticks.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(lo: f64, hi: f64, wish: Wish) -> Vec<String> {
        let data = Extent { lo, hi, whole: false };
        Scale::fit(data, wish).ticks.into_iter().map(|tick| tick.label).collect()
    }

    const PLAIN: Wish = Wish { log: false, range: None, widen: true, ticks: 5 };
    const LOG: Wish = Wish { log: true, ..PLAIN };

    #[test]
    fn linear_ticks_are_round() {
        assert_eq!(labels(0.07, 2.31, PLAIN), ["0", "0.5", "1.0", "1.5", "2.0", "2.5"]);
        assert_eq!(
            labels(0.9751, 0.9822, PLAIN),
            ["0.974", "0.976", "0.978", "0.980", "0.982", "0.984"]
        );
        assert_eq!(labels(-3.0, 4.0, PLAIN), ["−4", "−2", "0", "2", "4"]);
        assert_eq!(labels(0.0, 60_000.0, PLAIN), ["0", "20,000", "40,000", "60,000"]);
        assert_eq!(labels(0.0, 3e-7, PLAIN), ["0", "10⁻⁷", "2×10⁻⁷", "3×10⁻⁷"]);
        assert_eq!(labels(0.0, 3e9, PLAIN), ["0", "10⁹", "2×10⁹", "3×10⁹"]);
        assert_eq!(labels(0.0, 9e6, PLAIN), ["0", "2×10⁶", "4×10⁶", "6×10⁶", "8×10⁶", "10⁷"]);
    }

    #[test]
    fn whole_numbers_get_whole_ticks() {
        let data = Extent { lo: 1.0, hi: 3.0, whole: true };
        let ticks = Scale::fit(data, Wish { widen: false, ..PLAIN }).ticks;
        assert_eq!(ticks.iter().map(|t| t.label.as_str()).collect::<Vec<_>>(), ["1", "2", "3"]);
    }

    #[test]
    fn log_ticks_follow_the_range() {
        let shown = |lo, hi| -> Vec<String> {
            labels(lo, hi, LOG).into_iter().filter(|label| !label.is_empty()).collect()
        };
        assert_eq!(shown(0.003, 4.0), ["0.01", "0.1", "1"]);
        assert_eq!(shown(0.3, 4.0), ["0.2", "0.5", "1", "2", "5"]);
        assert_eq!(shown(1.1, 1.4), ["1.0", "1.2", "1.4", "1.6", "1.8", "2.0"]);
        assert_eq!(shown(1e-12, 1.0), ["10⁻¹²", "10⁻⁹", "10⁻⁶", "0.001", "1"]);
    }

    #[test]
    fn strange_ranges_still_have_a_scale() {
        for (lo, hi) in [(0.0, 0.0), (5.0, 5.0), (-1e299, 1e299), (0.0, 5e-324), (1e16, 1e16 + 2.0)]
        {
            let scale = Scale::fit(Extent::of(&[lo, hi], false), PLAIN);
            assert!(scale.lo < scale.hi && (2..20).contains(&scale.ticks.len()), "{lo} {hi}");
            assert!(scale.at(lo).is_some_and(f64::is_finite));
        }
        let scale = Scale::fit(Extent::of(&[1e-299, 1e299], true), LOG);
        assert!((2..20).contains(&scale.ticks.iter().filter(|t| !t.label.is_empty()).count()));
        assert_eq!(Scale::fit(Extent::EMPTY, PLAIN).at(f64::NAN), None);
        assert_eq!(scale.at(0.0), None);
    }
}
