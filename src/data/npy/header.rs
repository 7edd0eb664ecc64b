//! The header of a `.npy` file: a Python dictionary of three entries.
//!
//! ```text
//! {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }
//! ```
//! NumPy evaluates it; here a small parser takes just what can stand there, in any order and with
//! any spacing, and nothing else.

use crate::data::cursor::Cursor;
use crate::{Error, Result};

/// The most dimensions NumPy gives an array.
pub(super) const MAX_RANK: usize = 64;

const MAGIC: [u8; 6] = *b"\x93NUMPY";

/// The element types that can be read, with their widths in bytes.
const DESCRS: [(&str, usize); 8] = [
    ("|b1", 1),
    ("|u1", 1),
    ("|i1", 1),
    ("<i2", 2),
    ("<i4", 4),
    ("<i8", 8),
    ("<f4", 4),
    ("<f8", 8),
];

/// What the header says.
pub(super) struct Header {
    pub descr: &'static str,
    pub fortran_order: bool,
    pub shape: Vec<usize>,
}

impl Header {
    /// How many bytes an element takes.
    pub fn width(&self) -> usize {
        DESCRS.iter().find(|(descr, _)| *descr == self.descr).map_or(0, |&(_, width)| width)
    }

    /// Reads magic, version and header, and leaves the cursor at the elements.
    pub fn read(file: &mut Cursor) -> Result<Self> {
        let magic: [u8; 6] = file.array("the magic bytes")?;
        if magic != MAGIC {
            return Err(file
                .error()
                .at(0)
                .found(format!("bytes {magic:02x?}"))
                .expected(format!("{MAGIC:02x?}, as a .npy file begins"))
                .help("is this a file written by numpy.save? (.npz archives are not)"));
        }
        let version = file.array("the version")?;
        let length = match version {
            [1, 0] => u16::from_le_bytes(file.array("the header's length")?).into(),
            [2 | 3, 0] => u32::from_le_bytes(file.array("the header's length")?) as usize,
            [major, minor] => {
                return Err(file
                    .error()
                    .at(6)
                    .found(format!("version {major}.{minor}"))
                    .expected("1.0, 2.0 or 3.0")
                    .help("write the file with numpy.save"));
            }
        };
        let start = file.at;
        file.take(length, "the header")?;
        let mut text = Cursor::new("NPY data", &file.bytes[..start + length]);
        text.at = start;
        Parser { text }.dictionary()
    }

    /// Magic, version 1.0 and header: the bytes that NumPy writes.
    pub fn write(descr: &str, shape: &[usize]) -> Vec<u8> {
        let sizes: Vec<String> = shape.iter().map(usize::to_string).collect();
        let shape = match &sizes[..] {
            [size] => format!("({size},)"),
            sizes => format!("({})", sizes.join(", ")),
        };
        let mut text =
            format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}");
        // NumPy leaves room for the first size to grow to 21 digits in place, then fills up with
        // at least one space or the newline to a multiple of 64.
        if let Some(first) = sizes.first() {
            text.extend(std::iter::repeat_n(' ', 21 - first.len()));
        }
        let before = MAGIC.len() + 4;
        let padding = 64 - (before + text.len() + 1) % 64;
        text.extend(std::iter::repeat_n(' ', padding));
        text.push('\n');
        let mut bytes = MAGIC.to_vec();
        bytes.extend([1, 0]);
        bytes.extend((text.len() as u16).to_le_bytes());
        bytes.extend(text.bytes());
        bytes
    }
}

/// Reads the dictionary, token by token.
struct Parser<'a> {
    text: Cursor<'a>,
}

