//! Our answer to 3.1.

// ANCHOR: solution
pub fn slopes(x: f64, w: f64, b: f64, y: f64) -> [f64; 3] {
    let error = w * x + b - y;
    let d_output = 2.0 * error;
    [d_output * x, d_output, d_output * w]
}
// ANCHOR_END: solution
