//! Our answer to 8.1.

// ANCHOR: solution
pub fn ratio(k: usize, batches: usize) -> f64 {
    // mean = k·a/B, v = k·a²/B − (k·a/B)² = a²·k·(B − k)/B², error = √(v/B)
    let (k, b) = (k as f64, batches as f64);
    (k * b / (b - k)).sqrt()
}
// ANCHOR_END: solution
