//! The chunks of a PNG file: read one by one, their checksums seen to, and put together.

use super::PLACE;
use super::pixels::{Colour, Header};
use crate::data::cursor::Cursor;
use crate::deflate::{DAMAGED, crc32};
use crate::{Error, ErrorKind, Result};
use std::borrow::Cow;

/// The largest length and size that the format allows.
const MOST: u32 = i32::MAX as u32;

/// One chunk, its checksum seen to.
pub(super) struct Chunk<'a> {
    /// Where it begins.
    start: usize,
    name: [u8; 4],
    contents: &'a [u8],
}

impl<'a> Chunk<'a> {
    pub(super) fn read(file: &mut Cursor<'a>) -> Result<Self> {
        let start = file.at;
        let length = u32::from_be_bytes(file.array("the length of a chunk")?);
        let name: [u8; 4] = file.array("the name of a chunk")?;
        let chunk = Self { start, name, contents: &[] };
        if !name.iter().all(u8::is_ascii_alphabetic) {
            let found = format!("a chunk called \"{}\"", name.escape_ascii());
            return Err(chunk.error(4).found(found).expected("four letters").help(DAMAGED));
        }
        if length > MOST {
            let found = format!("chunk {} of length {length}", chunk.name());
            return Err(chunk
                .error(0)
                .found(found)
                .expected(format!("at most {MOST}"))
                .help(DAMAGED));
        }
        let contents = file.take(length as usize, &format!("the contents of {}", chunk.name()))?;
        let end = file.at;
        let stated = u32::from_be_bytes(file.array("the CRC-32 of a chunk")?);
        let actual = crc32(&file.bytes[start + 4..end]);
        if stated != actual {
            return Err(chunk
                .error(end - start)
                .found(format!("CRC-32 {stated:#010x} of {}", chunk.name()))
                .expected(format!("{actual:#010x}, which is that of the data"))
                .help(DAMAGED));
        }
        Ok(Self { contents, ..chunk })
    }

    fn name(&self) -> &str {
        std::str::from_utf8(&self.name).unwrap_or("????")
    }

    /// An error so many bytes after the beginning of the chunk.
    fn error(&self, offset: usize) -> Error {
        Error::new(ErrorKind::Format, PLACE).at((self.start + offset) as u64)
    }

    /// The error that the contents are not as `expected`.
    fn fault(&self, found: impl Into<String>, expected: impl Into<String>) -> Error {
        self.error(8).found(found.into()).expected(expected.into()).help(DAMAGED)
    }

    /// The error that the chunk stands in the wrong place, or once too often.
    fn misplaced(&self, expected: &str) -> Error {
        self.error(4).found(format!("chunk {}", self.name())).expected(expected).help(DAMAGED)
    }

    /// What the first chunk says of the others.
    pub(super) fn header(&self, limit: usize) -> Result<Header> {
        if self.name != *b"IHDR" {
            return Err(self.misplaced("IHDR, which comes first"));
        }
        let Ok(&[a, b, c, d, e, f, g, h, depth, colour, method, filter, interlaced]) =
            <&[u8; 13]>::try_from(self.contents)
        else {
            let found = format!("an IHDR chunk of {} bytes", self.contents.len());
            return Err(self.fault(found, "13 bytes"));
        };
        let [width, height] = [[a, b, c, d], [e, f, g, h]].map(u32::from_be_bytes);
        if !(1..=MOST).contains(&width) || !(1..=MOST).contains(&height) {
            let found = format!("a picture of {height}×{width} pixels");
            return Err(self.fault(found, format!("each from 1 to {MOST}")));
        }
        let kind = Colour::of(colour).filter(|kind| kind.depths().contains(&depth));
        let Some(colour) = kind else {
            let found = format!("colour type {colour} with {depth} bits a sample");
            let expected =
                "type 0 with 1, 2, 4, 8 or 16; 3 with 1, 2, 4 or 8; 2, 4 or 6 with 8 or 16";
            return Err(self.fault(found, expected).at(self.start as u64 + 16));
        };
        if (method, filter) != (0, 0) || interlaced > 1 {
            let found = format!("compression {method}, filters {filter}, interlacing {interlaced}");
            let expected = "0, 0, and 0 or 1: there are no others";
            return Err(self.fault(found, expected).at(self.start as u64 + 18));
        }
        let [width, height] = [width, height].map(|size| size as usize);
        if height.checked_mul(width).is_none_or(|pixels| pixels > limit) {
            return Err(Error::new(ErrorKind::Limit, PLACE)
                .at(self.start as u64 + 8)
                .found(format!("a picture of {height}×{width} pixels"))
                .expected(format!("at most {limit} pixels"))
                .help("make it smaller"));
        }
        Ok(Header { width, height, depth, colour, interlaced: interlaced == 1 })
    }
}

