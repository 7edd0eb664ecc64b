//! Our answer to 8.2.

// ANCHOR: solution
pub fn unbiased(ratio: f64, batches: usize) -> f64 {
    let b = batches as f64;
    ratio * ((b - 1.0) / b).sqrt()
}
// ANCHOR_END: solution
