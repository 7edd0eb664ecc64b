//! Printing a tensor as NumPy prints an array (chapter 1).
//!
//! The rules are NumPy 2.4's: the fewest digits that tell a number from its neighbours, at most
//! eight decimals, columns that align, an exponent where the numbers are too far apart, lines of
//! at most 75 characters, and `...` in place of the middle of anything above 1000 elements.

use super::Tensor;
use crate::Scalar;
use std::fmt;
use std::ops::Range;

/// Decimals, unless the format asks for another number.
const PRECISION: usize = 8;
/// A line is broken before it grows longer than this.
const WIDTH: usize = 75;
/// Tensors of more elements than this are shown in part.
const THRESHOLD: usize = 1000;
/// How many items at each end of an axis are then shown.
const EDGE: usize = 3;

/// As NumPy's `print`. A precision in the format sets the greatest number of decimals.
///
/// ```
/// use longhand::Tensor;
/// let a = Tensor::new([2, 2], vec![1.0_f32, -0.5, 1.0 / 3.0, 10.0]);
/// assert_eq!(a.to_string(), "\
/// [[ 1.         -0.5       ]
///  [ 0.33333334 10.        ]]");
/// assert_eq!(format!("{a:.2}"), "\
/// [[ 1.   -0.5 ]
///  [ 0.33 10.  ]]");
/// ```
impl<T: Scalar> fmt::Display for Tensor<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&*self.shape, f.precision()) {
            // A number on its own is nothing to align: it is printed to its last digit.
            ([], None) => f.write_str(&single(self.data()[0])),
            (_, precision) => {
                f.write_str(&array(self, precision.unwrap_or(PRECISION), " ", 1, WIDTH))
            }
        }
    }
}

/// As NumPy's `repr`, with the shape and the element type.
///
/// ```
/// use longhand::Tensor;
/// let a = Tensor::vector(&[1.0_f32, 2.5]);
/// assert_eq!(format!("{a:?}"), "tensor([1. , 2.5], shape=[2], f32)");
/// ```
impl<T: Scalar> fmt::Debug for Tensor<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let open = "tensor(";
        let precision = f.precision().unwrap_or(PRECISION);
        let text = array(self, precision, ", ", open.len() + 1, WIDTH - 1);
        let rest = format!("shape={}, {})", self.shape, T::NAME);
        let last_line = text.lines().last().map_or(0, str::len);
        let indent = if text.contains('\n') { 0 } else { open.len() };
        let gap = match indent + last_line + rest.len() + 2 > WIDTH {
            true => format!("\n{}", " ".repeat(open.len())),
            false => " ".to_string(),
        };
        write!(f, "{open}{text},{gap}{rest}")
    }
}

/// The bracketed text; `indent` is where a continued line begins.
fn array<T: Scalar>(
    tensor: &Tensor<T>,
    precision: usize,
    separator: &str,
    indent: usize,
    width: usize,
) -> String {
    if tensor.len() == 0 {
        return "[]".to_string();
    }
    let elided = tensor.len() > THRESHOLD;
    let mut shown = Vec::new();
    collect(&tensor.shape, tensor.data(), elided, &mut shown);
    let mut words = words(&shown, precision).into_iter();
    Brackets { separator, elided }.text(&mut words, &tensor.shape, indent, width)
}

/// The indices along an axis of `size` that `...` stands for.
fn gap(size: usize, elided: bool) -> Range<usize> {
    if elided && size > 2 * EDGE { EDGE..size - EDGE } else { size..size }
}

/// The elements that are shown, in order.
fn collect<T: Scalar>(shape: &[usize], data: &[T], elided: bool, shown: &mut Vec<T>) {
    let [size, inner @ ..] = shape else { return shown.push(data[0]) };
    let (gap, step) = (gap(*size, elided), data.len() / size);
    for index in (0..gap.start).chain(gap.end..*size) {
        collect(inner, &data[index * step..(index + 1) * step], elided, shown);
    }
}

/// How the parts of an array are set in brackets: what stands between two, and whether some are
/// left out.
struct Brackets<'a> {
    separator: &'a str,
    elided: bool,
}

impl Brackets<'_> {
    /// The text of a block of this shape, whose elements are the next `words`.
    fn text(
        &self,
        words: &mut impl Iterator<Item = String>,
        shape: &[usize],
        indent: usize,
        width: usize,
    ) -> String {
        let [size, inner @ ..] = shape else { return words.next().unwrap_or_default() };
        let gap = gap(*size, self.elided);
        let mut items = Vec::new();
        for index in (0..gap.start).chain(gap.end..*size) {
            if index == gap.end && !gap.is_empty() {
                items.push("...".to_string());
            }
            items.push(self.text(words, inner, indent + 1, width - 1));
        }
        let (comma, margin) = (self.separator.trim_end(), " ".repeat(indent));
        if !inner.is_empty() {
            // Rows stand one below another, matrices with an empty line between them, and so on.
            let between = format!("{comma}{}{margin}", "\n".repeat(inner.len()));
            return format!("[{}]", items.join(&between));
        }
        let room = width - comma.len().max(1);
        let (mut text, mut line) = (String::new(), margin.clone());
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                line += self.separator;
            }
            if line.len() + item.len() > room && line.len() > indent {
                text += line.trim_end();
                text.push('\n');
                line.clone_from(&margin);
            }
            line += item;
        }
        format!("[{}]", &(text + &line)[indent..])
    }
}

