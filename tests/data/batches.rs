//! Holds the batch iterator to its word: every row once an epoch, rows and targets together.

use longhand::data::{Batches, Dataset};
use longhand::{Rng, Tensor};

fn rows(n: usize) -> (Tensor<f64>, Vec<usize>) {
    let numbers = (0..n * 6).map(|i| i as f64).collect();
    (Tensor::new([n, 2, 3], numbers), (0..n).collect())
}

#[test]
fn an_epoch_in_order_is_the_rows_in_order() {
    let (x, y) = rows(10);
    let batches = Batches::new(&x, &y, 4);
    let shapes: Vec<Vec<usize>> = batches.in_order().map(|(x, _)| x.shape().to_vec()).collect();
    assert_eq!(shapes, [[4, 2, 3], [4, 2, 3], [2, 2, 3]]);
    let elements: Vec<f64> = batches.in_order().flat_map(|(x, _)| x.data().to_vec()).collect();
    assert_eq!(elements, x.data());
    let targets: Vec<usize> = batches.in_order().flat_map(|(_, y)| y).collect();
    assert_eq!(targets, y);
    let mut epoch = batches.in_order();
    epoch.next();
    assert_eq!(format!("{epoch:?}"), "batch 1 of 3 batches of 4 rows of [10, 2, 3]");
}

#[test]
fn a_set_of_examples() {
    let (images, labels) = rows(5);
    let mut data = Dataset::new(images, labels);
    assert_eq!((data.len(), data.is_empty()), (5, false));
    assert_eq!(format!("{data:?}"), "5 examples in [5, 2, 3]");
    let part = data.rows(1..3);
    assert_eq!((part.len(), part.labels, part.images.data()[0]), (2, vec![1, 2], 6.0));
    assert!(data.rows(2..2).is_empty());
    data.normalize(3.0, 2.0);
    assert_eq!(data.images.data()[..4], [-1.5, -1.0, -0.5, 0.0]);
}

#[test]
fn a_shuffled_epoch_has_every_row_once_with_its_target() {
    for n in [0, 1, 2, 7, 64, 65, 200] {
        let (x, y) = rows(n);
        let batches = Batches::new(&x, &y, 64);
        let mut rng = Rng::new(n as u64);
        let mut seen = vec![0; n];
        for (x, y) in batches.shuffled(&mut rng) {
            assert_eq!(x.shape(), [y.len(), 2, 3]);
            for (row, &target) in x.data().chunks(6).zip(&y) {
                let expected: Vec<f64> = (target * 6..target * 6 + 6).map(|i| i as f64).collect();
                assert_eq!(row, expected);
                seen[target] += 1;
            }
        }
        assert_eq!(seen, vec![1; n]);
    }
}

#[test]
fn each_epoch_has_an_order_of_its_own_and_the_seed_decides_them_all() {
    let (x, y) = rows(100);
    let batches = Batches::new(&x, &y, 32);
    let run = |seed| {
        let mut rng = Rng::new(seed);
        let mut epoch = || batches.shuffled(&mut rng).flat_map(|(_, y)| y).collect::<Vec<_>>();
        [epoch(), epoch(), epoch()]
    };
    let [a, b, c] = run(5);
    assert!(a != b && b != c && a != c && a != y);
    assert_eq!(run(5), [a.clone(), b, c]);
    assert_ne!(run(6)[0], a);
}

#[test]
fn lengths_are_exact_and_the_short_batch_is_kept_or_dropped() {
    for n in 0..40 {
        let (x, y) = rows(n);
        for size in 1..12 {
            for drop in [false, true] {
                let batches = Batches::new(&x, &y, size);
                let batches = if drop { batches.drop_last() } else { batches };
                let mut epoch = batches.shuffled(&mut Rng::new(1));
                let (mut count, mut taken) = (0, 0);
                assert_eq!(epoch.len(), batches.len());
                while let Some((_, y)) = epoch.next() {
                    count += 1;
                    taken += y.len();
                    assert_eq!(epoch.len(), batches.len() - count);
                    assert!(y.len() == size || !drop && count == batches.len());
                }
                assert_eq!(taken, if drop { n / size * size } else { n });
                assert_eq!(count, batches.len());
                assert_eq!(batches.is_empty(), count == 0);
                assert!(epoch.next().is_none());
            }
        }
    }
}

#[test]
fn targets_may_be_numbers() {
    let (x, _) = rows(3);
    let y = [0.5_f32, 1.5, 2.5];
    let all: Vec<f32> = Batches::new(&x, &y, 2).in_order().flat_map(|(_, y)| y).collect();
    assert_eq!(all, y);
}

#[test]
#[should_panic(expected = "rows of shape [3, 2, 3] and 2 targets")]
fn rows_and_targets_must_match() {
    let (x, y) = rows(3);
    let _ = Batches::new(&x, &y[..2], 1);
}

#[test]
#[should_panic(expected = "a batch of 0 rows")]
fn a_batch_holds_something() {
    let (x, y) = rows(3);
    let _ = Batches::new(&x, &y, 0);
}
