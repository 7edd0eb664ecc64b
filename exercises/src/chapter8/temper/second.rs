//! 8.4 as a stream: gradient by gradient, with Welford's rule, as the crate does it.

pub fn temper(epochs: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let mut ratio = None;
    let epoch = |gradients: &Vec<f64>| {
        let (mut count, mut mean, mut squares) = (0.0, 0.0, 0.0);
        let mut shown = Vec::new();
        for &g in gradients {
            count += 1.0;
            let before = g - mean;
            mean += before / count;
            squares += before * (g - mean);
            shown.push(match ratio {
                Some(ratio) if ratio < 1.0 => ratio * g,
                _ => g,
            });
        }
        let error = f64::sqrt(squares) / count;
        let error = if error > 0.0 { error } else { 1e-8 };
        ratio = (gradients.len() > 1).then_some(f64::abs(mean) / error);
        shown
    };
    epochs.iter().map(epoch).collect()
}