/// What the chunks after the first bring.
#[derive(Default)]
pub(super) struct Parts<'a> {
    /// The colours, each with how opaque it is.
    pub palette: Vec<[u8; 4]>,
    /// The samples of the one colour that is transparent.
    pub transparent: Option<[u16; 3]>,
    seen_transparency: bool,
    /// Where in the file each piece of the packed pixels stands.
    pub packed: Vec<(usize, &'a [u8])>,
    /// Whether another chunk has followed them.
    packed_ended: bool,
}

impl<'a> Parts<'a> {
    /// Takes what a chunk brings; gives whether more are to come.
    pub(super) fn take(&mut self, chunk: Chunk<'a>, header: &Header) -> Result<bool> {
        let is_data = chunk.name == *b"IDAT";
        self.packed_ended |= !is_data && !self.packed.is_empty();
        match &chunk.name {
            b"IDAT" if self.packed_ended => {
                return Err(chunk.misplaced("all IDAT chunks behind one another"));
            }
            b"IDAT" if header.colour == Colour::Palette && self.palette.is_empty() => {
                return Err(chunk.misplaced("a PLTE chunk before it"));
            }
            b"IDAT" => self.packed.push((chunk.start + 8, chunk.contents)),
            b"IEND" if self.packed.is_empty() => return Err(chunk.misplaced("IDAT before it")),
            b"IEND" if !chunk.contents.is_empty() => {
                return Err(chunk.fault("an IEND chunk with contents", "none"));
            }
            b"IEND" => return Ok(false),
            b"PLTE" => self.take_palette(&chunk, header)?,
            b"tRNS" => self.take_transparency(&chunk, header)?,
            b"IHDR" => return Err(chunk.misplaced("only one")),
            [first, ..] if first.is_ascii_uppercase() => {
                return Err(Error::new(ErrorKind::Unsupported, PLACE)
                    .at(chunk.start as u64 + 4)
                    .found(format!("chunk {}, which the picture cannot do without", chunk.name()))
                    .expected("IHDR, PLTE, IDAT or IEND")
                    .help("save it anew with another program"));
            }
            _ => {}
        }
        Ok(true)
    }

    fn take_palette(&mut self, chunk: &Chunk, header: &Header) -> Result<()> {
        if !self.palette.is_empty() || self.seen_transparency || !self.packed.is_empty() {
            return Err(chunk.misplaced("one at most, before tRNS and IDAT"));
        }
        if matches!(header.colour, Colour::Grey | Colour::GreyAlpha) {
            return Err(chunk.misplaced("none in a picture of greys"));
        }
        let (colours, rest) = chunk.contents.as_chunks();
        let most = if header.colour == Colour::Palette { 1 << header.depth } else { 256 };
        if !rest.is_empty() || colours.is_empty() || colours.len() > most {
            let found = format!("a palette of {} bytes", chunk.contents.len());
            return Err(chunk.fault(found, format!("three each for 1 to {most} colours")));
        }
        self.palette = colours.iter().map(|&[red, green, blue]| [red, green, blue, 255]).collect();
        Ok(())
    }

    fn take_transparency(&mut self, chunk: &Chunk, header: &Header) -> Result<()> {
        if self.seen_transparency || !self.packed.is_empty() {
            return Err(chunk.misplaced("one at most, before IDAT"));
        }
        self.seen_transparency = true;
        let contents = chunk.contents;
        let expected = match header.colour {
            Colour::Palette if !contents.is_empty() && contents.len() <= self.palette.len() => {
                self.palette
                    .iter_mut()
                    .zip(contents)
                    .for_each(|(colour, &opaque)| colour[3] = opaque);
                return Ok(());
            }
            Colour::Palette => {
                format!("one for each of the {} colours at most", self.palette.len())
            }
            Colour::Grey | Colour::Rgb => {
                // The bits beyond those of a sample mean nothing.
                let sample = |&pair: &[u8; 2]| u16::from_be_bytes(pair) & header.most() as u16;
                let samples: Vec<u16> = contents.as_chunks().0.iter().map(sample).collect();
                let wanted = header.colour.channels();
                if contents.len() == 2 * wanted {
                    self.transparent = Some(std::array::from_fn(|i| samples[i % wanted]));
                    return Ok(());
                }
                format!("{}", 2 * wanted)
            }
            Colour::GreyAlpha | Colour::Rgba => "none where each pixel has its opacity".to_string(),
        };
        Err(chunk.fault(format!("a tRNS chunk of {} bytes", contents.len()), expected))
    }

    /// The packed pixels, end to end.
    pub(super) fn stream(&self) -> Cow<'a, [u8]> {
        match self.packed[..] {
            [(_, only)] => Cow::Borrowed(only),
            _ => Cow::Owned(self.packed.iter().flat_map(|(_, piece)| *piece).copied().collect()),
        }
    }

    /// Where in the file a byte of [`Parts::stream`] stands.
    pub(super) fn in_file(&self, mut offset: usize) -> u64 {
        let mut place = 0;
        for &(start, piece) in &self.packed {
            place = start + offset.min(piece.len());
            match offset.checked_sub(piece.len()) {
                Some(beyond) => offset = beyond,
                None => break,
            }
        }
        place as u64
    }
}
