//! 2.4 by logarithms.

pub fn steps(deviation: f64, width: usize) -> usize {
    let each = deviation.log2() + (width as f64).log2() / 2.0;
    if each > 0.0 {
        (f64::from(f32::MAX).log2() / each).floor() as usize + 1
    } else {
        (-150.0 / each).ceil() as usize
    }
}
