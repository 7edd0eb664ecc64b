//! Our answer to 8.3.

use exercises::chapter8::Stats;

// ANCHOR: solution
pub fn merge(a: Stats, b: Stats) -> Stats {
    let count = a.count + b.count;
    if count == 0 {
        return a;
    }
    // a's distances are from a's mean. Seen from the common one, which is b's share of the shift
    // away, each sum grows by its count times the square of the way. Together: shift²·a·b/(a + b).
    let shift = b.mean - a.mean;
    let share = b.count as f64 / count as f64;
    Stats {
        count,
        mean: a.mean + shift * share,
        squares: a.squares + b.squares + shift * shift * a.count as f64 * share,
    }
}
// ANCHOR_END: solution