/// Each number as text, all of one width, their decimal points (or exponents) aligned.
fn words<T: Scalar>(numbers: &[T], precision: usize) -> Vec<String> {
    let finite = || numbers.iter().copied().filter(|x| x.is_finite());
    let scientific = needs_exponent(finite());

    // What stands before the point, and what after it, at each number's own length.
    let halves = |x: T| {
        let text =
            if scientific { shortest_scientific(x, precision) } else { shortest(x, precision) };
        let (whole, rest) = text.split_once('.').unwrap_or((&text, ""));
        (whole.to_string(), rest.to_string())
    };
    let mut left = finite().map(|x| halves(x).0.len()).max().unwrap_or(0);
    let mut right = finite().map(|x| halves(x).1.len()).max().unwrap_or(0);

    // With an exponent, all numbers get as many digits as the longest, and exponents of one size.
    let rests = || finite().map(|x| halves(x).1);
    let digits = rests().filter_map(|rest| rest.find('e')).max().unwrap_or(0);
    let exponent = rests().filter_map(|rest| Some(rest.len() - rest.find('e')?)).max().unwrap_or(0);
    if scientific {
        right = digits + exponent;
    }

    if finite().count() < numbers.len() {
        let sign = usize::from(numbers.contains(&-T::INFINITY));
        left = left.max((3 + sign).saturating_sub(right + 1));
    }
    let width = left + 1 + right;
    let word = |&x: &T| {
        if x.is_nan() {
            return format!("{:>width$}", "nan");
        } else if !x.is_finite() {
            return format!("{:>width$}", if x > T::ZERO { "inf" } else { "-inf" });
        } else if scientific {
            let exact = format!("{x:.digits$e}");
            return format!("{:>width$}", with_exponent(&exact, exponent - 2));
        }
        let (whole, fraction) = halves(x);
        format!("{whole:>left$}.{fraction:<right$}")
    };
    numbers.iter().map(word).collect()
}

/// Whether the numbers are too large, too small or too far apart to stand in columns without
/// an exponent. The limits are NumPy's: single precision has fewer whole digits to show.
fn needs_exponent<T: Scalar>(finite: impl Iterator<Item = T>) -> bool {
    let sizes = finite.map(T::abs).filter(|&x| x != T::ZERO);
    let extremes = sizes.fold(None, |seen, x| match seen {
        None => Some((x, x)),
        Some((least, most)) => {
            Some((if x < least { x } else { least }, if x > most { x } else { most }))
        }
    });
    let large = if size_of::<T>() == 4 { 1e6 } else { 1e8 };
    extremes.is_some_and(|(least, most)| {
        most >= T::from_f64(large)
            || least < T::from_f64(1e-4)
            || most / least > T::from_f64(1000.0)
    })
}

/// The shortest digits that only `x` reads back from, or `precision` decimals if those are more:
/// `1.`, `-0.`, `0.125`.
fn shortest<T: Scalar>(x: T, precision: usize) -> String {
    let unique = format!("{x}");
    let decimals = unique.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    match decimals {
        0 => unique + ".",
        _ if decimals <= precision => unique,
        _ if precision == 0 => format!("{x:.0}."),
        _ => format!("{x:.precision$}").trim_end_matches('0').to_string(),
    }
}

/// As [`shortest`], with an exponent: `1.e+00`, `1.25e-10`.
fn shortest_scientific<T: Scalar>(x: T, precision: usize) -> String {
    let unique = format!("{x:e}");
    let mantissa = unique.find('e').unwrap_or(unique.len());
    let decimals = unique[..mantissa].split_once('.').map_or(0, |(_, fraction)| fraction.len());
    if decimals <= precision {
        return with_exponent(&unique, 2);
    }
    let rounded = with_exponent(&format!("{x:.precision$e}"), 2);
    let (mantissa, exponent) = rounded.split_once('e').unwrap_or((&rounded, ""));
    format!("{}e{exponent}", mantissa.trim_end_matches('0'))
}

/// Rust's `1e0` as NumPy's `1.e+00`: a point, a sign, and at least `digits` digits of exponent.
fn with_exponent(text: &str, digits: usize) -> String {
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let point = if mantissa.contains('.') { "" } else { "." };
    let (sign, exponent) = match exponent.strip_prefix('-') {
        Some(exponent) => ('-', exponent),
        None => ('+', exponent),
    };
    format!("{mantissa}{point}e{sign}{exponent:0>digits$}")
}

/// A number on its own, to its last digit: `1.0`, `0.1`, `1e-05`.
fn single<T: Scalar>(x: T) -> String {
    let (size, large) = (x.abs().to_f64(), if size_of::<T>() == 4 { 1e6 } else { 1e16 });
    if x.is_nan() {
        "nan".to_string()
    } else if !x.is_finite() {
        (if x > T::ZERO { "inf" } else { "-inf" }).to_string()
    } else if size == 0.0 || (size >= 1e-4 && size < large) {
        let text = format!("{x}");
        if text.contains('.') { text } else { text + ".0" }
    } else {
        with_exponent(&format!("{x:e}"), 2).replace(".e", "e")
    }
}
