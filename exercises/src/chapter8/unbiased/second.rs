//! 8.2 by way of a variance: with a mean of 1 the ratio r says that it is B/r².

pub fn unbiased(ratio: f64, batches: usize) -> f64 {
    if ratio == 0.0 {
        return 0.0; // the mean is 0, whatever the variance
    }
    let b = batches as f64;
    let squares = b * (b / (ratio * ratio));
    1.0 / (squares / (b - 1.0) / b).sqrt()
}
