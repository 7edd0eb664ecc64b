//! 1.5 two terms at a time.

pub fn dot(x: &[f32], y: &[f32]) -> f32 {
    let (mut even, mut odd) = (0.0, 0.0);
    let mut pairs = x.chunks_exact(2).zip(y.chunks_exact(2));
    for (x, y) in &mut pairs {
        even = x[0].mul_add(y[0], even);
        odd = x[1].mul_add(y[1], odd);
    }
    if let (1, Some(x), Some(y)) = (x.len() % 2, x.last(), y.last()) {
        even = x.mul_add(*y, even);
    }
    even + odd
}
