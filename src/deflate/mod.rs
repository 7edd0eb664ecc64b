//! DEFLATE, read as RFC 1951 lays it down (appendix "Reading IDX and gzip").
//!
//! The data are a row of blocks. A block is stored as it is, or is a row of symbols in two Huffman
//! codes: the first code's symbols are literal bytes, the end of the block, and lengths; a length
//! is followed by a distance in the second code and says *copy that many bytes from that far
//! back*. The two codes are fixed by the RFC or sent at the head of the block.
//!
//! There are two ways through a block. `step` takes one symbol, bit by bit, with every check; alone
//! it is the whole decoder, [`inflate_reference`]. `run` takes symbols by table lookup as long as
//! nothing is out of the ordinary, and stops in front of whatever is: the end of the block, the end
//! of the input, any fault. Then `step` deals with it. So the fast loop has no errors to report,
//! and the two cannot disagree about what an error is.
//!
//! gzip files and PNG pictures are made of it; the zlib format, in which PNG wraps it, is here too.
//! It knows bytes and nothing else, so that both [`data`](crate::data) and
//! [`report`](crate::report) can stand on it.

mod bits;
mod codes;
mod crc32;
mod entry;
mod fault;
mod huffman;
mod output;
mod zlib;

pub(crate) use crc32::Crc;
pub use crc32::{crc32, crc32_reference};
pub(crate) use fault::DAMAGED;
pub(crate) use output::Output;
pub use zlib::adler32;
pub(crate) use zlib::unpack_zlib;

use crate::Result;
use bits::Bits;
use codes::{Codes, DISTANCES, END_OF_BLOCK, LENGTHS};
use fault::fault;
use std::sync::OnceLock;

/// Unpacks raw DEFLATE data: what they hold, and how many bytes of `data` they took.
///
/// # Errors
/// If the data end too soon or break a rule of the format. What may stand and what may not is as
/// in zlib: a Huffman code must be complete, except that a block may have no distance code, or
/// either code may consist of a single one-bit codeword.
///
/// ```
/// use longhand::deflate::inflate;
/// // One block, the last, in the fixed codes: a, a copy of length 3 from 1 back, the end.
/// let (bytes, taken) = inflate(&[0x4B, 0x04, 0x02, 0x00])?;
/// assert_eq!((&bytes[..], taken), (&b"aaaa"[..], 4));
/// # Ok::<(), longhand::Error>(())
/// ```
pub fn inflate(data: &[u8]) -> Result<(Vec<u8>, usize)> {
    let mut output = Output::new(0, usize::MAX);
    let taken = inflate_into::<true>(data, 0, &mut output, |_| ())?;
    Ok((output.into_bytes(), taken))
}

/// [`inflate`], one bit at a time and without tables: what it must agree with, errors included.
///
/// # Errors
/// As [`inflate`].
pub fn inflate_reference(data: &[u8]) -> Result<(Vec<u8>, usize)> {
    let mut output = Output::new(0, usize::MAX);
    let taken = inflate_into::<false>(data, 0, &mut output, |_| ())?;
    Ok((output.into_bytes(), taken))
}

/// Unpacks the DEFLATE data at `input[start..]` to the end of `output`, by table if `FAST`; gives
/// the index after them. Each block done, `follow` is called with all that these data unpacked to.
pub(crate) fn inflate_into<const FAST: bool>(
    input: &[u8],
    start: usize,
    output: &mut Output,
    mut follow: impl FnMut(&[u8]),
) -> Result<usize> {
    static FIXED: OnceLock<Codes> = OnceLock::new();
    let mut bits = Bits::new(input, start);
    let mut codes = Codes::EMPTY;
    output.start = output.filled;
    loop {
        let at = bits.byte();
        let last = bits.take(1)? == 1;
        match bits.take(2)? {
            0 => stored(&mut bits, output)?,
            1 => symbols::<FAST>(&mut bits, output, FIXED.get_or_init(Codes::fixed))?,
            2 => {
                codes.read::<FAST>(&mut bits)?;
                symbols::<FAST>(&mut bits, output, &codes)?;
            }
            _ => return Err(fault(at, "block type 3", "type 0, 1 or 2")),
        }
        follow(&output.unpacked()[output.start..]);
        if last {
            return Ok(bits.align());
        }
    }
}

/// A stored block: a count, its complement, and that many bytes as they are.
fn stored(bits: &mut Bits, output: &mut Output) -> Result<()> {
    let at = bits.align();
    let header = bits.take_bytes(4)?;
    let length = u16::from_le_bytes([header[0], header[1]]);
    let complement = u16::from_le_bytes([header[2], header[3]]);
    if length != !complement {
        let found = format!("a stored block of length {length:#06x} with check {complement:#06x}");
        return Err(fault(at, found, format!("check {:#06x}", !length)));
    }
    let bytes = bits.take_bytes(usize::from(length))?;
    output.append(bytes);
    output.check_limit(at)
}

