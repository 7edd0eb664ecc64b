//! PNG, the format of screenshots and scans, read whole: every colour type and depth, filtered,
//! interlaced, transparent (chapter 4 reads digits of one's own with it).
//!
//! ```text
//! byte 0 to 7   89 'P' 'N' 'G' 0D 0A 1A 0A
//! then          chunks: length (four bytes, big-endian), name (four letters), contents, CRC-32
//!               of name and contents
//!   IHDR        size, bits a sample, colour type, interlaced or not; the first
//!   PLTE        the colours of a picture that holds numbers of colours
//!   tRNS        what is transparent
//!   IDAT        the pixels, filtered and packed with zlib; may be many, which are one stream
//!   IEND        nothing; the last
//! ```
//! (ISO/IEC 15948, W3C "Portable Network Graphics", third edition.) Other chunks are skipped if the
//! first letter of their name is small, which says that the picture can be seen without them.
//! The colours are taken as they stand: what a file says of gamma or colour spaces is not used.
//! The chunks and their checks are in `chunks`, and in `pixels` how bytes become samples. The
//! writer, which makes the sheets of digits in the book, is a part of [`report`](crate::report).

mod chunks;
mod pixels;

use super::cursor::Cursor;
use super::picture::Picture;
use crate::deflate::{DAMAGED, Output, unpack_zlib};
use crate::{Error, ErrorKind, Result, files};
use chunks::{Chunk, Parts};
use pixels::{Colour, Header};
use std::path::Path;

/// What the bytes are called in an error.
const PLACE: &str = "PNG data";

/// What a PNG file begins with.
const SIGNATURE: [u8; 8] = *b"\x89PNG\r\n\x1A\n";

/// Whether `bytes` begin as every PNG file does.
#[must_use]
pub fn is_png(bytes: &[u8]) -> bool {
    bytes.starts_with(&SIGNATURE)
}

/// The picture in a PNG file.
///
/// ```
/// use longhand::data::Png;
/// // Two pixels of one bit each: white and black. Python: zlib.compress(b"\0\x80").
/// let file = b"\x89PNG\r\n\x1A\n\
///     \0\0\0\x0DIHDR\0\0\0\x02\0\0\0\x01\x01\0\0\0\0\xDC\x59\x42\x27\
///     \0\0\0\x0AIDAT\x78\x9C\x63\x68\0\0\0\x82\0\x81\x77\xCD\x72\xB6\
///     \0\0\0\0IEND\xAE\x42\x60\x82";
/// let png = Png::from_bytes(file)?;
/// assert_eq!((png.height(), png.width()), (1, 2));
/// assert_eq!(png.rgba(), [[65_535; 4], [0, 0, 0, 65_535]]);
/// assert_eq!(png.to_picture().pixels(), [255, 0]);
/// # Ok::<(), longhand::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Png {
    header: Header,
    /// The colours that samples are numbers of, each with how opaque it is.
    palette: Vec<[u8; 4]>,
    /// The samples of the one colour that is transparent, in a picture without opacity.
    transparent: Option<[u16; 3]>,
    /// The lines of each pass, filters undone.
    lines: Vec<u8>,
}

