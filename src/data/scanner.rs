//! Reads the text of a header token by token, for the dictionaries of NPY and of safetensors.

use super::cursor::Cursor;
use crate::{Error, Result};

/// Text that is read token by token.
pub(super) struct Scanner<'a> {
    /// The text, and how far it is read.
    text: Cursor<'a>,
    /// What may stand between two tokens.
    spaces: &'static [u8],
    /// What an error says to do where the text does not go on as it must.
    help: &'static str,
}

impl<'a> Scanner<'a> {
    /// Reads `text` from its cursor to its end.
    pub(super) fn new(text: Cursor<'a>, spaces: &'static [u8], help: &'static str) -> Self {
        Self { text, spaces, help }
    }

    /// Where the next byte stands.
    pub(super) fn at(&self) -> usize {
        self.text.at
    }

    /// What is not read yet.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.text.rest()
    }

    /// Passes over `count` bytes of the rest.
    pub(super) fn skip(&mut self, count: usize) {
        self.text.at += count;
    }

    /// The next `N` bytes, or an error that says they lack `what`.
    pub(super) fn array<const N: usize>(&mut self, what: &str) -> Result<[u8; N]> {
        self.text.array(what)
    }

    /// The bytes up to the next `end` and that one.
    pub(super) fn take_through(&mut self, end: u8, what: &str) -> Result<&'a [u8]> {
        self.text.take_through(end, what)
    }

    /// Passes over space.
    pub(super) fn spaces(&mut self) {
        let space = |byte: &&u8| self.spaces.contains(byte);
        self.text.at += self.text.rest().iter().take_while(space).count();
    }

    /// The next byte that is no space.
    pub(super) fn peek(&mut self) -> Option<u8> {
        self.spaces();
        self.rest().first().copied()
    }

    /// Takes `byte` if it is next.
    pub(super) fn eat(&mut self, byte: u8) -> bool {
        let eaten = self.peek() == Some(byte);
        self.text.at += usize::from(eaten);
        eaten
    }

    /// Takes `byte`, which must be next; an error calls it `what`.
    pub(super) fn expect(&mut self, byte: u8, what: &str) -> Result<()> {
        match self.eat(byte) {
            true => Ok(()),
            false => Err(self.unexpected(what)),
        }
    }

    /// Takes `word` if it is next.
    pub(super) fn eat_word(&mut self, word: &str) -> bool {
        self.spaces();
        let eaten = self.rest().starts_with(word.as_bytes());
        self.text.at += if eaten { word.len() } else { 0 };
        eaten
    }

    /// A whole number, in decimal digits and without zeros in front.
    pub(super) fn size(&mut self) -> Result<usize> {
        self.spaces();
        let at = self.at();
        let digits = self.rest().iter().take_while(|byte| byte.is_ascii_digit()).count();
        let text = String::from_utf8_lossy(self.text.take(digits, "a size")?);
        match (&text[..], text.parse()) {
            ("", _) => Err(self.unexpected("a size")),
            _ if digits > 1 && text.starts_with('0') => {
                Err(self.fault(at, format!("the size {text}"), "no zeros in front"))
            }
            (_, Ok(size)) => Ok(size),
            _ => Err(self
                .fault(at, format!("the size {text}"), &format!("at most {}", usize::MAX))
                .help("the header is damaged, or was written on a larger machine")),
        }
    }

    /// The error that something else is next than `expected`.
    pub(super) fn unexpected(&self, expected: &str) -> Error {
        let found = match self.rest().first() {
            Some(byte) => format!("'{}'", byte.escape_ascii()),
            None => "the end of the header".to_string(),
        };
        self.fault(self.at(), found, expected)
    }

    /// The error that what stands at `at` is not as `expected`.
    pub(super) fn fault(&self, at: usize, found: impl Into<String>, expected: &str) -> Error {
        let error = self.text.error().at(at as u64);
        error.found(found.into()).expected(expected).help(self.help)
    }
}
