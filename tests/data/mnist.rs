//! Holds the MNIST reader to the real files, and to its word when they are not as they should be.
//!
//! The figures were computed by NumPy from the same files, unpacked by Python's gzip:
//!
//! ```text
//! a = gzip.open('train-images-idx3-ubyte.gz').read()
//! x = np.frombuffer(a, np.uint8, offset=16)
//! x.sum(dtype=np.int64), (x > 0).sum(), (x.astype(np.int64) ** 2).sum(), hex(zlib.crc32(x))
//! t = x[:50000 * 784].astype(np.float64) / 256; t.mean(), t.std(), (t ** 2).sum()
//! y = np.frombuffer(gzip.open('train-labels-idx1-ubyte.gz').read(), np.uint8, offset=8)
//! np.bincount(y), hex(zlib.crc32(y)), (y[:50000].astype(float) ** 2).mean()
//! ```

use crate::common::this_program;
use longhand::data::digits::PIXELS;
use longhand::data::{Digits, Idx, IdxData, Mnist};
use longhand::deflate::{crc32, crc32_reference};
use longhand::{ErrorKind, Rng};
use std::path::{Path, PathBuf};

/// A new folder, removed when the value goes.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("longhand-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    fn write(&self, name: &str, dims: &[usize], data: IdxData) -> PathBuf {
        let path = self.0.join(name);
        Idx::new(dims.to_vec(), data).write(&path).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).unwrap();
    }
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/mnist")
}

