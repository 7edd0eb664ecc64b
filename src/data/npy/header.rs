//! The header of a `.npy` file: a Python dictionary of three entries.
//!
//! ```text
//! {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }
//! ```
//! NumPy evaluates it; here a small parser takes just what can stand there, in any order and with
//! any spacing, and nothing else. Python 2 wrote sizes as `3L` and text as `u'<f4'`.

use crate::data::cursor::Cursor;
use crate::data::scanner::Scanner;
use crate::{Error, ErrorKind, Result};

/// What these data are called in an error.
pub(super) const PLACE: &str = "NPY data";

/// The most dimensions NumPy gives an array.
pub(super) const MAX_RANK: usize = 64;

/// What every `.npy` file begins with.
pub(super) const MAGIC: [u8; 6] = *b"\x93NUMPY";

/// What an element can be.
#[derive(Clone, Copy)]
pub(super) enum Element {
    Bool,
    U8,
    I8,
    U16,
    I16,
    U32,
    I32,
    U64,
    I64,
    F16,
    F32,
    F64,
}

/// NumPy's names for them, without the byte order, and their widths in bytes.
const ELEMENTS: [(&str, Element, usize); 13] = [
    ("b1", Element::Bool, 1),
    ("?", Element::Bool, 1),
    ("u1", Element::U8, 1),
    ("i1", Element::I8, 1),
    ("u2", Element::U16, 2),
    ("i2", Element::I16, 2),
    ("u4", Element::U32, 4),
    ("i4", Element::I32, 4),
    ("u8", Element::U64, 8),
    ("i8", Element::I64, 8),
    ("f2", Element::F16, 2),
    ("f4", Element::F32, 4),
    ("f8", Element::F64, 8),
];

/// An element type as the header names it: `<f4`.
pub(super) struct Descr {
    /// What the elements are.
    pub element: Element,
    /// The width of an element, in bytes.
    pub width: usize,
    /// Whether the most significant byte comes first: `>`. Without a sign, and with `=`, which is
    /// for the order of the machine, it comes last, as on nearly every machine.
    pub big_endian: bool,
}

/// What the header says.
pub(super) struct Header {
    /// The type of the elements.
    pub descr: Descr,
    /// Whether the first index runs fastest (column-major, as in Fortran), and not the last.
    pub fortran_order: bool,
    /// The sizes of the dimensions, outermost first.
    pub shape: Vec<usize>,
}

impl Header {
    /// Reads magic, version and header, and leaves the cursor at the elements.
    pub(super) fn read(file: &mut Cursor) -> Result<Self> {
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
                    .help("is this a file written by numpy.save?"));
            }
        };
        let start = file.at;
        file.take(length, "the header")?;
        let mut text = Cursor::new(PLACE, &file.bytes[..start + length]);
        text.at = start;
        let help = "its header is none that NumPy writes: save the array again with numpy.save";
        Parser { text: Scanner::new(text, b" \t\n\x0c\r", help) }.dictionary()
    }

    /// Magic, version 1.0 and header: the bytes that NumPy writes.
    pub(super) fn write(descr: &str, shape: &[usize]) -> Vec<u8> {
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
    text: Scanner<'a>,
}

impl Parser<'_> {
    fn dictionary(&mut self) -> Result<Header> {
        let (mut descr, mut fortran_order, mut shape) = (None, None, None);
        self.text.expect(b'{', "'{'")?;
        while !self.text.eat(b'}') {
            let at = self.text.at();
            let key = self.string()?;
            self.text.expect(b':', "':'")?;
            let again = match &key[..] {
                "descr" => descr.replace(self.descr()?).is_some(),
                "fortran_order" => fortran_order.replace(self.boolean()?).is_some(),
                "shape" => shape.replace(self.shape()?).is_some(),
                _ => return Err(self.text.fault(at, format!("the key {key:?}"), KEYS)),
            };
            if again {
                return Err(self.text.fault(at, format!("the key {key:?} a second time"), KEYS));
            }
            if !self.text.eat(b',') {
                self.text.expect(b'}', "'}'")?;
                break;
            }
        }
        if self.text.peek().is_some() {
            return Err(self.text.unexpected("spaces and a newline up to the header's end"));
        }
        match (descr, fortran_order, shape) {
            (Some(descr), Some(fortran_order), Some(shape)) => {
                Ok(Header { descr, fortran_order, shape })
            }
            _ => Err(self.text.unexpected(KEYS)),
        }
    }

    fn descr(&mut self) -> Result<Descr> {
        self.text.spaces();
        let at = self.text.at();
        if self.text.peek() == Some(b'[') {
            return Err(unsupported(at)
                .found("a structured element type")
                .expected("a plain one, such as '<f4'")
                .help("save each field of the array by itself"));
        }
        let descr = self.string()?;
        let bare = descr.strip_prefix(['<', '>', '=', '|']).unwrap_or(&descr);
        match ELEMENTS.iter().find(|(name, ..)| *name == bare) {
            Some(&(_, element, width)) => {
                Ok(Descr { element, width, big_endian: descr.starts_with('>') })
            }
            None => Err(unsupported(at)
                .found(format!("element type {descr:?}"))
                .expected(format!("one of {}", ELEMENTS.map(|(name, ..)| name).join(" ")))
                .help("convert the array before saving it: array.astype('f4')")),
        }
    }

    fn boolean(&mut self) -> Result<bool> {
        if self.text.eat_word("True") {
            Ok(true)
        } else if self.text.eat_word("False") {
            Ok(false)
        } else {
            Err(self.text.unexpected("True or False"))
        }
    }

    /// A tuple of sizes: `()`, `(3,)`, `(3, 4)`, `(3, 4,)` or, from Python 2, `(3L, 4L)`.
    fn shape(&mut self) -> Result<Vec<usize>> {
        self.text.expect(b'(', "'('")?;
        let mut shape = Vec::new();
        while !self.text.eat(b')') {
            if shape.len() == MAX_RANK {
                return Err(self.text.unexpected("at most 64 dimensions, as a NumPy array has"));
            }
            shape.push(self.text.size()?);
            if self.text.rest().starts_with(b"L") {
                self.text.skip(1);
            }
            if !self.text.eat(b',') {
                if shape.len() == 1 {
                    return Err(self.text.unexpected("a comma: a tuple of one is written (3,)"));
                }
                self.text.expect(b')', "')'")?;
                break;
            }
        }
        Ok(shape)
    }

    /// A string in single or double quotes, without escapes.
    fn string(&mut self) -> Result<String> {
        let quote = match self.text.peek() {
            Some(b'u') => self.text.rest().get(1).copied(),
            first => first,
        };
        let Some(quote @ (b'\'' | b'"')) = quote else {
            return Err(self.text.unexpected("a string in quotes"));
        };
        self.text.take_through(quote, "the quote before the string")?;
        let string = self.text.take_through(quote, "the string")?;
        Ok(String::from_utf8_lossy(&string[..string.len() - 1]).into_owned())
    }
}

/// An error for an array that breaks no rule but is of a kind that is not read here.
fn unsupported(at: usize) -> Error {
    Error::new(ErrorKind::Unsupported, PLACE).at(at as u64)
}

const KEYS: &str = "each of 'descr', 'fortran_order' and 'shape' once";
