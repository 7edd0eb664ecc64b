//! What both programs need: the digits, the frozen files, and the comparison.

use longhand::data::{Mnist, npy};
use std::path::{Path, PathBuf};

/// A file that `train.py` froze.
pub fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// The first 640 training digits, each pixel divided by 256, and what they are.
pub fn digits() -> (Vec<f32>, Vec<usize>) {
    let digits = Mnist::load().unwrap().train.split_at(640).0.dataset::<f32>([784], 256.0);
    (digits.images.data().to_vec(), digits.labels)
}

/// Prints a few of the losses, and holds all of them to PyTorch's.
pub fn compare(name: &str, losses: &[f32]) {
    let theirs = npy::read_tensor::<f32>(golden("losses.npy")).unwrap();
    assert_eq!(losses.len(), theirs.len());
    for (ours, theirs) in losses.iter().zip(theirs.data()) {
        assert!((ours - theirs).abs() <= 1e-4 * theirs, "{name}: {ours}, PyTorch {theirs}");
    }
    println!("loss of batch{:8}{:8}{:8}", 1, 10, 50);
    println!("{name:13}{:8.4}{:8.4}{:8.4}", losses[0], losses[9], losses[49]);
}
