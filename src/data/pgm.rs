//! PGM, the plainest format for a grey picture: a few words, and then the pixels (chapter 4 reads
//! digits of one's own with it).
//!
//! ```text
//! P5            how the pixels stand: P5 as bytes, P2 as words
//! # a comment   to the end of the line, wherever a space may be
//! 28 28         how many columns and rows
//! 255           the number that is white, at most 65535
//! ```
//! After this and one space follow the pixels, row by row, 0 being black: for P5 a byte each, or two
//! bytes, big-endian, if white is above 255. (The Netpbm manual, "pgm".)

use super::cursor::Cursor;
use super::picture::Picture;
use crate::{Error, Result, files};
use std::path::Path;

/// What the bytes are called in an error.
const PLACE: &str = "PGM data";

/// Whether `bytes` begin as a PGM file does.
#[must_use]
pub fn is_pgm(bytes: &[u8]) -> bool {
    matches!(bytes, [b'P', b'2' | b'5', space, ..] if *space == b'#' || is_space(*space))
}

/// Reads a PGM file.
///
/// # Errors
/// If the file cannot be read, is cut short, has bytes left over, or breaks a rule of the format.
pub fn read(path: impl AsRef<Path>) -> Result<Picture> {
    let path = path.as_ref();
    from_bytes(&files::read(path)?).map_err(|error| error.within(path.display()))
}

/// Reads the bytes of a PGM file. Greys are taken to 0 to 255, to the nearest.
///
/// # Errors
/// As [`read`].
///
/// ```
/// use longhand::data::{Picture, pgm};
/// let picture = pgm::from_bytes(b"P2 3 1 # three pixels\n4 0 2 4")?;
/// assert_eq!(picture, Picture::new(1, 3, vec![0, 128, 255]));
/// # Ok::<(), longhand::Error>(())
/// ```
pub fn from_bytes(bytes: &[u8]) -> Result<Picture> {
    let mut file = Cursor::new(PLACE, bytes);
    if !is_pgm(bytes) {
        let start = &bytes[..bytes.len().min(3)];
        return Err(file
            .error()
            .found(format!("\"{}\"", start.escape_ascii()))
            .expected("\"P5\" or \"P2\" and a space, as a PGM file begins")
            .help("is this a PGM file?"));
    }
    let as_bytes = file.array("the magic bytes")? == *b"P5";
    let width = size(&mut file, "the number of columns", usize::MAX)?;
    let height = size(&mut file, "the number of rows", usize::MAX)?;
    let white = size(&mut file, "the number that is white", 65_535)?;
    let grey = |value: usize| ((2 * 255 * value + white) / (2 * white)) as u8;
    let pixels = match as_bytes {
        true => {
            end_of_header(&mut file)?;
            binary(&mut file, [height, width], white)?.map(grey).collect()
        }
        false => words(&mut file, [height, width], white)?.into_iter().map(grey).collect(),
    };
    Ok(Picture::new(height, width, pixels))
}

/// Passes over the one space that parts the header from the pixels, or over a comment.
fn end_of_header(file: &mut Cursor) -> Result<()> {
    match file.array("a space before the pixels")? {
        [b'#'] => file.take_through(b'\n', "the comment").map(drop),
        [_] => Ok(()), // `number` has seen that it is a space
    }
}

/// The pixels as bytes, one or two each.
fn binary<'a>(
    file: &mut Cursor<'a>,
    shape: [usize; 2],
    white: usize,
) -> Result<impl Iterator<Item = usize> + use<'a>> {
    let (start, wide) = (file.at, 1 + usize::from(white > 255));
    let bytes = file.elements(&shape, wide)?;
    file.end(&shape)?;
    let value = |bytes: &[u8]| bytes.iter().fold(0, |value, &byte| value << 8 | usize::from(byte));
    let mut values = bytes.chunks(wide).map(value);
    if let Some(index) = values.clone().position(|value| value > white) {
        let value = values.nth(index).unwrap_or(0);
        return Err(above(file, start + index * wide, value, white));
    }
    Ok(values)
}

/// The pixels as words.
fn words(file: &mut Cursor, [height, width]: [usize; 2], white: usize) -> Result<Vec<usize>> {
    // A pixel takes two bytes at least, a digit and a space, but the last need have no space.
    let there = file.rest().len().div_ceil(2);
    let Some(count) = height.checked_mul(width).filter(|&count| count <= there) else {
        return Err(file
            .error()
            .found(format!("{} bytes of pixels", file.rest().len()))
            .expected(format!("{height}×{width} numbers"))
            .help("the file was cut short or its header is wrong: copy or download it again"));
    };
    let mut values = Vec::with_capacity(count);
    while values.len() < count {
        let at = skip_spaces(file);
        let value = number(file, "a pixel")?;
        if value > white {
            return Err(above(file, at, value, white));
        }
        values.push(value);
    }
    skip_spaces(file);
    file.end(&[height, width])?;
    Ok(values)
}

/// The error that a pixel is more than white.
fn above(file: &Cursor, at: usize, value: usize, white: usize) -> Error {
    beyond(file, at, format!("a pixel of {value}"), format!("at most {white}, which is white"))
}

/// The error that a number at `at` is not in its range.
fn beyond(file: &Cursor, at: usize, found: String, expected: String) -> Error {
    file.error().at(at as u64).found(found).expected(expected).help("correct the header")
}

/// A number of the header, from 1 to `most`.
fn size(file: &mut Cursor, what: &str, most: usize) -> Result<usize> {
    let at = skip_spaces(file);
    match number(file, what)? {
        number if (1..=most).contains(&number) => Ok(number),
        number => Err(beyond(file, at, format!("{number} as {what}"), format!("1 to {most}"))),
    }
}

/// A number in decimal digits, and that a space or nothing follows.
fn number(file: &mut Cursor, what: &str) -> Result<usize> {
    let at = file.at;
    let digits = file.rest().iter().take_while(|byte| byte.is_ascii_digit()).count();
    let text = String::from_utf8_lossy(file.take(digits, what)?);
    let ended = file.rest().first().is_none_or(|&byte| byte == b'#' || is_space(byte));
    match text.parse() {
        Ok(number) if ended => Ok(number),
        Err(_) if ended && digits > 0 => {
            let most = format!("at most {}", usize::MAX);
            Err(beyond(file, at, format!("{text} as {what}"), most))
        }
        _ => {
            let next = &file.bytes[at..file.bytes.len().min(file.at + 1)];
            let found = match next.is_empty() {
                true => "the end of the data".to_string(),
                false => format!("\"{}\"", next.escape_ascii()),
            };
            let error = file.error().at(at as u64).found(found);
            Err(error
                .expected(format!("{what}, in decimal digits"))
                .help("the file was cut short or is damaged: copy or download it again"))
        }
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0B | 0x0C)
}

/// Passes over spaces and comments; gives where the next word begins.
fn skip_spaces(file: &mut Cursor) -> usize {
    while let Some(&byte) = file.rest().first() {
        match byte {
            // A comment that no line ends is the rest of the file.
            b'#' => match file.rest().iter().position(|&byte| byte == b'\n') {
                Some(end) => file.at += end + 1,
                None => file.at = file.bytes.len(),
            },
            _ if is_space(byte) => file.at += 1,
            _ => break,
        }
    }
    file.at
}
