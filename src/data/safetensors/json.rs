//! As much of JSON as a safetensors header is made of: objects, strings, lists of sizes.
//!
//! The caller says what comes next, so nothing is built for what was not expected. A value that
//! nobody asked for is passed over, however deep it goes: nothing here recurses.

use crate::Result;
use crate::data::cursor::Cursor;
use crate::data::scanner::Scanner;

/// Reads JSON, token by token.
pub(super) struct Parser<'a> {
    text: Scanner<'a>,
}

impl<'a> Parser<'a> {
    /// A parser of `bytes` from `start` to their end.
    pub(super) fn new(place: &'static str, bytes: &'a [u8], start: usize) -> Result<Self> {
        let help = "its header is no JSON: write the file again, with safetensors or with save";
        let mut text = Cursor::new(place, bytes);
        text.at = start;
        let mut parser = Self { text: Scanner::new(text, b" \t\n\r", help) };
        if let Err(error) = std::str::from_utf8(parser.text.rest()) {
            parser.text.skip(error.valid_up_to());
            return Err(parser.text.unexpected("UTF-8 text"));
        }
        Ok(parser)
    }

    /// An object: `member` reads each value, and is given its key and where that stands.
    pub(super) fn object(
        &mut self,
        mut member: impl FnMut(&mut Self, String, usize) -> Result<()>,
    ) -> Result<()> {
        self.text.expect(b'{', "an object: '{'")?;
        if self.text.eat(b'}') {
            return Ok(());
        }
        loop {
            self.text.spaces();
            let at = self.text.at();
            let key = self.key()?;
            member(self, key, at)?;
            if !self.text.eat(b',') {
                return self.text.expect(b'}', "',' or '}'");
            }
        }
    }

    fn key(&mut self) -> Result<String> {
        let key = self.string()?;
        self.text.expect(b':', "':'")?;
        Ok(key)
    }

    /// A list of whole numbers.
    pub(super) fn sizes(&mut self) -> Result<Vec<usize>> {
        let mut sizes = Vec::new();
        self.text.expect(b'[', "a list: '['")?;
        if self.text.eat(b']') {
            return Ok(sizes);
        }
        loop {
            sizes.push(self.text.size()?);
            if !self.text.eat(b',') {
                self.text.expect(b']', "',' or ']'")?;
                return Ok(sizes);
            }
        }
    }

    /// Takes `null` if it is next.
    pub(super) fn null(&mut self) -> bool {
        self.text.eat_word("null")
    }

    /// Passes over a value of any kind.
    pub(super) fn anything(&mut self) -> Result<()> {
        let mut open = Vec::new(); // what closes each list and object that is open
        loop {
            let empty = match self.text.peek() {
                Some(b'{') => {
                    self.text.skip(1);
                    open.push(b'}');
                    self.text.peek() == Some(b'}')
                }
                Some(b'[') => {
                    self.text.skip(1);
                    open.push(b']');
                    self.text.peek() == Some(b']')
                }
                Some(b'"') => self.string().map(|_| true)?,
                Some(b'-' | b'0'..=b'9') => self.number().map(|()| true)?,
                _ if ["null", "true", "false"].iter().any(|word| self.text.eat_word(word)) => true,
                _ => return Err(self.text.unexpected("a value")),
            };
            if empty {
                while open.last().is_some_and(|&end| self.text.eat(end)) {
                    open.pop();
                }
                match open.last() {
                    None => return Ok(()),
                    Some(b'}') => self.text.expect(b',', "',' or '}'")?,
                    Some(_) => self.text.expect(b',', "',' or ']'")?,
                }
            }
            if open.last() == Some(&b'}') {
                self.key()?;
            }
        }
    }

    /// A number of any kind: `-12.5e+3`.
    fn number(&mut self) -> Result<()> {
        let zero = self.text.rest().strip_prefix(b"-").unwrap_or(self.text.rest()).first();
        let zero = zero == Some(&b'0');
        self.take_if(b"-");
        if self.digits()? > 1 && zero {
            return Err(self.text.unexpected("a number without zeros in front"));
        }
        if self.take_if(b".") {
            self.digits()?;
        }
        if self.take_if(b"eE") {
            self.take_if(b"+-");
            self.digits()?;
        }
        Ok(())
    }

    /// One digit or more.
    fn digits(&mut self) -> Result<usize> {
        let count = self.text.rest().iter().take_while(|byte| byte.is_ascii_digit()).count();
        if count == 0 {
            return Err(self.text.unexpected("a digit"));
        }
        self.text.skip(count);
        Ok(count)
    }

    /// Takes the next byte if it is one of these.
    fn take_if(&mut self, bytes: &[u8]) -> bool {
        let taken = self.text.rest().first().is_some_and(|byte| bytes.contains(byte));
        self.text.skip(usize::from(taken));
        taken
    }

    /// A string.
    pub(super) fn string(&mut self) -> Result<String> {
        self.text.expect(b'"', "a string: '\"'")?;
        let mut bytes = Vec::new();
        loop {
            match self.text.rest().first() {
                Some(b'"') => {
                    self.text.skip(1);
                    // The text is UTF-8, and it was taken apart at ASCII characters only.
                    return Ok(String::from_utf8_lossy(&bytes).into_owned());
                }
                Some(b'\\') => {
                    let escaped = self.escape()?;
                    bytes.extend(escaped.encode_utf8(&mut [0; 4]).bytes());
                }
                Some(&byte) if byte >= b' ' => {
                    self.text.skip(1);
                    bytes.push(byte);
                }
                _ => return Err(self.text.unexpected("the string to go on, or '\"'")),
            }
        }
    }

    /// A backslash and what it stands for.
    fn escape(&mut self) -> Result<char> {
        let at = self.text.at();
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
                let known = "one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u";
                return Err(self.text.fault(at, "an unknown escape", known));
            }
        };
        // Characters beyond 16 bits are written as two halves (surrogates), each with an escape of
        // its own.
        let mut units = vec![unit];
        if (0xd800..0xdc00).contains(&unit) && self.text.rest().starts_with(b"\\u") {
            self.text.skip(2);
            units.push(self.unit()?);
        }
        match char::decode_utf16(units).collect::<Vec<_>>()[..] {
            [Ok(character)] => Ok(character),
            _ => Err(self.text.fault(at, "half of a character", "both halves of a surrogate pair")),
        }
    }

    /// Four hexadecimal digits.
    fn unit(&mut self) -> Result<u16> {
        let at = self.text.at();
        let digits: [u8; 4] = self.text.array("four hexadecimal digits")?;
        let digit = |digit: u8| char::from(digit).to_digit(16);
        match digits.map(digit) {
            [Some(a), Some(b), Some(c), Some(d)] => Ok((a << 12 | b << 8 | c << 4 | d) as u16),
            _ => Err(self.text.fault(at, "something else", "four hexadecimal digits after \\u")),
        }
    }

    /// Sees that nothing but space is left.
    pub(super) fn end(&mut self) -> Result<()> {
        match self.text.peek() {
            None => Ok(()),
            Some(_) => Err(self.text.unexpected("the end of the header")),
        }
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
