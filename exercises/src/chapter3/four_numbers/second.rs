//! 3.1 from the square multiplied out: w²x² + b² + y² + 2wxb − 2wxy − 2by.

pub fn slopes(x: f64, w: f64, b: f64, y: f64) -> [f64; 3] {
    [
        2.0 * w * x * x + 2.0 * x * b - 2.0 * x * y,
        2.0 * b + 2.0 * w * x - 2.0 * y,
        2.0 * w * w * x + 2.0 * w * b - 2.0 * w * y,
    ]
}
