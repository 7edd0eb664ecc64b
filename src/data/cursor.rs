//! A place in a run of bytes, for the readers of gzip, IDX, NPY, PNG, PGM and safetensors.

use crate::tensor::element_count;
use crate::{Error, ErrorKind, Result};

/// A run of bytes, and how far it is read.
pub(super) struct Cursor<'a> {
    /// What an error calls the bytes.
    place: &'static str,
    /// All of them.
    pub bytes: &'a [u8],
    /// How many are read.
    pub at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(place: &'static str, bytes: &'a [u8]) -> Self {
        Self { place, bytes, at: 0 }
    }

    /// What is not read yet.
    pub(super) fn rest(&self) -> &'a [u8] {
        &self.bytes[self.at..]
    }

    /// The next `n` bytes, or an error that says they lack `what`.
    pub(super) fn take(&mut self, n: usize, what: &str) -> Result<&'a [u8]> {
        match self.rest().get(..n) {
            Some(bytes) => {
                self.at += n;
                Ok(bytes)
            }
            None => Err(self.ran_out(format!("{n} bytes from byte {} on: {what}", self.at))),
        }
    }

    /// The next `N` bytes, as an array.
    pub(super) fn array<const N: usize>(&mut self, what: &str) -> Result<[u8; N]> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N, what)?);
        Ok(array)
    }

    /// The bytes up to the next `end` and that one.
    pub(super) fn take_through(&mut self, end: u8, what: &str) -> Result<&'a [u8]> {
        match self.rest().iter().position(|&byte| byte == end) {
            Some(before) => self.take(before + 1, what),
            None => Err(self.ran_out(format!("a byte {end:#04x} to end {what}"))),
        }
    }

    /// The elements of these sizes, `width` bytes each.
    pub(super) fn elements(&mut self, sizes: &[usize], width: usize) -> Result<&'a [u8]> {
        let bytes = element_count(sizes).and_then(|count| count.checked_mul(width));
        let Some(bytes) = bytes else {
            return Err(self
                .error()
                .found(format!("the shape {sizes:?}"))
                .expected("sizes whose product can be counted, those that are 0 left aside")
                .help("its header is wrong: copy or download it again"));
        };
        let there = self.rest().len();
        if bytes > there {
            return Err(self
                .error()
                .at(self.bytes.len() as u64)
                .found(format!("the end of the data after {there} bytes of elements"))
                .expected(format!("{bytes} bytes of elements for the shape {sizes:?}"))
                .help("the file was cut short or its header is wrong: copy or download it again"));
        }
        self.take(bytes, "the elements")
    }

    /// Sees that nothing follows the elements of these sizes.
    pub(super) fn end(&self, sizes: &[usize]) -> Result<()> {
        match self.rest().len() {
            0 => Ok(()),
            more => Err(self
                .error()
                .found(format!("{more} bytes more"))
                .expected(format!("the end of the data after the elements of the shape {sizes:?}"))
                .help("cut the file off here, or correct the shape in its header")),
        }
    }

    /// An error at the cursor.
    pub(super) fn error(&self) -> Error {
        Error::new(ErrorKind::Format, self.place).at(self.at as u64)
    }

    fn ran_out(&self, expected: String) -> Error {
        self.error()
            .at(self.bytes.len() as u64)
            .found("the end of the data")
            .expected(expected)
            .help("the file was cut short: copy or download it again")
    }
}
