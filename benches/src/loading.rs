//! From the four gzipped files to bytes: our own inflate against flate2's.

use crate::contest::Contest;
use flate2::read::GzDecoder;
use longhand::data::{Mnist, gunzip};
use std::fs;
use std::hint::black_box;
use std::io::Read;
use std::path::{Path, PathBuf};

const FILES: [&str; 4] =
    ["train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"];

/// One file in memory, and all four from the disk with their headers read.
///
/// # Panics
/// If `data/mnist` does not hold the digits.
pub fn contests() -> Vec<Contest> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../data/mnist");
    let paths = FILES.map(|name| folder.join(format!("{name}-ubyte.gz")));
    let packed = read(&paths[0]);
    let same = packed.clone();
    vec![
        Contest::ours("the training images, in memory", move || {
            black_box(gunzip(black_box(&packed)).expect("a good file"));
        })
        .peer("flate2", move || {
            black_box(unpack(black_box(&same)));
        }),
        Contest::ours("the four files, from the disk", move || {
            black_box(Mnist::load_from(&folder).expect("good files"));
        })
        .peer("flate2", move || {
            // Magic, count, and for images two sizes: four bytes each.
            let headers = [16, 8, 16, 8];
            let parts = paths
                .iter()
                .zip(headers)
                .map(|(path, header)| unpack(&read(path)).split_off(header));
            black_box(parts.collect::<Vec<_>>());
        }),
    ]
}

fn read(path: &PathBuf) -> Vec<u8> {
    fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn unpack(packed: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    GzDecoder::new(packed).read_to_end(&mut bytes).expect("a good file");
    bytes
}
