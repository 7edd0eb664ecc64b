//! Our answer to 10.5.

// ANCHOR: solution
pub fn epsilon(noises: &[f64], delta: f64, orders: &[f64]) -> f64 {
    let mut best = f64::INFINITY;
    for alpha in orders {
        let spent: f64 = noises.iter().map(|noise| alpha / (2.0 * noise * noise)).sum();
        let kept = ((alpha - 1.0) / alpha).ln();
        let epsilon = spent + kept - (delta.ln() + alpha.ln()) / (alpha - 1.0);
        best = best.min(epsilon);
    }
    best
}
// ANCHOR_END: solution
