//! Our answer to 2.2.

// ANCHOR: solution
pub fn deviation(inputs: usize, leak: f64) -> f64 {
    let left = (1.0 + leak * leak) / 2.0; // of the mean square, after the rectifier
    (1.0 / (left * inputs as f64)).sqrt()
}
// ANCHOR_END: solution
