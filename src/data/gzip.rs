//! gzip files, read as RFC 1952 lays them down (appendix "Reading IDX and gzip").
//!
//! A file is one or more *members*: a header, DEFLATE data, and a trailer that holds the CRC-32
//! and the length of what the data unpack to. Their contents follow one another.

use super::cursor::Cursor;
use crate::Result;
use crate::deflate::{Crc, DAMAGED, Output, crc32, inflate_into};

/// Whether `bytes` begin as every gzip file does.
#[must_use]
pub fn is_gzip(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x1F, 0x8B])
}

/// Unpacks a gzip file, given its bytes.
///
/// All members are read. Zero bytes after the last are ignored, since tapes and some tools pad
/// with them; anything else there is an error, as it is to Python's `gzip`. (The program `gzip`
/// warns and leaves it out: what stands there may as well be a member whose first byte is damaged.)
///
/// # Errors
/// If the file is cut short or breaks a rule of the format, or if a checksum or a length does not
/// agree. The offset in the error counts bytes of the compressed file.
///
/// ```
/// use longhand::data::gunzip;
/// let stored = [
///     0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255, // header
///     1, 2, 0, 0xFD, 0xFF, b'h', b'i', // one stored block
///     0xAC, 0x2A, 0x93, 0xD8, 2, 0, 0, 0, // CRC-32, length
/// ];
/// assert_eq!(gunzip(&stored)?, b"hi");
///
/// let error = gunzip(&stored[..20]).unwrap_err();
/// assert_eq!(error.offset(), Some(20));
/// assert!(error.to_string().contains("found the end of the data"));
/// # Ok::<(), longhand::Error>(())
/// ```
pub fn gunzip(bytes: &[u8]) -> Result<Vec<u8>> {
    gunzip_at_most(bytes, usize::MAX)
}

/// [`gunzip`], with an error as soon as more than `limit` bytes come out.
///
/// DEFLATE can say a thousand bytes in one. Where a file is not trusted and its size is known,
/// this bounds the memory it can take.
///
/// # Errors
/// As [`gunzip`], and beyond the limit.
pub fn gunzip_at_most(bytes: &[u8], limit: usize) -> Result<Vec<u8>> {
    let mut file = Cursor::new("gzip data", bytes);
    let mut output = Output::new(expected_length(bytes).min(limit), limit);
    loop {
        member(&mut file, &mut output)?;
        let rest = file.rest();
        if is_gzip(rest) {
            continue;
        }
        let Some(padding) = rest.iter().position(|&byte| byte != 0) else {
            return Ok(output.into_bytes());
        };
        file.take(padding, "padding")?;
        return Err(file
            .error()
            .found(format!("byte {:#04x} after the last member", rest[padding]))
            .expected("another member, zero bytes or the end of the data")
            .help("cut the file off here, or copy or download it again"));
    }
}

/// The length in the last trailer, as a first guess at the room to make.
///
/// It is no more than a guess. A false length costs at most eight times the size of the compressed
/// file, and typical data do not unpack to more.
fn expected_length(bytes: &[u8]) -> usize {
    match bytes.last_chunk() {
        Some(&length) => (u32::from_le_bytes(length) as usize).min(bytes.len().saturating_mul(8)),
        None => 0,
    }
}

// ANCHOR: member
/// Reads one member at the cursor and puts what it holds at the end of `output`.
fn member(file: &mut Cursor, output: &mut Output) -> Result<()> {
    header(file)?;
    let before = output.filled;
    let mut crc = Crc::new();
    file.at = inflate_into::<true>(file.bytes, file.at, output, |so_far| crc.follow(so_far))?;

    let unpacked = &output.unpacked()[before..];
    let at = file.at;
    let stated = u32::from_le_bytes(file.array("the CRC-32")?);
    let actual = crc.finish(unpacked);
    if stated != actual {
        return Err(file
            .error()
            .at(at as u64)
            .found(format!("CRC-32 {stated:#010x}"))
            .expected(format!("{actual:#010x}, which is that of the data"))
            .help(DAMAGED));
    }
    let at = file.at;
    let stated = u32::from_le_bytes(file.array("the length")?);
    let actual = unpacked.len() as u32; // modulo 2³², says the RFC
    if stated != actual {
        return Err(file
            .error()
            .at(at as u64)
            .found(format!("length {stated}"))
            .expected(format!("{actual}, which is that of the data"))
            .help(DAMAGED));
    }
    Ok(())
}
// ANCHOR_END: member

/// Bits of the header's fourth byte: which optional fields follow.
mod flag {
    pub(super) const HEADER_CRC: u8 = 1 << 1;
    pub(super) const EXTRA: u8 = 1 << 2;
    pub(super) const NAME: u8 = 1 << 3;
    pub(super) const COMMENT: u8 = 1 << 4;
    pub(super) const RESERVED: u8 = 0b1110_0000;
}

/// Reads over a member's header. What it says of names and times is of no use here.
fn header(file: &mut Cursor) -> Result<()> {
    let start = file.at;
    let magic: [u8; 2] = file.array("the magic bytes")?;
    if magic != [0x1F, 0x8B] {
        return Err(file
            .error()
            .at(start as u64)
            .found(format!("bytes {:#04x} {:#04x}", magic[0], magic[1]))
            .expected("0x1f 0x8b, as a gzip file begins")
            .help("if the file is not compressed, read it as it is"));
    }
    let [method, flags] = file.array("the method and flags")?;
    if method != 8 {
        return Err(file
            .error()
            .at(start as u64 + 2)
            .found(format!("compression method {method}"))
            .expected("8, which is DEFLATE")
            .help(DAMAGED));
    }
    if flags & flag::RESERVED != 0 {
        return Err(file
            .error()
            .at(start as u64 + 3)
            .found(format!("flags {flags:#010b}"))
            .expected("zeros in the upper three bits")
            .help(DAMAGED));
    }
    file.take(6, "the time, level and system")?;
    if flags & flag::EXTRA != 0 {
        let length = u16::from_le_bytes(file.array("the length of the extra field")?);
        file.take(usize::from(length), "the extra field")?;
    }
    for (bit, what) in [(flag::NAME, "the file name"), (flag::COMMENT, "the comment")] {
        if flags & bit != 0 {
            file.take_through(0, what)?;
        }
    }
    if flags & flag::HEADER_CRC != 0 {
        let at = file.at;
        let actual = crc32(&file.bytes[start..at]) as u16;
        let stated = u16::from_le_bytes(file.array("the header's CRC")?);
        if stated != actual {
            return Err(file
                .error()
                .at(at as u64)
                .found(format!("header CRC {stated:#06x}"))
                .expected(format!("{actual:#06x}, which is that of the header"))
                .help(DAMAGED));
        }
    }
    Ok(())
}
