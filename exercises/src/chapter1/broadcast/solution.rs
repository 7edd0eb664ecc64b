//! Our answer to 1.2.

// ANCHOR: solution
pub fn common(a: &[usize], b: &[usize]) -> Option<Vec<usize>> {
    let rank = a.len().max(b.len());
    let mut shape = Vec::new();
    for axis in 0..rank {
        // Counted from the right, so that a missing axis is one that lies beyond the left end.
        let size = |shape: &[usize]| match (axis + shape.len()).checked_sub(rank) {
            Some(own) => shape[own],
            None => 1,
        };
        match (size(a), size(b)) {
            (x, y) if x == y => shape.push(x),
            (x, 1) => shape.push(x),
            (1, y) => shape.push(y),
            _ => return None,
        }
    }
    Some(shape)
}
// ANCHOR_END: solution
