//! 7.2 from the forward side: who waits behind each layer can be told without going there.

pub fn peak(sizes: &[usize], uses: &[usize]) -> usize {
    let at = |layer: usize| {
        let waiting = (0..sizes.len()).filter(|p| {
            let (front, behind) = uses.split_at(layer + 1);
            front.contains(p) && behind.contains(p)
        });
        sizes[uses[layer]] + waiting.map(|p| sizes[p]).sum::<usize>()
    };
    (0..uses.len()).map(at).max().unwrap_or(0)
}