impl Parser<'_> {
    fn dictionary(&mut self) -> Result<Header> {
        let (mut descr, mut fortran_order, mut shape) = (None, None, None);
        self.expect(b'{')?;
        while !self.eat(b'}') {
            self.spaces();
            let at = self.text.at;
            let key = self.string()?;
            self.expect(b':')?;
            let again = match &key[..] {
                "descr" => descr.replace(self.descr()?).is_some(),
                "fortran_order" => fortran_order.replace(self.boolean()?).is_some(),
                "shape" => shape.replace(self.shape()?).is_some(),
                _ => return Err(self.fault(at, format!("the key {key:?}"), KEYS)),
            };
            if again {
                return Err(self.fault(at, format!("the key {key:?} a second time"), KEYS));
            }
            if !self.eat(b',') {
                self.expect(b'}')?;
                break;
            }
        }
        self.spaces();
        if !self.text.rest().is_empty() {
            return Err(self.unexpected("spaces and a newline up to the header's end"));
        }
        let at = self.text.at;
        match (descr, fortran_order, shape) {
            (Some(descr), Some(fortran_order), Some(shape)) => {
                Ok(Header { descr, fortran_order, shape })
            }
            _ => Err(self.fault(at, "the end of the header", KEYS)),
        }
    }

    /// An element type, as one of [`DESCRS`].
    fn descr(&mut self) -> Result<&'static str> {
        self.spaces();
        let at = self.text.at;
        if self.text.rest().first() == Some(&b'[') {
            return Err(self
                .fault(at, "a structured element type", "a plain one, such as '<f4'")
                .help("save each field of the array by itself"));
        }
        let descr = self.string()?;
        if let Some(&(known, _)) = DESCRS.iter().find(|&&(known, width)| {
            known == descr || (width == 1 && descr.strip_prefix(['<', '>']) == Some(&known[1..]))
        }) {
            return Ok(known);
        }
        let all = DESCRS.map(|(known, _)| known).join(" ");
        let fault = self.fault(at, format!("element type {descr:?}"), format!("one of {all}"));
        Err(match descr.strip_prefix('>') {
            Some(rest) => fault
                .help(format!("the numbers are big-endian: save array.astype('<{rest}') instead")),
            None => fault.help("convert the array with astype before saving it"),
        })
    }

    fn boolean(&mut self) -> Result<bool> {
        self.spaces();
        for (word, value) in [("True", true), ("False", false)] {
            if self.text.rest().starts_with(word.as_bytes()) {
                self.text.at += word.len();
                return Ok(value);
            }
        }
        Err(self.unexpected("True or False"))
    }

    /// A tuple of sizes: `()`, `(3,)`, `(3, 4)` or `(3, 4,)`.
    fn shape(&mut self) -> Result<Vec<usize>> {
        self.expect(b'(')?;
        let mut shape = Vec::new();
        while !self.eat(b')') {
            if shape.len() == MAX_RANK {
                return Err(self.unexpected("at most 64 dimensions, as a NumPy array has"));
            }
            shape.push(self.size()?);
            if !self.eat(b',') {
                if shape.len() == 1 {
                    return Err(self.unexpected("a comma: a tuple of one is written (3,)"));
                }
                self.expect(b')')?;
                break;
            }
        }
        Ok(shape)
    }

    fn size(&mut self) -> Result<usize> {
        self.spaces();
        let at = self.text.at;
        let digits = self.text.rest().iter().take_while(|byte| byte.is_ascii_digit()).count();
        let text = String::from_utf8_lossy(self.text.take(digits, "a size")?);
        match (&text[..], text.parse()) {
            ("", _) => Err(self.unexpected("a size")),
            (_, Ok(size)) if digits == 1 || !text.starts_with('0') => Ok(size),
            _ => Err(self.fault(at, format!("the size {text}"), "a size that fits a usize")),
        }
    }

    /// A string in single or double quotes, without escapes.
    fn string(&mut self) -> Result<String> {
        self.spaces();
        let quote = match self.text.rest().first() {
            Some(&quote @ (b'\'' | b'"')) => quote,
            _ => return Err(self.unexpected("a string in quotes")),
        };
        self.text.at += 1;
        let string = self.text.take_through(quote, "the string")?;
        Ok(String::from_utf8_lossy(&string[..string.len() - 1]).into_owned())
    }

    fn spaces(&mut self) {
        let spaces = self.text.rest().iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        self.text.at += spaces;
    }

    /// Takes `byte` if it is next.
    fn eat(&mut self, byte: u8) -> bool {
        self.spaces();
        let eaten = self.text.rest().first() == Some(&byte);
        self.text.at += usize::from(eaten);
        eaten
    }

    fn expect(&mut self, byte: u8) -> Result<()> {
        match self.eat(byte) {
            true => Ok(()),
            false => Err(self.unexpected(format!("{:?}", char::from(byte)))),
        }
    }

    fn unexpected(&self, expected: impl Into<String>) -> Error {
        let found = match self.text.rest().first() {
            Some(byte) => format!("'{}'", byte.escape_ascii()),
            None => "the end of the header".to_string(),
        };
        self.fault(self.text.at, found, expected)
    }

    fn fault(&self, at: usize, found: impl Into<String>, expected: impl Into<String>) -> Error {
        self.text
            .error()
            .at(at as u64)
            .found(found.into())
            .expected(expected.into())
            .help("write the file with numpy.save")
    }
}

const KEYS: &str = "each of 'descr', 'fortran_order' and 'shape' once";
