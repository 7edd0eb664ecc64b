//! 8.1 by the chapter's definition, with a = 1.

pub fn ratio(k: usize, batches: usize) -> f64 {
    let b = batches as f64;
    let mean = k as f64 / b;
    let variance = mean - mean * mean;
    mean / (variance / b).sqrt()
}
