//! 1.3 as one loop over a running number, whose last digit is j.

pub fn links(m: usize, k: usize, n: usize, link: &mut dyn FnMut(usize, usize, usize)) {
    for number in 0..m * k * n {
        let (row, j) = (number / n, number % n);
        link(row / k, row % k, j);
    }
}
