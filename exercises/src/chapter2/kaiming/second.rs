//! 2.2 as a gain over the root of the fan.

pub fn deviation(inputs: usize, leak: f64) -> f64 {
    let gain = 2.0_f64.sqrt() / leak.hypot(1.0);
    gain / (inputs as f64).sqrt()
}
