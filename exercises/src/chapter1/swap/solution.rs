//! Our answer to 1.3.

// ANCHOR: solution
pub fn links(m: usize, k: usize, n: usize, link: &mut dyn FnMut(usize, usize, usize)) {
    for i in 0..m {
        for p in 0..k {
            for j in 0..n {
                link(i, p, j);
            }
        }
    }
}
// ANCHOR_END: solution
