//! Our answer to 1.4.

// ANCHOR: solution
pub fn tiles(m: usize, n: usize) -> Vec<[usize; 4]> {
    let mut tiles = Vec::new();
    for top in (0..m).step_by(4) {
        for left in (0..n).step_by(16) {
            tiles.push([top, left, (m - top).min(4), (n - left).min(16)]);
        }
    }
    tiles
}
// ANCHOR_END: solution
