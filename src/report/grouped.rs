//! Whole numbers as a reader takes them in: thousands set apart.

/// A whole number with its thousands set apart: 431080 as `431,080`.
///
/// ```
/// use longhand::report::grouped;
/// assert_eq!([999, 1_000, 431_080].map(grouped), ["999", "1,000", "431,080"]);
/// ```
#[must_use]
pub fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
