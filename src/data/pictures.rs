//! Pictures from a file of any kind that is known here (chapter 4). Its first bytes tell which, not
//! its name.

use super::gzip::is_gzip;
use super::idx::{Idx, IdxData};
use super::npy::{Npy, NpyData};
use super::pgm::{self, is_pgm};
use super::picture::Picture;
use super::png::{Png, is_png};
use crate::tensor::element_count;
use crate::{Error, ErrorKind, Result, files};
use std::path::Path;

/// The most pixels that are read from one file: 2²⁶, a thousand of a thousand 67 times.
pub const MOST_PIXELS: usize = 1 << 26;

/// Reads the pictures in a file: one of PNG or PGM, one or many of NPY or IDX.
///
/// An array is one picture if it has two dimensions, and one for each index of the first if it has
/// three, or four with one channel: h×w, n×h×w, n×1×h×w. Bytes are greys as they are. Other numbers
/// are stretched, so that the least of the file is 0 and the greatest 255.
///
/// # Errors
/// If the file cannot be read or is damaged, if it is of another kind, holds something else than
/// pictures, or more than [`MOST_PIXELS`].
///
/// ```
/// use longhand::data::{Mnist, read_pictures};
/// let digits = Mnist::load()?.test;
/// let folder = std::env::var("LONGHAND_DATA").unwrap_or("data/mnist".into());
/// let path = std::path::Path::new(&folder).join("t10k-images-idx3-ubyte.gz");
/// let pictures = read_pictures(path)?;
/// assert_eq!(pictures.len(), 10_000);
/// assert_eq!(pictures[7].pixels(), digits.image(7));
/// # Ok::<(), longhand::Error>(())
/// ```
pub fn read_pictures(path: impl AsRef<Path>) -> Result<Vec<Picture>> {
    let path = path.as_ref();
    pictures_from(files::read(path)?).map_err(|error| error.within(path.display()))
}

/// [`read_pictures`] of the bytes of a file.
///
/// # Errors
/// As [`read_pictures`], without a file's name.
pub fn pictures_from(bytes: Vec<u8>) -> Result<Vec<Picture>> {
    if is_png(&bytes) {
        return Ok(vec![Png::from_bytes_at_most(&bytes, MOST_PIXELS)?.to_picture()]);
    }
    if is_pgm(&bytes) {
        let picture = pgm::from_bytes(&bytes)?;
        check(&[picture.height(), picture.width()])?;
        return Ok(vec![picture]);
    }
    if bytes.starts_with(&[0x93]) {
        let (shape, data) = Npy::from_bytes(&bytes)?.into_parts();
        check(&shape)?;
        return match data {
            NpyData::U8(pixels) => Ok(parted(&shape, &pixels)),
            NpyData::Bool(bits) => {
                let pixels: Vec<u8> = bits.iter().map(|&bit| 255 * u8::from(bit)).collect();
                Ok(parted(&shape, &pixels))
            }
            other => stretched(&shape, Npy::new(shape.clone(), other).to_tensor::<f64>()?.data()),
        };
    }
    if is_gzip(&bytes) || bytes.starts_with(&[0, 0]) {
        let (shape, data) = Idx::unpack(bytes, 8 * MOST_PIXELS)?.into_parts();
        check(&shape)?;
        return match data {
            IdxData::U8(pixels) => Ok(parted(&shape, &pixels)),
            other => stretched(&shape, Idx::new(shape.clone(), other).to_tensor::<f64>()?.data()),
        };
    }
    let start = &bytes[..bytes.len().min(4)];
    Err(Error::new(ErrorKind::Unsupported, "pictures")
        .at(0)
        .found(format!("\"{}\"", start.escape_ascii()))
        .expected("the first bytes of a PNG, PGM, NPY or IDX file")
        .help("save the picture as PNG, which every program for pictures can"))
}

/// Sees that an array of this shape is pictures.
fn check(shape: &[usize]) -> Result<()> {
    let error = |kind| Error::new(kind, "pictures").found(format!("an array of shape {shape:?}"));
    let kept = matches!(shape, [_, _] | [_, _, _] | [_, 1, _, _]);
    match element_count(shape) {
        Some(1..=MOST_PIXELS) if kept => Ok(()),
        Some(count) if kept && count > 0 => Err(error(ErrorKind::Limit)
            .expected(format!("at most {MOST_PIXELS} pixels"))
            .help("give it in parts")),
        _ => Err(error(ErrorKind::Mismatch)
            .expected("h×w, n×h×w or n×1×h×w, none of them 0")
            .help("is this a file of pictures?")),
    }
}

/// The pictures of an array.
fn parted(shape: &[usize], pixels: &[u8]) -> Vec<Picture> {
    let [.., height, width] = *shape else { unreachable!("`check` has seen to the shape") };
    let picture = |pixels: &[u8]| Picture::new(height, width, pixels.to_vec());
    pixels.chunks(height * width).map(picture).collect()
}

/// The pictures of an array of numbers, from the least as black to the greatest as white.
fn stretched(shape: &[usize], numbers: &[f64]) -> Result<Vec<Picture>> {
    if let Some(index) = numbers.iter().position(|number| !number.is_finite()) {
        return Err(Error::new(ErrorKind::Mismatch, "pictures")
            .found(format!("element {index} is {}", numbers[index]))
            .expected("finite numbers")
            .help("say what is black or white there"));
    }
    let least = numbers.iter().copied().fold(f64::INFINITY, f64::min);
    let most = numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let grey = |&number: &f64| ((number - least) / (most - least) * 255.0 + 0.5) as u8;
    Ok(parted(shape, &numbers.iter().map(grey).collect::<Vec<_>>()))
}
