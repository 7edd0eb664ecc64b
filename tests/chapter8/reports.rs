//! The lines, the files and the labels of the WTB notebook.

use crate::common::{golden_path, normal};
use crate::panic_of;
use longhand::data::{Dataset, Mnist};
use longhand::layers::{Evaluation, Layer, Linear, LogSoftmax, Loss, Nll, evaluate};
use longhand::wtb::notebook::save_stats;
use longhand::{Rng, Tensor, sequential};

/// An evaluation with so many right answers among so many.
fn found(loss: f64, correct: usize, total: usize) -> Evaluation {
    Evaluation { loss, confusion: vec![vec![correct, total - correct], vec![0, 0]] }
}

/// The notebook's three epochs on its training set.
fn notebook_stats() -> [Evaluation; 3] {
    [(2.2810, 10_020), (2.2514, 16_647), (2.2190, 24_978)]
        .map(|(loss, correct)| found(loss, correct, 60_000))
}

#[test]
fn lines_are_the_notebooks() {
    let lines = notebook_stats().map(|found| format!("training set: {found}"));
    assert_eq!(
        lines,
        [
            "training set: average loss: 2.2810, accuracy: 10020/60000 (17%)",
            "training set: average loss: 2.2514, accuracy: 16647/60000 (28%)",
            "training set: average loss: 2.2190, accuracy: 24978/60000 (42%)",
        ]
    );
    let half = found(f64::NAN, 1, 8);
    assert_eq!(half.to_string(), "average loss: NaN, accuracy: 1/8 (12%)");
}

#[test]
fn files_are_those_that_numpy_writes() {
    let path = std::env::temp_dir().join(format!("longhand-chapter8-{}.npy", std::process::id()));
    save_stats(&path, &notebook_stats()).unwrap();
    let (ours, theirs) =
        (std::fs::read(&path), std::fs::read(golden_path("chapter8/train_stats_wtb")));
    std::fs::remove_file(&path).unwrap();
    assert!(ours.unwrap() == theirs.unwrap());
    assert!(save_stats("/no/such/folder/stats.npy", &notebook_stats()).is_err());
}

#[test]
fn an_evaluation_counts_batches_by_their_size() {
    let rng = &mut Rng::new(1);
    let net = sequential![Linear::<f64>::new(6, 4, rng), LogSoftmax::new()];
    let labels: Vec<_> = (0..50).map(|_| rng.below(4)).collect();
    let data = Dataset::new(normal(&[50, 6], 2), labels.clone());
    let run =
        |data: &Dataset<f64>, batch| evaluate(data, batch, &mut Nll::mean(), |x| net.predict(x));
    let whole = run(&data, 50);
    let output = net.predict(&data.images);
    assert_eq!(whole.loss, Nll::mean().forward(&output, &labels));
    let right = output.argmax(-1).iter().zip(&labels).filter(|(a, b)| a == b).count();
    assert!(right > 0 && right < 50);
    assert_eq!((whole.correct(), whole.total()), (right, 50));
    assert_eq!(whole.accuracy(), 2.0 * right as f64);
    for (label, row) in whole.confusion.iter().enumerate() {
        assert_eq!(row.iter().sum::<usize>(), labels.iter().filter(|&&l| l == label).count());
    }
    for size in [1, 7, 16, 1000] {
        let parts = run(&data, size);
        assert_eq!(parts.confusion, whole.confusion);
        assert!((parts.loss - whole.loss).abs() < 1e-14, "{size}: {}", parts.loss);
    }
    let none = Dataset::new(Tensor::<f64>::zeros([0, 6]), vec![]);
    assert!(panic_of(|| run(&none, 10)).contains("no examples"));
}

#[test]
fn the_notebooks_labels_can_be_had() {
    let clean = Mnist::load().unwrap();
    for (set, digits) in [("train", &clean.train), ("test", &clean.test)] {
        let noisy = digits.with_noise(0.1, &mut Rng::new(1));
        let wrong = noisy.labels().iter().zip(digits.labels()).filter(|(a, b)| a != b).count();
        let part = wrong as f64 / digits.len() as f64;
        assert!((part - 0.09).abs() < 0.003, "{set}: {part}");
        assert!(std::ptr::eq(noisy.pixels(), digits.pixels()), "no pixel is copied");
        assert_eq!(noisy, digits.with_noise(0.1, &mut Rng::new(1)));
        assert_ne!(noisy, digits.with_noise(0.1, &mut Rng::new(2)));
        assert_eq!(digits.with_noise(0.0, &mut Rng::new(1)), *digits);
    }
}
