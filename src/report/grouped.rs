//! Whole numbers as a reader takes them in: thousands set apart.

/// A whole number with its thousands set apart: 431080 as `431,080`.
///
/// ```
/// use longhand::report::grouped;
/// assert_eq!([999, 1_000, 431_080].map(grouped), ["999", "1,000", "431,080"]);
/// assert_eq!(grouped(1_u64 << 32), "4,294,967,296"); // on a machine of 32 bits too
/// ```
///
/// # Panics
/// If it is negative, or takes more than 64 bits.
#[must_use]
#[track_caller]
pub fn grouped(number: impl TryInto<u64>) -> String {
    let Ok(number) = number.try_into() else { panic!("the number is negative or too large") };
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
