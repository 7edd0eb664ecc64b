//! As much of JSON as a safetensors header is made of: objects, strings, lists of sizes.
//!
//! The caller says what comes next, so nothing is built for what was not expected, and nothing
//! recurses.

use crate::data::cursor::Cursor;
use crate::{Error, Result};

/// Reads JSON, token by token.
pub(super) struct Parser<'a> {
    text: Cursor<'a>,
}

impl<'a> Parser<'a> {
    /// A parser of `bytes` from `start` to their end.
    pub fn new(place: &'static str, bytes: &'a [u8], start: usize) -> Result<Self> {
        let mut text = Cursor::new(place, bytes);
        text.at = start;
        let mut parser = Self { text };
        if let Err(error) = std::str::from_utf8(parser.text.rest()) {
            parser.text.at += error.valid_up_to();
            return Err(parser.unexpected("UTF-8 text"));
        }
        Ok(parser)
    }

    /// An object: `member` reads each value, and is given its key and where that stands.
    pub fn object(
        &mut self,
        mut member: impl FnMut(&mut Self, String, usize) -> Result<()>,
    ) -> Result<()> {
        self.expect(b'{', "an object: '{'")?;
        if self.eat(b'}') {
            return Ok(());
        }
        loop {
            self.spaces();
            let at = self.text.at;
            let key = self.string()?;
            self.expect(b':', "':'")?;
            member(self, key, at)?;
            if !self.eat(b',') {
                return self.expect(b'}', "',' or '}'");
            }
        }
    }

    /// A list of whole numbers.
    pub fn sizes(&mut self) -> Result<Vec<usize>> {
        let mut sizes = Vec::new();
        self.expect(b'[', "a list: '['")?;
        if self.eat(b']') {
            return Ok(sizes);
        }
        loop {
            sizes.push(self.size()?);
            if !self.eat(b',') {
                self.expect(b']', "',' or ']'")?;
                return Ok(sizes);
            }
        }
    }

    fn size(&mut self) -> Result<usize> {
        self.spaces();
        let at = self.text.at;
        let digits = self.text.rest().iter().take_while(|byte| byte.is_ascii_digit()).count();
        let text = String::from_utf8_lossy(self.text.take(digits, "a size")?);
        match (&text[..], text.parse()) {
            ("", _) => Err(self.unexpected("a whole number")),
            (_, Ok(size)) if digits == 1 || !text.starts_with('0') => Ok(size),
            _ => Err(self.fault(at, format!("the number {text}"), "one that fits a usize")),
        }
    }

    /// A string.
    pub fn string(&mut self) -> Result<String> {
        self.expect(b'"', "a string: '\"'")?;
        let mut bytes = Vec::new();
        loop {
            match self.text.rest().first() {
                Some(b'"') => {
                    self.text.at += 1;
                    // The text is UTF-8, and it was taken apart at ASCII characters only.
                    return Ok(String::from_utf8_lossy(&bytes).into_owned());
                }
                Some(b'\\') => {
                    let escaped = self.escape()?;
                    bytes.extend(escaped.encode_utf8(&mut [0; 4]).bytes());
                }
                Some(&byte) if byte >= b' ' => {
                    self.text.at += 1;
                    bytes.push(byte);
                }
                _ => return Err(self.unexpected("the string to go on, or '\"'")),
            }
        }
    }

    /// A backslash and what it stands for.
    fn escape(&mut self) -> Result<char> {
        let at = self.text.at;
        let [_, letter] = self.text.array("an escape")?;
        let unit = match letter {
            b'"' | b'\\' | b'/' => letter.into(),
            b'b' => 0x08,
            b't' => 0x09,
            b'n' => 0x0a,
            b'f' => 0x0c,
            b'r' => 0x0d,
            b'u' => self.unit()?,
            _ => {
                return Err(self.fault(
                    at,
                    "an unknown escape",
                    "one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u",
                ));
            }
        };
        // Characters beyond 16 bits are written as a pair of halves.
        let mut units = vec![unit];
        if (0xd800..0xdc00).contains(&unit) && self.text.rest().starts_with(b"\\u") {
            self.text.at += 2;
            units.push(self.unit()?);
        }
        match char::decode_utf16(units).collect::<Vec<_>>()[..] {
            [Ok(character)] => Ok(character),
            _ => Err(self.fault(at, "half of a character", "both halves of a surrogate pair")),
        }
    }

    /// Four hexadecimal digits.
    fn unit(&mut self) -> Result<u16> {
        let at = self.text.at;
        let digits: [u8; 4] = self.text.array("four hexadecimal digits")?;
        let digit = |digit: u8| char::from(digit).to_digit(16);
        match digits.map(digit) {
            [Some(a), Some(b), Some(c), Some(d)] => Ok((a << 12 | b << 8 | c << 4 | d) as u16),
            _ => Err(self.fault(at, "something else", "four hexadecimal digits after \\u")),
        }
    }

    /// Sees that nothing but space is left.
    pub fn end(&mut self) -> Result<()> {
        self.spaces();
        match self.text.rest() {
            [] => Ok(()),
            _ => Err(self.unexpected("the end of the header")),
        }
    }

    fn spaces(&mut self) {
        let space = |byte: &&u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
        self.text.at += self.text.rest().iter().take_while(space).count();
    }

    /// Takes `byte` if it is next.
    fn eat(&mut self, byte: u8) -> bool {
        self.spaces();
        let eaten = self.text.rest().first() == Some(&byte);
        self.text.at += usize::from(eaten);
        eaten
    }

    fn expect(&mut self, byte: u8, what: &str) -> Result<()> {
        match self.eat(byte) {
            true => Ok(()),
            false => Err(self.unexpected(what)),
        }
    }

    fn unexpected(&self, expected: &str) -> Error {
        let found = match self.text.rest().first() {
            Some(byte) => format!("'{}'", byte.escape_ascii()),
            None => "the end of the header".to_string(),
        };
        self.fault(self.text.at, found, expected)
    }

    fn fault(&self, at: usize, found: impl Into<String>, expected: &str) -> Error {
        let help = "its header is no JSON: write the file again, with safetensors or with save";
        self.text.error().at(at as u64).found(found.into()).expected(expected).help(help)
    }
}

/// A string as JSON has it, in quotes, with escapes only where they must be.
pub(super) fn quoted(string: &str) -> String {
    let mut out = String::from("\"");
    for character in string.chars() {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            control if control < ' ' => out.push_str(&format!("\\u{:04x}", u32::from(control))),
            other => out.push(other),
        }
    }
    out.push('"');
    out
}
