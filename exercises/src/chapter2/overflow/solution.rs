//! Our answer to 2.4.

// ANCHOR: solution
pub fn steps(deviation: f64, width: usize) -> usize {
    let factor = deviation * (width as f64).sqrt();
    let smallest = f64::from(f32::from_bits(1)); // 1.4e-45; half of it is a tie, and becomes 0
    let (mut size, mut steps) = (1.0, 0);
    while size <= f64::from(f32::MAX) && size > smallest / 2.0 {
        size *= factor;
        steps += 1;
    }
    steps
}
// ANCHOR_END: solution
