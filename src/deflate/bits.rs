//! Bits out of bytes, as DEFLATE packs them (appendix "Reading IDX and gzip").

use super::fault::fault;
use crate::{Error, Result};

/// A reader of bits: bytes in order, the lowest bit of each byte first.
///
/// ```text
///  input  … | already in buffer | next …
///  buffer   0 … 0 b b b b b b b b       the next bit to take is the lowest; `count` are valid
/// ```
/// Above the `count` valid bits the buffer may hold bits of the byte at `next` already. Putting
/// that byte in place later writes the same bits over them.
pub(super) struct Bits<'a> {
    /// The bytes that the bits are read from.
    pub input: &'a [u8],
    /// The index of the first byte that is not counted in the buffer.
    pub next: usize,
    /// Bits that have been read ahead, the next one lowest.
    pub buffer: u64,
    /// How many of its bits are valid.
    pub count: u32,
}

impl<'a> Bits<'a> {
    /// Reads `input` from byte `start`.
    pub(super) fn new(input: &'a [u8], start: usize) -> Self {
        Self { input, next: start, buffer: 0, count: 0 }
    }

    /// The byte that holds the next bit.
    pub(super) fn byte(&self) -> usize {
        self.next - self.count.div_ceil(8) as usize
    }

    /// The next bits, 32 of them or more, and zeros where the input ends.
    #[inline]
    pub(super) fn peek(&mut self) -> u64 {
        while self.count < 32 {
            let Some(&byte) = self.input.get(self.next) else { break };
            self.buffer |= u64::from(byte) << self.count;
            self.next += 1;
            self.count += 8;
        }
        self.buffer
    }

    /// Takes the next `n` bits as a number, the first of them lowest; `n` is at most 32.
    #[inline]
    pub(super) fn take(&mut self, n: u32) -> Result<u32> {
        let bits = self.peek() & !(!0 << n);
        if n > self.count {
            return Err(ran_out(self.input.len()));
        }
        self.buffer >>= n;
        self.count -= n;
        Ok(bits as u32)
    }

    /// Skips to the next byte boundary and gives the `n` bytes there.
    pub(super) fn take_bytes(&mut self, n: usize) -> Result<&'a [u8]> {
        let start = self.align();
        match self.input[start..].get(..n) {
            Some(bytes) => {
                self.next += n;
                Ok(bytes)
            }
            None => Err(ran_out(self.input.len())),
        }
    }

    /// Drops the rest of a byte that was begun; gives the index of the byte after it.
    pub(super) fn align(&mut self) -> usize {
        self.next -= (self.count / 8) as usize;
        self.buffer = 0;
        self.count = 0;
        self.next
    }
}

#[cold]
fn ran_out(length: usize) -> Error {
    fault(length, "the end of the data", "more compressed data")
        .help("the file was cut short: copy or download it again")
}
