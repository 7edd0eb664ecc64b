//! 8.3 side by side: the common mean first, then each side's squares seen from there.

use exercises::chapter8::Stats;

pub fn merge(a: Stats, b: Stats) -> Stats {
    let (n, m) = (a.count as f64, b.count as f64);
    if n == 0.0 {
        return b;
    }
    let mean = a.mean * (n / (n + m)) + b.mean * (m / (n + m));
    let from_there = |side: Stats| {
        let way = side.mean - mean;
        side.squares + side.count as f64 * way * way
    };
    Stats { count: a.count + b.count, mean, squares: from_there(a) + from_there(b) }
}
