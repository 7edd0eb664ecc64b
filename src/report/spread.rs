//! What several seeds gave, in one cell of a table: the mean and how far they lie apart.

/// The mean of `values` ± their standard deviation, each with so many digits behind the point.
///
/// The deviation is that of a sample, with n − 1 below the line; of a single value it is NaN.
///
/// ```
/// use longhand::report::spread;
/// assert_eq!(spread(&[1.0, 2.0, 3.0], 2), "2.00 ± 1.00");
/// ```
#[must_use]
pub fn spread(values: &[f64], digits: usize) -> String {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    let deviation = (squares / (values.len() as f64 - 1.0)).sqrt();
    format!("{mean:.digits$} ± {deviation:.digits$}")
}
