//! Bits out of bytes, as DEFLATE packs them (appendix "Reading IDX and gzip").

use super::fault::fault;
use crate::{Error, Result};

/// A reader of bits: bytes in order, the lowest bit of each byte first.
///
/// ```text
///  input  … | already in buffer | rest …
///  buffer   0 … 0 b b b b b b b b       the next bit to take is the lowest; `count` are valid
/// ```
/// Above the `count` valid bits the buffer may hold bits of the first byte of `rest` already. Putting
/// that byte in place later writes the same bits over them.
#[derive(Clone, Copy)]
pub(super) struct Bits<'a> {
    /// The bytes that the bits are read from.
    pub input: &'a [u8],
    /// Those of them that are not counted in the buffer.
    pub rest: &'a [u8],
    /// Bits that have been read ahead, the next one lowest.
    pub buffer: u64,
    /// How many of its bits are valid.
    pub count: u32,
}

impl<'a> Bits<'a> {
    /// Reads `input` from byte `start`.
    pub(super) fn new(input: &'a [u8], start: usize) -> Self {
        Self { input, rest: &input[start..], buffer: 0, count: 0 }
    }

    /// The index of the first byte that is not counted in the buffer.
    fn next(&self) -> usize {
        self.input.len() - self.rest.len()
    }

    /// The byte that holds the next bit.
    pub(super) fn byte(&self) -> usize {
        self.next() - self.count.div_ceil(8) as usize
    }

    /// Tops the buffer up to 56 bits or more with a single load; not if fewer than eight bytes are
    /// left to load.
    #[inline(always)]
    pub(super) fn refill(&mut self) -> bool {
        let Some(&ahead) = self.rest.first_chunk() else { return false };
        self.buffer |= u64::from_le_bytes(ahead) << self.count;
        self.rest = &self.rest[((63 - self.count) / 8 % 8) as usize..];
        self.count |= 56;
        true
    }

    /// The next bits, 32 of them or more, and zeros where the input ends.
    #[inline]
    pub(super) fn peek(&mut self) -> u64 {
        while self.count < 32 && !self.refill() {
            let Some((&byte, rest)) = self.rest.split_first() else { break };
            self.buffer |= u64::from(byte) << self.count;
            self.rest = rest;
            self.count += 8;
        }
        self.buffer
    }

    /// Drops the next `n` bits, which are in the buffer.
    #[inline(always)]
    pub(super) fn skip(&mut self, n: u32) {
        self.buffer >>= n;
        self.count -= n;
    }

    /// Takes the next `n` bits as a number, the first of them lowest; `n` is at most 32.
    #[inline]
    pub(super) fn take(&mut self, n: u32) -> Result<u32> {
        let bits = self.peek() & !(!0 << n);
        if n > self.count {
            return Err(ran_out(self.input.len()));
        }
        self.skip(n);
        Ok(bits as u32)
    }

    /// Skips to the next byte boundary and gives the `n` bytes there.
    pub(super) fn take_bytes(&mut self, n: usize) -> Result<&'a [u8]> {
        self.align();
        let Some((bytes, rest)) = self.rest.split_at_checked(n) else {
            return Err(ran_out(self.input.len()));
        };
        self.rest = rest;
        Ok(bytes)
    }

    /// Drops the rest of a byte that was begun; gives the index of the byte after it.
    pub(super) fn align(&mut self) -> usize {
        let next = self.next() - (self.count / 8) as usize;
        *self = Self::new(self.input, next);
        next
    }
}

#[cold]
fn ran_out(length: usize) -> Error {
    fault(length, "the end of the data", "more compressed data")
        .help("the file was cut short: copy or download it again")
}
