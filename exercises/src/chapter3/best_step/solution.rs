//! Our answer to 3.6.

// ANCHOR: solution
pub fn slope(f: &dyn Fn(f64) -> f64, x: f64) -> f64 {
    let h = 6e-6; // the cube root of the precision, 2.2e-16
    (f(x + h) - f(x - h)) / (2.0 * h)
}
// ANCHOR_END: solution
