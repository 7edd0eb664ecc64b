//! From the four gzipped files to bytes: our own inflate against three others.

use crate::contest::Contest;
use flate2::read::GzDecoder;
use libdeflater::Decompressor;
use longhand::data::{Mnist, gunzip};
use std::fs;
use std::hint::black_box;
use std::io::Read;
use std::path::{Path, PathBuf};
use zune_inflate::{DeflateDecoder, DeflateOptions};

const FILES: [&str; 4] =
    ["train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"];

/// Who else unpacks gzip files. All check the checksum, and all are told the length beforehand.
const PEERS: [(&str, Unpack); 3] = [("flate2", flate2), ("zune", zune), ("libdeflate", libdeflate)];
type Unpack = fn(&[u8]) -> Vec<u8>;

/// One file in memory, and all four from the disk with their headers read.
///
/// # Panics
/// If `data/mnist` does not hold the digits.
pub fn contests() -> Vec<Contest> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../data/mnist");
    let paths = FILES.map(|name| folder.join(format!("{name}-ubyte.gz")));
    let packed = read(&paths[0]);
    let same = packed.clone();
    let mut in_memory = Contest::ours("the training images, in memory", move || {
        black_box(gunzip(black_box(&same)).expect("a good file"));
    });
    let mut from_disk = Contest::ours("the four files, from the disk", move || {
        black_box(Mnist::load_from(&folder).expect("good files"));
    });
    for (name, unpack) in PEERS {
        let (packed, paths) = (packed.clone(), paths.clone());
        in_memory = in_memory.peer(name, move || {
            black_box(unpack(black_box(&packed)));
        });
        from_disk = from_disk.peer(name, move || {
            // Magic, count, and for images two sizes: four bytes each.
            let headers = [16, 8, 16, 8];
            let parts = paths
                .iter()
                .zip(headers)
                .map(|(path, header)| unpack(&read(path)).split_off(header));
            black_box(parts.collect::<Vec<_>>());
        });
    }
    vec![in_memory, from_disk]
}

fn read(path: &PathBuf) -> Vec<u8> {
    fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The length that a file of one member ends with.
fn length(packed: &[u8]) -> usize {
    u32::from_le_bytes(*packed.last_chunk().expect("a trailer")) as usize
}

/// Its decoder is zlib-rs here.
fn flate2(packed: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(length(packed));
    GzDecoder::new(packed).read_to_end(&mut bytes).expect("a good file");
    bytes
}

fn zune(packed: &[u8]) -> Vec<u8> {
    let options = DeflateOptions::default().set_size_hint(length(packed));
    DeflateDecoder::new_with_options(packed, options).decode_gzip().expect("a good file")
}

fn libdeflate(packed: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0; length(packed)];
    Decompressor::new().gzip_decompress(packed, &mut bytes).expect("a good file");
    bytes
}