#[test]
fn the_digits_are_those_that_numpy_sees() {
    let mnist = Mnist::load_from(repository()).unwrap();
    let sums = |digits: &Digits| {
        let (mut sum, mut ink, mut squares) = (0_u64, 0_u64, 0_u64);
        for &pixel in digits.pixels() {
            sum += u64::from(pixel);
            ink += u64::from(pixel > 0);
            squares += u64::from(pixel).pow(2);
        }
        let mut counts = [0; 10];
        for &label in digits.labels() {
            counts[usize::from(label)] += 1;
        }
        (
            sum,
            ink,
            squares,
            counts,
            crc32_reference(digits.pixels()),
            crc32_reference(digits.labels()),
        )
    };
    assert_eq!(
        sums(&mnist.train),
        (
            1_567_298_545,
            8_994_156,
            342_590_800_147,
            [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949],
            0xF363_9B56,
            0xBA07_E8EF,
        )
    );
    assert_eq!(
        sums(&mnist.test),
        (
            264_923_200,
            1_511_219,
            58_095_386_156,
            [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009],
            0xE4CA_5F57,
            0xEE86_04D9,
        )
    );
    let row = [81, 240, 253, 253, 119, 25];
    assert_eq!(mnist.train.image(0)[14 * 28 + 13..][..6], row);
    assert_eq!(mnist.train.labels()[..10], [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
}

#[test]
fn training_and_validation_digits_have_the_statistics_of_the_notebook() {
    let (train, valid) = Mnist::load_from(repository()).unwrap().train_valid();
    assert_eq!((train.len(), valid.len()), (50_000, 10_000));
    assert_eq!(format!("{train:?}"), "50000 digits");
    assert!(!train.is_empty() && train.split_at(0).0.is_empty());
    let sum: u64 = valid.image(0).iter().map(|&pixel| u64::from(pixel)).sum();
    assert_eq!((sum, valid.labels()[0]), (22_386, 3));

    let images = train.images::<f64>([784], 256.0);
    assert_eq!(images.shape(), [50_000, 784]);
    let n = images.data().len() as f64;
    // Sums of multiples of 1/256 and 1/65,536: exact in f64 in any order.
    let mean = images.data().iter().sum::<f64>() / n;
    let squares = images.data().iter().map(|x| x * x).sum::<f64>();
    assert!((squares - 4_368_611.518_539_429).abs() < 1e-8);
    let std = (squares / n - mean * mean).sqrt();
    assert!((mean - 0.130_449_722_078_284_45).abs() < 1e-15);
    assert!((std - 0.307_289_832_895_607_4).abs() < 1e-12);

    let mut valid = valid.dataset::<f64>([1, 28, 28], 256.0);
    assert_eq!(valid.images.shape(), [10_000, 1, 28, 28]);
    valid.normalize(mean, std);
    let n = valid.images.data().len() as f64;
    let mean = valid.images.data().iter().sum::<f64>() / n;
    // NumPy, in double precision: (v - t.mean()).mean() / t.std(), (v - t.mean()).std() / t.std().
    // fast.ai's notebook says -0.0057 and 0.9924, having summed in single precision.
    let squares = valid.images.data().iter().map(|x| x * x).sum::<f64>();
    let std = (squares / n - mean * mean).sqrt();
    assert!((mean + 0.005_850_599_489_011_983).abs() < 1e-12, "{mean}");
    assert!((std - 0.992_433_270_204_168_3).abs() < 1e-9, "{std}");
    let squares: usize = train.labels().iter().map(|&label| usize::from(label).pow(2)).sum();
    assert_eq!(squares as f64 / 50_000.0, 28.1516);
}

#[test]
fn pixels_become_the_nearest_number_to_their_quotient() {
    let folder = Folder::new("pixels");
    let pixels: Vec<u8> = (0..PIXELS).map(|i| (i % 256) as u8).collect();
    let images = folder.write("images", &[1, 28, 28], IdxData::U8(pixels));
    let labels = folder.write("labels", &[1], IdxData::U8(vec![9]));
    let digits = Digits::read(images, labels).unwrap();
    for divisor in [255, 256] {
        let single = digits.images::<f32>([784], f64::from(divisor));
        let double = digits.images::<f64>([28, 28], f64::from(divisor));
        for i in 0..PIXELS {
            assert_eq!(single.data()[i], (i % 256) as f32 / divisor as f32);
            assert_eq!(double.data()[i], (i % 256) as f64 / f64::from(divisor));
        }
    }
    let data = digits.dataset::<f32>([784], 255.0);
    assert_eq!((data.len(), &data.labels[..]), (1, &[9][..]));
}

#[test]
fn noise_redraws_a_part_of_the_labels_and_shares_the_pixels() {
    let digits = Mnist::load_from(repository()).unwrap().test;
    let noisy = digits.with_noise(0.1, &mut Rng::new(3));
    assert!(std::ptr::eq(noisy.pixels(), digits.pixels()));
    let wrong = noisy.labels().iter().zip(digits.labels()).filter(|(a, b)| a != b).count();
    // Binomial: 1000 draws, 9 of 10 wrong; five deviations are 47.
    assert!((853..=947).contains(&wrong), "{wrong}");
    assert!(noisy == digits.with_noise(0.1, &mut Rng::new(3)));
    assert!(digits == digits.with_noise(0.0, &mut Rng::new(3)));
    let (first, last) = digits.split_at(100);
    assert_eq!(first.image(99), digits.image(99));
    assert_eq!(last.image(0), digits.image(100));
    assert_eq!(last.split_at(50).1.image(0), digits.image(150));
}

#[test]
fn files_that_do_not_fit_say_what_is_wrong() {
    let folder = Folder::new("misfits");
    let image = |n: usize| IdxData::U8(vec![0; n * PIXELS]);
    let two = folder.write("two", &[2, 28, 28], image(2));
    let flat = folder.write("flat", &[2, 784], image(2));
    let wide = folder.write("wide", &[2, 14, 56], image(2));
    let signed = folder.write("signed", &[2, 28, 28], IdxData::I8(vec![0; 2 * PIXELS]));
    let labels = folder.write("labels", &[2], IdxData::U8(vec![0, 9]));
    let three = folder.write("three", &[3], IdxData::U8(vec![0; 3]));
    let ten = folder.write("ten", &[2], IdxData::U8(vec![9, 10]));
    assert_eq!(Digits::read(&two, &labels).unwrap().len(), 2);
    for (images, labels, words) in [
        (
            &flat,
            &labels,
            "flat, byte 3: found bytes of shape [2, 784], expected images of shape n×28×28",
        ),
        (&wide, &labels, "wide, byte 3: found bytes of shape [2, 14, 56]"),
        (&signed, &labels, "signed, byte 2: found elements of another type than u8"),
        (&labels, &two, "labels, byte 3: found bytes of shape [2], expected images"),
        (&two, &two, "two, byte 3: found bytes of shape [2, 28, 28], expected labels of shape n"),
        (&two, &three, "three, byte 4: found 3 labels, expected 2, one for each image in"),
        (&two, &ten, "ten, byte 9: found label 10, expected 0 to 9"),
    ] {
        let text = Digits::read(images, labels).err().unwrap().to_string();
        assert!(text.contains(words) && text.contains("\n  help: "), "{text}");
    }

    // Files of the right kind, but not as many digits as MNIST has.
    std::fs::rename(&two, folder.0.join("train-images-idx3-ubyte")).unwrap();
    std::fs::rename(&labels, folder.0.join("train-labels-idx1-ubyte")).unwrap();
    let text = Mnist::load_from(&folder.0).err().unwrap().to_string();
    assert!(text.contains("found 2 digits, expected the 60000 of MNIST"), "{text}");
}

/// An IDX file of bytes of this shape, all `value`.
fn idx(shape: &[u32], value: u8) -> Vec<u8> {
    let count = shape.iter().product::<u32>() as usize;
    let mut bytes = vec![0; 4 + 4 * shape.len() + count]; // which costs nothing until it is written
    bytes[2..4].copy_from_slice(&[8, shape.len() as u8]);
    for (place, size) in bytes[4..].chunks_mut(4).zip(shape) {
        place.copy_from_slice(&size.to_be_bytes());
    }
    if value != 0 {
        bytes[4 + 4 * shape.len()..].fill(value);
    }
    bytes
}

#[test]
fn a_limit_holds_for_plain_and_gzipped_files_alike() {
    let folder = Folder::new("limit");
    let [images, labels] = [idx(&[3, 28, 28], 0), idx(&[3], 7)];
    let file = |name: &str, bytes: &[u8]| {
        std::fs::write(folder.0.join(name), bytes).unwrap();
        folder.0.join(name)
    };
    let plain = [file("images", &images), file("labels", &labels)];
    let packed = [file("images.gz", &runs(&images)), file("labels.gz", &runs(&labels))];
    for [images, labels] in [&plain, &packed, &[plain[0].clone(), packed[1].clone()]] {
        assert_eq!(Digits::read_at_most(images, labels, 3).unwrap().labels(), [7; 3]);
        let error = Digits::read_at_most(images, labels, 2).err().unwrap();
        assert_eq!(error.kind(), ErrorKind::Limit);
        assert!(error.to_string().contains("raise the limit"), "{error}");
    }
}

/// There was a limit of 300,000 gzipped images that no caller could raise; plain ones had none.
#[test]
fn any_number_of_digits_is_read() {
    let folder = Folder::new("many");
    let named = |name: &str| folder.0.join(format!("train-{name}.gz"));
    let (images, labels) = (named("images-idx3-ubyte"), named("labels-idx1-ubyte"));
    std::fs::write(&images, runs(&idx(&[300_001, 28, 28], 0))).unwrap();
    std::fs::write(&labels, runs(&idx(&[300_001], 7))).unwrap();
    assert_eq!(Digits::read(&images, &labels).unwrap().len(), 300_001);

    let error = Mnist::load_from(&folder.0).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Limit);
    assert!(error.to_string().contains("help: to read other files of digits, use Digits::read"));
}

/// A gzip file of these bytes, which are mostly runs: one block in the fixed codes.
pub fn runs(bytes: &[u8]) -> Vec<u8> {
    let mut file = vec![0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255];
    let (mut buffer, mut held) = (0b011_u64, 3);
    let mut put = |file: &mut Vec<u8>, word: u32, length: u32, first_bit_first: bool| {
        let word = if first_bit_first { word } else { word.reverse_bits() >> (32 - length) };
        buffer |= u64::from(word) << held;
        held += length;
        while held >= 8 {
            file.push(buffer as u8);
            buffer >>= 8;
            held -= 8;
        }
    };
    let mut at = 0;
    while at < bytes.len() {
        match u32::from(bytes[at]) {
            byte @ ..144 => put(&mut file, 0x30 + byte, 8, false),
            byte => put(&mut file, 0x190 + byte - 144, 9, false),
        }
        let same = bytes[at + 1..].iter().take_while(|byte| **byte == bytes[at]).count();
        at += 1 + same / 258 * 258;
        for _ in 0..same / 258 {
            put(&mut file, 0xC5, 8, false); // symbol 285: 258 bytes
            put(&mut file, 0, 5, false); // from one back
        }
    }
    put(&mut file, 0, 7, false); // the end
    put(&mut file, 0, 7, true); // and what fills the last byte
    file.extend(crc32(bytes).to_le_bytes());
    file.extend((bytes.len() as u32).to_le_bytes());
    file
}

/// Some copies of the files have a dot in their names where the others have a dash.
#[test]
fn names_with_a_dot_are_found() {
    let folder = Folder::new("dots");
    for entry in repository().read_dir().unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().replace("-idx", ".idx");
        if name.ends_with(".gz") {
            std::fs::copy(&path, folder.0.join(name)).unwrap();
        }
    }
    assert_eq!(Mnist::load_from(&folder.0).unwrap(), Mnist::load().unwrap());
}

