//! Our answer to 5.2.

// ANCHOR: solution
pub fn order(inputs: &[Vec<usize>], last: usize) -> Vec<usize> {
    let mut order = Vec::new();
    leave(inputs, last, &mut order);
    order.reverse();
    order
}

/// Writes down what an entry was computed from, and then the entry.
fn leave(inputs: &[Vec<usize>], entry: usize, order: &mut Vec<usize>) {
    if order.contains(&entry) {
        return;
    }
    for &input in &inputs[entry] {
        leave(inputs, input, order);
    }
    order.push(entry);
}
// ANCHOR_END: solution
