// ANCHOR: statement
//! ### Exercise 1.4 · Tiles up to the edge · 15 minutes
//!
//! A result of `m` rows and `n` columns is to be computed in tiles of 4 rows by 16 columns. At the
//! lower and the right edge a tile may have fewer. List all tiles as `[top, left, height, width]`,
//! row of tiles after row of tiles. No element may be missing or in two tiles, and no tile empty.
//!
//! ```text
//! m = 5, n = 17  →  [0, 0, 4, 16], [0, 16, 4, 1], [4, 0, 1, 16], [4, 16, 1, 1]
//! ```
// ANCHOR_END: statement

use exercises::chapter1;
use std::process::ExitCode;

// ANCHOR: stub
/// Top, left, height and width of each tile.
fn tiles(m: usize, n: usize) -> Vec<[usize; 4]> {
    todo!()
}
// ANCHOR_END: stub

fn main() -> ExitCode {
    chapter1::TILES.run(tiles)
}