#[test]
fn damaged_files_are_named() {
    let folder = Folder::new("damaged");
    for entry in repository().read_dir().unwrap() {
        let path = entry.unwrap().path();
        let mut bytes = std::fs::read(&path).unwrap();
        let middle = bytes.len() / 2;
        if path.ends_with("train-labels-idx1-ubyte.gz") {
            bytes[middle] ^= 1;
        }
        std::fs::write(folder.0.join(path.file_name().unwrap()), bytes).unwrap();
    }
    let text = Mnist::load_from(&folder.0).err().unwrap().to_string();
    assert!(text.contains("train-labels-idx1-ubyte.gz: "), "{text}");
    assert!(text.contains("help: the file is damaged"), "{text}");
}

/// What a process with LONGHAND_DATA set prints for `Mnist::load`.
fn load_with(folder: &Path) -> String {
    let output = this_program()
        .args(["--exact", "mnist::print_what_load_says", "--ignored", "--nocapture"])
        .env("LONGHAND_DATA", folder)
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
#[ignore = "a part of the test below, run by it in a process of its own"]
fn print_what_load_says() {
    match Mnist::load() {
        Ok(mnist) => println!("loaded {} and {}", mnist.train.len(), mnist.test.len()),
        Err(error) => println!("{error}"),
    }
}

#[test]
fn the_environment_says_where_to_look() {
    assert!(load_with(&repository()).contains("loaded 60000 and 10000"));
    assert!(load_with(repository().parent().unwrap()).contains("loaded 60000 and 10000"));
    let folder = Folder::new("nowhere");
    let text = load_with(&folder.0);
    for tried in [
        "train-images-idx3-ubyte",
        "train-images-idx3-ubyte.gz",
        "mnist/train-images-idx3-ubyte",
        "mnist/train-images-idx3-ubyte.gz",
    ] {
        let tried = folder.0.join(tried);
        assert!(text.contains(&tried.display().to_string()), "{text}");
    }
    assert!(text.contains("help: set LONGHAND_DATA to the folder"), "{text}");
}

#[test]
fn plain_files_are_read_as_well() {
    let folder = Folder::new("plain");
    for entry in repository().read_dir().unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "gz") {
            let bytes = longhand::data::gunzip(&std::fs::read(&path).unwrap()).unwrap();
            std::fs::write(folder.0.join(path.file_stem().unwrap()), bytes).unwrap();
        }
    }
    assert!(Mnist::load_from(&folder.0).unwrap() == Mnist::load_from(repository()).unwrap());
}
