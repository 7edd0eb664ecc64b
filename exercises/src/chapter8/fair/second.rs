//! 8.5 with iterators.

pub fn choose(choosing: &[Vec<f64>], test: &[Vec<f64>]) -> (usize, f64) {
    let sum = |losses: &Vec<f64>| losses.iter().sum::<f64>();
    let sums = choosing.iter().map(sum).enumerate().filter(|(_, sum)| !sum.is_nan());
    let (row, _) = sums.min_by(|(_, a), (_, b)| a.total_cmp(b)).unwrap();
    (row, sum(&test[row]) / test[row].len() as f64)
}
