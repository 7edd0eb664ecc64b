//! Our answer to 7.2.

// ANCHOR: solution
pub fn peak(sizes: &[usize], uses: &[usize]) -> usize {
    let (mut held, mut most) = (0, 0);
    for (layer, &p) in uses.iter().enumerate().rev() {
        // Its gradient arrives.
        most = most.max(held + sizes[p]);
        let one_waits = uses[layer + 1..].contains(&p);
        if !one_waits {
            held += sizes[p];
        }
        // If no layer in front uses it, the gradient is complete: step, and let go.
        if !uses[..layer].contains(&p) {
            held -= sizes[p];
        }
    }
    most
}
// ANCHOR_END: solution
