//! Digits that need no file: MNIST's test set, which is small enough to be a part of the program.

use longhand::Tensor;
use longhand::data::{Dataset, Idx, IdxData};
use std::ops::Range;
use std::sync::OnceLock;

/// The files as they lie in the repository.
pub const IMAGES: &[u8] = include_bytes!("../../../data/mnist/t10k-images-idx3-ubyte.gz");
pub const LABELS: &[u8] = include_bytes!("../../../data/mnist/t10k-labels-idx1-ubyte.gz");

/// The numbers of a file.
fn numbers(file: &[u8]) -> Vec<u8> {
    match Idx::from_bytes(file).expect("a file of the repository").into_parts().1 {
        IdxData::U8(numbers) => numbers,
        other => panic!("{} numbers that are no bytes", other.len()),
    }
}

/// All pixels, and all labels.
pub fn read() -> &'static [Vec<u8>; 2] {
    static READ: OnceLock<[Vec<u8>; 2]> = OnceLock::new();
    READ.get_or_init(|| [IMAGES, LABELS].map(numbers))
}

/// Some of the digits, `[n, 784]`, normalised as the examples of the later chapters do it.
pub fn digits(rows: Range<usize>) -> Dataset {
    let [pixels, labels] = read();
    let part = &pixels[784 * rows.start..784 * rows.end];
    let images = part.iter().map(|&pixel| f32::from(pixel) / 255.0).collect();
    let labels = labels[rows.clone()].iter().map(|&label| label.into()).collect();
    let mut digits = Dataset::new(Tensor::new([rows.len(), 784], images), labels);
    digits.normalize(0.1307, 0.3081);
    digits
}

/// The same as images, `[n, 1, 28, 28]`.
pub fn images(rows: Range<usize>) -> Dataset {
    let digits = digits(rows);
    Dataset::new(digits.images.reshape([digits.labels.len(), 1, 28, 28]), digits.labels)
}
