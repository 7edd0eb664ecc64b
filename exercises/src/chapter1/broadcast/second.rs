//! 1.2 with the shapes filled up to one length, and no index.

pub fn common(a: &[usize], b: &[usize]) -> Option<Vec<usize>> {
    let rank = a.len().max(b.len());
    let filled = |shape: &[usize]| [vec![1; rank - shape.len()], shape.to_vec()].concat();
    let pairs = filled(a).into_iter().zip(filled(b));
    pairs.map(|(x, y)| if x == 1 { Some(y) } else { (y == 1 || x == y).then_some(x) }).collect()
}
