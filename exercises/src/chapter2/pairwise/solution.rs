//! Our answer to 2.3.

// ANCHOR: solution
pub fn sum(x: &[f32]) -> f32 {
    match x {
        [] => 0.0,
        [only] => *only,
        _ => {
            let (first, second) = x.split_at(x.len() / 2);
            sum(first) + sum(second)
        }
    }
}
// ANCHOR_END: solution