// ANCHOR: symbols
/// The symbols of a block up to its end.
fn symbols<const FAST: bool>(bits: &mut Bits, output: &mut Output, codes: &Codes) -> Result<()> {
    loop {
        output.make_room();
        if FAST {
            run(bits, output, codes);
            output.check_limit(bits.byte())?;
            output.make_room();
        }
        if step(bits, output, codes)? == END_OF_BLOCK {
            return output.check_limit(bits.byte());
        }
    }
}

/// One symbol, and the distance that follows it if it is a length.
fn step(bits: &mut Bits, output: &mut Output, codes: &Codes) -> Result<u16> {
    let at = bits.byte();
    let Some(symbol) = codes.literals.walk(bits)? else {
        return Err(fault(at, "bits that are no literal or length codeword", "a codeword"));
    };
    if symbol < END_OF_BLOCK {
        output.bytes[output.filled] = symbol as u8;
        output.filled += 1;
    }
    if symbol <= END_OF_BLOCK {
        return Ok(symbol);
    }
    let Some(&(base, extra)) = LENGTHS.get(usize::from(symbol) - 257) else {
        return Err(fault(at, format!("length symbol {symbol}"), "a symbol of at most 285"));
    };
    let length = u32::from(base) + bits.take(u32::from(extra))?;

    let at = bits.byte();
    let Some(far) = codes.distances.walk(bits)? else {
        return Err(fault(at, "bits that are no distance codeword", "a codeword"));
    };
    let Some(&(base, extra)) = DISTANCES.get(usize::from(far)) else {
        return Err(fault(at, format!("distance symbol {far}"), "a symbol of at most 29"));
    };
    let distance = usize::from(base) + bits.take(u32::from(extra))? as usize;
    let behind = output.filled - output.start;
    if distance > behind {
        let found = format!("a copy from {distance} bytes back");
        return Err(fault(at, found, format!("at most the {behind} bytes unpacked so far")));
    }
    // Byte by byte: a copy may overlap itself, and then repeats what it has just written.
    for to in output.filled..output.filled + length as usize {
        output.bytes[to] = output.bytes[to - distance];
    }
    output.filled += length as usize;
    Ok(symbol)
}
// ANCHOR_END: symbols

// ANCHOR: run
/// As many symbols as go smoothly. Whatever does not is left in front of `bits`, untouched.
fn run(bits: &mut Bits, output: &mut Output, codes: &Codes) {
    let (literals, distances) = (&codes.literal_table, &codes.distance_table);
    let bytes = &mut output.bytes[output.start..];
    let mut filled = output.filled - output.start;
    let mut ahead = *bits;
    let mut more = ahead.refill();
    // What the next symbol means; a link if its codeword is long, which is rare.
    let mut entry = literals.first(ahead.buffer);
    'symbols: while more && let Some(room) = bytes[filled..].first_chunk_mut::<{ Output::ROOM }>() {
        // Literals come in runs. Three take 45 bits at most.
        let mut taken = 0;
        while entry.is_literal() {
            room[taken] = entry.byte();
            taken += 1;
            ahead.skip(entry.bits());
            entry = literals.first(ahead.buffer);
            if taken == 3 {
                filled += taken;
                more = ahead.refill();
                continue 'symbols;
            }
        }
        filled += taken;
        if !ahead.refill() {
            break;
        }
        if entry.is_link() {
            entry = literals.second(entry, ahead.buffer);
            if entry.is_literal() {
                continue;
            }
        }
        // A length and its extra bits take 20 bits at most, a distance 28.
        let length = entry.value(ahead.buffer);
        let after = ahead.buffer >> entry.bits();
        let far = distances.find(after);
        let distance = far.value(after);
        if entry.is_stop() || far.is_stop() || distance > filled {
            break;
        }
        ahead.buffer = after >> far.bits();
        ahead.count -= entry.bits() + far.bits();
        // A refill fills all 64 bits, whatever `count` says, so at least 16 are left, one more than
        // a codeword has: it need not wait for new ones.
        entry = literals.first(ahead.buffer);
        more = ahead.refill();
        // Nearly all copies are as short as this and do not overlap themselves.
        if length <= 32 && distance >= length {
            let from = filled - distance;
            bytes.copy_within(from..from + 32, filled);
        } else {
            copy(bytes, filled, distance, length);
        }
        filled += length;
    }
    *bits = ahead;
    output.filled = output.start + filled;
}
// ANCHOR_END: run

// ANCHOR: copy
/// Writes `length` bytes at `to` that repeat what stands `distance` bytes before.
///
/// It moves thirty-two bytes at a time, and so may write up to thirty-one more than asked for.
#[cold] // so that the loop above keeps its registers
fn copy(bytes: &mut [u8], mut to: usize, distance: usize, length: usize) {
    let mut from = to - distance;
    let end = to + length;
    // Closer than sixteen: what is written is good for `to - from` bytes, and then there are twice
    // as many to copy from.
    while to - from < 16 {
        bytes.copy_within(from..from + 16, to);
        to += to - from;
    }
    while to < end {
        bytes.copy_within(from..from + 16, to);
        bytes.copy_within(from + 16..from + 32, to + 16);
        from += 32;
        to += 32;
    }
}
// ANCHOR_END: copy