impl Png {
    /// Reads a PNG file.
    ///
    /// # Errors
    /// If the file cannot be read, is cut short, breaks a rule of the format, holds more or fewer
    /// pixels than it says, or if a checksum does not agree; and if a chunk that it cannot do
    /// without is of a kind that is not known. What follows the last chunk is not looked at.
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        Self::from_bytes(&files::read(path)?).map_err(|error| error.within(path.display()))
    }

    /// Reads the bytes of a PNG file.
    ///
    /// # Errors
    /// As [`Png::read`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        Self::from_bytes_at_most(bytes, usize::MAX)
    }

    /// [`Png::from_bytes`], with an error if there are more than `limit` pixels.
    ///
    /// White paper packs well: a megabyte can hold a picture of eight thousand million pixels.
    /// Where a file is not trusted, this bounds the memory it can take.
    ///
    /// # Errors
    /// As [`Png::read`], and beyond the limit.
    pub fn from_bytes_at_most(bytes: &[u8], limit: usize) -> Result<Self> {
        let mut file = Cursor::new(PLACE, bytes);
        let start = file.array("the signature")?;
        if start != SIGNATURE {
            return Err(file
                .error()
                .at(0)
                .found(format!("\"{}\"", start.escape_ascii()))
                .expected(format!("\"{}\", as a PNG file begins", SIGNATURE.escape_ascii()))
                .help("is this a PNG file?"));
        }
        let header = Chunk::read(&mut file)?.header(limit)?;
        let mut parts = Parts::default();
        while parts.take(Chunk::read(&mut file)?, &header)? {}
        Self::unpack(header, parts)
    }

    /// How many rows it has.
    #[must_use]
    pub fn height(&self) -> usize {
        self.header.height
    }

    /// How many columns.
    #[must_use]
    pub fn width(&self) -> usize {
        self.header.width
    }

    /// Red, green, blue and opacity of each pixel, row by row, 0 to 65,535: a sample of fewer bits
    /// is stretched, so that its greatest is 65,535 too.
    #[must_use]
    pub fn rgba(&self) -> Vec<[u16; 4]> {
        let mut rgba = vec![[0; 4]; self.header.width * self.header.height];
        self.for_each_pixel(|index, pixel| rgba[index] = pixel);
        rgba
    }

    /// The picture in greys, as it looks on white paper.
    ///
    /// A colour is as light as 0.299 of its red, 0.587 of its green and 0.114 of its blue (ITU-R
    /// Recommendation BT.601), which is what Pillow takes too. What is not opaque lets white through.
    #[must_use]
    pub fn to_picture(&self) -> Picture {
        const FULL: u64 = 65_535;
        let mut pixels = vec![0; self.header.width * self.header.height];
        self.for_each_pixel(|index, rgba| {
            let [red, green, blue, opaque] = rgba.map(u64::from);
            let light = 299 * red + 587 * green + 114 * blue; // to 1000·FULL
            let seen = light * opaque + 1000 * FULL * (FULL - opaque); // to 1000·FULL²
            let white = 1000 * FULL * FULL;
            pixels[index] = ((2 * 255 * seen + white) / (2 * white)) as u8;
        });
        Picture::new(self.header.height, self.header.width, pixels)
    }

    /// Hands over each pixel in red, green, blue and opacity, with its place counted row by row.
    fn for_each_pixel(&self, mut see: impl FnMut(usize, [u16; 4])) {
        let full = |sample: u16| (u32::from(sample) * 65_535 / self.header.most()) as u16;
        self.header.for_each_pixel(&self.lines, |index, samples| {
            let [first, second, third, fourth] = samples;
            let colour = match self.header.colour {
                Colour::Grey | Colour::GreyAlpha => [first; 3],
                Colour::Rgb | Colour::Rgba => [first, second, third],
                Colour::Palette => {
                    return see(
                        index,
                        self.palette[usize::from(first)].map(|v| u16::from(v) * 257),
                    );
                }
            };
            let opaque = match self.header.colour {
                Colour::GreyAlpha => full(second),
                Colour::Rgba => full(fourth),
                _ if self.transparent == Some(colour) => 0,
                _ => u16::MAX,
            };
            let [red, green, blue] = colour.map(full);
            see(index, [red, green, blue, opaque]);
        });
    }

    /// Unpacks the pixels and undoes their filters.
    fn unpack(header: Header, parts: Parts) -> Result<Self> {
        let picture = format!("a picture of {}×{} pixels", header.height, header.width);
        let fault = |offset: usize, found: String, expected: String| {
            let error = Error::new(ErrorKind::Format, PLACE).at(parts.in_file(offset));
            error.found(found).expected(expected).help(DAMAGED)
        };
        let Some(wanted) = header.bytes() else {
            return Err(fault(0, picture, "one whose bytes can be counted".into()));
        };
        let stream = parts.stream();
        // A first guess. More room is made as the bytes come, so that none is for what is not there.
        let mut output = Output::new(wanted.min(stream.len().saturating_mul(8)), wanted);
        let taken = unpack_zlib(&stream, &mut output).map_err(|error| {
            let offset = error.offset().unwrap_or(0) as usize;
            match error.kind() {
                ErrorKind::Limit => {
                    fault(offset, format!("more than {wanted} bytes of pixels"), picture.clone())
                }
                _ => error.at(parts.in_file(offset)).within(PLACE),
            }
        })?;
        let mut lines = output.into_bytes();
        if lines.len() != wanted {
            let found = format!("{} bytes of pixels", lines.len());
            return Err(fault(taken, found, format!("the {wanted} of {picture}")));
        }
        if taken != stream.len() {
            let found = format!("{} bytes after the pixels", stream.len() - taken);
            return Err(fault(taken, found, "the end of the IDAT chunks".into()));
        }
        let somewhere = |error: Error| error.at(parts.in_file(0));
        header.unfilter(&mut lines).map_err(somewhere)?;
        let colours = parts.palette.len();
        if header.colour == Colour::Palette {
            header.check_colours(&lines, colours).map_err(somewhere)?;
        }
        Ok(Self { header, palette: parts.palette, transparent: parts.transparent, lines })
    }
}
