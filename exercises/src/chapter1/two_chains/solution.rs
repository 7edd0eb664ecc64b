//! Our answer to 1.5.

// ANCHOR: solution
pub fn dot(x: &[f32], y: &[f32]) -> f32 {
    let mut sums = [0.0; 2];
    for p in 0..x.len() {
        sums[p % 2] = x[p].mul_add(y[p], sums[p % 2]);
    }
    sums[0] + sums[1]
}
// ANCHOR_END: solution
