//! Our answer to 1.1.

// ANCHOR: solution
pub fn place(shape: &[usize], index: &[usize]) -> usize {
    let (mut place, mut stride) = (0, 1);
    for axis in (0..shape.len()).rev() {
        place += index[axis] * stride;
        stride *= shape[axis];
    }
    place
}
// ANCHOR_END: solution
