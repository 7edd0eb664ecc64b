//! Where unpacked data go (appendix "Reading IDX and gzip").

use super::fault::PLACE;
use crate::{Error, ErrorKind, Result};

/// The longest copy that DEFLATE can ask for.
const LONGEST_MATCH: usize = 258;

/// What is unpacked so far, and room for more.
pub(crate) struct Output {
    /// The first `filled` bytes are unpacked data; the rest is zeros or scratch, to be overwritten.
    pub bytes: Vec<u8>,
    /// How many bytes are unpacked.
    pub filled: usize,
    /// Where these DEFLATE data began: no distance reaches in front of it.
    pub start: usize,
    /// How many bytes may come out at most.
    limit: usize,
}

impl Output {
    /// What the fast loop may write before it looks again: three literals, the longest copy, and
    /// the 31 bytes by which that may overshoot.
    pub(crate) const ROOM: usize = 3 + LONGEST_MATCH + 31;

    /// Room for about `expected` bytes at first, and an error beyond `limit`.
    pub(crate) fn new(expected: usize, limit: usize) -> Self {
        let room = if expected == 0 { 0 } else { expected + Self::ROOM };
        Self { bytes: vec![0; room], filled: 0, start: 0, limit }
    }

    pub(crate) fn unpacked(&self) -> &[u8] {
        &self.bytes[..self.filled]
    }

    pub(crate) fn into_bytes(mut self) -> Vec<u8> {
        self.bytes.truncate(self.filled);
        self.bytes
    }

    /// Takes `bytes` as they are.
    pub(crate) fn append(&mut self, bytes: &[u8]) {
        let end = self.filled + bytes.len();
        if self.bytes.len() < end {
            self.bytes.resize(end, 0);
        }
        self.bytes[self.filled..end].copy_from_slice(bytes);
        self.filled = end;
    }

    /// Zeroes a stretch ahead: as much again as there is, 64 KiB at most, and never less than ROOM.
    pub(crate) fn make_room(&mut self) {
        if self.bytes.len() < self.filled + Self::ROOM {
            let ahead = self.filled.clamp(64, 1 << 16);
            self.bytes.resize(self.filled + ahead + Self::ROOM, 0);
        }
    }

    /// An error at byte `at` of the compressed data if more came out than may.
    pub(crate) fn check_limit(&self, at: usize) -> Result<()> {
        if self.filled <= self.limit {
            return Ok(());
        }
        Err(Error::new(ErrorKind::Limit, PLACE)
            .at(at as u64)
            .found(format!("{} bytes unpacked so far", self.filled))
            .expected(format!("at most {} bytes", self.limit))
            .help("is this the right file? If it is, raise the limit"))
    }
}
