//! Our answer to 8.4.

// ANCHOR: solution
pub fn temper(epochs: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let mut factor = 1.0;
    let mut shown = Vec::new();
    for gradients in epochs {
        shown.push(gradients.iter().map(|g| factor * g).collect());
        // Of the raw gradients, for the next epoch.
        factor = if gradients.len() < 2 { 1.0 } else { ratio(gradients).min(1.0) };
    }
    shown
}

fn ratio(gradients: &[f64]) -> f64 {
    let b = gradients.len() as f64;
    let mean = gradients.iter().sum::<f64>() / b;
    let variance = gradients.iter().map(|g| (g - mean).powi(2)).sum::<f64>() / b;
    let error = (variance / b).sqrt();
    mean.abs() / if error == 0.0 { 1e-8 } else { error }
}
// ANCHOR_END: solution
