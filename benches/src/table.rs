//! A group of rows as a table, and what it comes to.

use crate::contest::{NOT_RUST, Row};
use longhand::report::Table;

/// Rows, a column for each rival, and how many times as fast we are: as the best Rust peer, if any
/// took part, and as each of the others that did.
pub fn table(rows: &[&Row]) -> String {
    let Some(first) = rows.first() else { return String::new() };
    // Those that are not Rust last, the others as they turn up.
    let mut rivals: Vec<&str> = Vec::new();
    for (name, _) in rows.iter().flat_map(|row| &row.times) {
        if !rivals.contains(name) {
            rivals.push(name);
        }
    }
    let place =
        |name: &str| NOT_RUST.iter().position(|(other, _)| *other == name).map_or(0, |i| i + 1);
    rivals.sort_by_key(|name| place(name));
    let others = || {
        NOT_RUST.into_iter().filter(|(other, ratio)| rivals.contains(other) && !ratio.is_empty())
    };
    let rust = rows.iter().any(|row| row.best_peer().is_some()).then_some("/Rust");
    let unit = if first.flops.is_some() { "GFLOP/s" } else { "" };
    let ratios: Vec<&str> = rust.into_iter().chain(others().map(|(_, ratio)| ratio)).collect();
    let mut table = Table::new([unit].iter().chain(&rivals).chain(&ratios));
    for row in rows {
        let mut cells = vec![row.name.clone()];
        cells.extend(rivals.iter().map(|rival| cell(row, rival)));
        cells.extend(rust.map(|_| times(row.best_peer().and_then(|peer| row.gain(peer)))));
        cells.extend(others().map(|(other, _)| times(row.gain(other))));
        table.push(cells);
    }
    let mut text = (1..=rivals.len() + ratios.len()).fold(table.left(0), Table::right).to_string();
    text += &summary("the best Rust peer", rows, |row| row.gain(row.best_peer()?));
    for (other, _) in others() {
        text += &summary(other, rows, |row| row.gain(other));
    }
    text
}

/// The geometric mean of some ratios and the lowest of them, in a line.
fn summary(whom: &str, rows: &[&Row], ratio: impl Fn(&Row) -> Option<f64>) -> String {
    let found: Vec<(f64, &str)> =
        rows.iter().filter_map(|row| Some((ratio(row)?, row.name.as_str()))).collect();
    let lowest = found.iter().min_by(|a, b| a.0.total_cmp(&b.0));
    let Some((lowest, name)) = lowest.filter(|_| found.len() > 1) else { return String::new() };
    let mean = mean(found.iter().map(|(ratio, _)| *ratio));
    format!("against {whom}: {mean:.2}× on average, least {lowest:.2}× ({name})\n")
}

/// The geometric mean: twice as fast and half as fast come to equally fast.
pub fn mean(ratios: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = ratios.fold((0.0, 0), |(sum, count), ratio| (sum + ratio.ln(), count + 1));
    (sum / f64::from(count)).exp()
}

fn cell(row: &Row, rival: &str) -> String {
    match (row.time(rival), row.flops) {
        (Some(time), Some(flops)) => rate(flops / time),
        (Some(time), None) => seconds(time),
        (None, _) => "-".to_string(),
    }
}

fn times(ratio: Option<f64>) -> String {
    ratio.map_or("-".to_string(), |ratio| format!("{ratio:.2}×"))
}

/// Operations a second, in thousand millions.
pub fn rate(rate: f64) -> String {
    format!("{:.1}", rate / 1e9)
}

/// Three digits and a unit: `1.25 ms`.
pub fn seconds(seconds: f64) -> String {
    let (value, unit) = match seconds {
        s if s < 1e-3 => (s * 1e6, "µs"),
        s if s < 1.0 => (s * 1e3, "ms"),
        s => (s, "s"),
    };
    let decimals = if value < 10.0 { 2 } else { usize::from(value < 100.0) };
    format!("{value:.decimals$} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_compares_with_the_best_peer_of_each_row() {
        let row = |name: &str, times: &[(&'static str, f64)]| Row {
            name: name.into(),
            flops: None,
            times: times.iter().map(|&(name, time)| (name, vec![time])).collect(),
        };
        let rows = [
            row("one", &[("ours", 1e-3), ("a", 2e-3), ("b", 4e-3), ("PyTorch", 1e-3)]),
            row("two", &[("ours", 1.0), ("b", 0.5), ("PyTorch", 4.0)]),
        ];
        let text = table(&rows.iter().collect::<Vec<_>>());
        let squeezed = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(squeezed.contains("one 1.00 ms 2.00 ms 4.00 ms 1.00 ms 2.00× 1.00×"), "{text}");
        assert!(squeezed.contains("two 1.00 s - 500 ms 4.00 s 0.50× 4.00×"), "{text}");
        assert!(text.contains("the best Rust peer: 1.00× on average, least 0.50× (two)"), "{text}");
        assert!(text.contains("PyTorch: 2.00× on average, least 1.00× (one)"), "{text}");
    }
}
