//! 1.4 with the two directions cut first, each by itself.

pub fn tiles(m: usize, n: usize) -> Vec<[usize; 4]> {
    let cut = |length: usize, most: usize| -> Vec<(usize, usize)> {
        let whole = (0..length / most).map(|number| (number * most, most));
        let rest = Some((length - length % most, length % most));
        whole.chain(rest.filter(|(_, rest)| *rest > 0)).collect()
    };
    let (rows, columns) = (cut(m, 4), cut(n, 16));
    let row = |&(top, height): &(usize, usize)| {
        columns.iter().map(move |&(left, width)| [top, left, height, width])
    };
    rows.iter().flat_map(row).collect()
}
