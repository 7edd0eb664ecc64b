//! IDX against its rule, written down once more; and pairs of files against what digits must be.

use longhand::data::gzip::gunzip;
use longhand::data::{Digits, Idx, IdxData};
use longhand::{ErrorKind, Tensor};

pub fn check(data: &[u8]) {
    match data.split_first() {
        // A pair costs two files on the disk: not for every input.
        Some((b'P', pair)) => digits(pair),
        _ => one(data),
    }
}

fn one(data: &[u8]) {
    let found = Idx::from_bytes(data);
    let plain =
        if data.starts_with(&[0x1F, 0x8B]) { gunzip(data).ok() } else { Some(data.to_vec()) };
    let Some(plain) = plain else {
        found.expect_err("what cannot be unpacked");
        return;
    };
    match (found, header(&plain)) {
        (Ok(idx), Some(dims)) => {
            assert_eq!(idx.dims(), dims);
            assert_eq!(idx.to_bytes(), plain, "read and written");
            usable(&idx);
        }
        (Err(error), None) => {
            let end = plain.len().max(data.len());
            assert!(error.offset().is_some_and(|at| at as usize <= end), "{error}");
        }
        (found, expected) => panic!("{found:?}, by the rule {expected:?}"),
    }
}

/// The dimensions, if these bytes are an IDX file.
fn header(bytes: &[u8]) -> Option<Vec<usize>> {
    let (&[0, 0, element, rank], rest) = bytes.split_first_chunk()? else { return None };
    let width = match element {
        0x08 | 0x09 => 1,
        0x0B => 2,
        0x0C | 0x0D => 4,
        0x0E => 8,
        _ => return None,
    };
    let (sizes, elements) = rest.split_at_checked(4 * usize::from(rank))?;
    let dims: Vec<usize> =
        sizes.chunks(4).map(|size| u32::from_be_bytes(size.try_into().unwrap()) as usize).collect();
    // What a machine can address, a dimension of 0 left aside: as in NumPy.
    let positive = dims.iter().filter(|&&size| size > 0);
    let most = positive.fold(1_u128, |product, &size| product.saturating_mul(size as u128));
    let count = if dims.contains(&0) { 0 } else { most };
    let fits = most <= isize::MAX as u128 && count * width == elements.len() as u128;
    fits.then_some(dims)
}

/// What was read is a tensor that can be computed with, or says why it is none.
fn usable(idx: &Idx) {
    match idx.to_tensor::<f64>() {
        Ok(tensor) => {
            assert_eq!(*tensor.shape(), *idx.dims());
            assert_eq!((&tensor + &tensor).len(), idx.data().len());
        }
        Err(error) => {
            assert!(error.kind() == ErrorKind::Unsupported && idx.dims().len() > 8, "{error}")
        }
    }
    if let (Err(error), IdxData::I32(_)) = (idx.to_tensor::<f32>(), idx.data()) {
        assert!(matches!(error.kind(), ErrorKind::Unsupported | ErrorKind::Mismatch), "{error}");
    }
}

/// Two files: where the first ends is in the first two bytes.
fn digits(data: &[u8]) {
    let Some((&length, rest)) = data.split_first_chunk() else { return };
    let cut = usize::from(u16::from_le_bytes(length)) % (rest.len() + 1);
    // Pixels that the input has no room for are made here: images of a header alone.
    let mut images = rest[..cut].to_vec();
    if let Some(&[0, 0, 8, 3, 0, 0, 0, count, 0, 0, 0, 28, 0, 0, 0, 28]) = images.first_chunk() {
        images.resize(16 + usize::from(count) * 784, 7);
    }
    let labels = &rest[cut..];
    let files = ["images", "labels"].map(|name| {
        std::env::temp_dir().join(format!("longhand-fuzz-{}-{name}", std::process::id()))
    });
    for (file, bytes) in files.iter().zip([&images, labels]) {
        std::fs::write(file, bytes).expect("the temporary folder can be written");
    }
    let pair = [Idx::from_bytes(&images), Idx::from_bytes(labels)].map(Result::ok);
    let expected = match pair {
        [Some(images), Some(labels)] => match (images.into_parts(), labels.into_parts()) {
            ((dims, IdxData::U8(pixels)), (label_dims, IdxData::U8(labels))) => (dims.len() == 3
                && dims[1..] == [28, 28]
                && label_dims == dims[..1]
                && labels.iter().all(|&label| label < 10))
            .then_some((pixels, labels)),
            _ => None,
        },
        _ => None,
    };
    match (Digits::read(&files[0], &files[1]), expected) {
        (Ok(digits), Some((pixels, labels))) => {
            assert_eq!(digits.labels(), labels);
            let images: Tensor<f64> = digits.images([784], 1.0);
            assert_eq!(images.len(), pixels.len());
            assert!(images.data().iter().zip(pixels).all(|(&x, byte)| x == f64::from(byte)));
        }
        (Err(_), None) => {}
        (found, expected) => panic!("{found:?}, by the rule {expected:?}"),
    }
    // Removed, they never reach the disk; files cut to nothing and written anew would each time.
    for file in &files {
        std::fs::remove_file(file).expect("it was written above");
    }
}
