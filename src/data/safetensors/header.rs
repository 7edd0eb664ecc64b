//! The header of a safetensors file: JSON, of one form only.
//!
//! ```text
//! {"__metadata__": {"format": "pt"},
//!  "0.weight": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]},
//!  "0.bias":   {"dtype": "F32", "shape": [2],    "data_offsets": [24, 32]}}
//! ```
//! The offsets count from the header's end. Tensors must lie one after another without a gap, from
//! the first byte to the last, so that no two share bytes and none are hidden. What is accepted is
//! what the format's own library accepts, but for two things: a tensor of an unknown element type
//! does not keep the others from being read, and `[0, 2⁶³]` is no shape, since its strides
//! overflow.

use super::json::{Parser, quoted};
use crate::data::cursor::Cursor;
use crate::tensor::element_count;
use crate::{Error, ErrorKind, Result, Scalar, Tensor};
use std::collections::HashSet;
use std::ops::Range;

/// What these data are called in an error.
pub(super) const PLACE: &str = "safetensors data";

/// The longest header that is read, in bytes; the format's own library has the same limit.
const LONGEST: u64 = 100_000_000;

/// How many bits an element takes, for the types that the format's own library knows.
const BITS: [(&str, usize); 22] = [
    ("F4", 4),
    ("F6_E2M3", 6),
    ("F6_E3M2", 6),
    ("BOOL", 8),
    ("U8", 8),
    ("I8", 8),
    ("F8_E4M3", 8),
    ("F8_E5M2", 8),
    ("F8_E8M0", 8),
    ("F8_E4M3FNUZ", 8),
    ("F8_E5M2FNUZ", 8),
    ("I16", 16),
    ("U16", 16),
    ("F16", 16),
    ("BF16", 16),
    ("I32", 32),
    ("U32", 32),
    ("F32", 32),
    ("I64", 64),
    ("U64", 64),
    ("F64", 64),
    ("C64", 64),
];

/// What the header says of one tensor.
pub(super) struct Entry {
    /// What the tensor is called.
    pub name: String,
    /// Its element type, as the format calls it.
    pub dtype: String,
    /// Its sizes, outermost first.
    pub shape: Vec<usize>,
    /// Its bytes, counted from the header's end.
    pub place: Range<usize>,
    /// The byte of the file at which the header speaks of it.
    pub at: usize,
}

/// What the header says of the file.
pub(super) struct Header {
    /// All tensors, in the order of their bytes.
    pub entries: Vec<Entry>,
    /// The byte at which the header ends and the elements begin.
    pub end: usize,
}

impl Header {
    /// Reads the length and the header, and sees that the rest of the file is what it says.
    pub(super) fn read(file: &mut Cursor) -> Result<Self> {
        let length = u64::from_le_bytes(file.array("the header's length")?);
        if length > LONGEST {
            return Err(file
                .error()
                .at(0)
                .found(format!("a header of {length} bytes"))
                .expected(format!("at most {LONGEST}"))
                .help("is this a safetensors file?"));
        }
        file.take(length as usize, "the header")?;
        let end = file.at;
        let mut entries = entries(Parser::new(PLACE, &file.bytes[..end], 8)?)?;
        entries.sort_by_key(|entry| (entry.place.start, entry.place.end));
        let mut next = 0;
        for Entry { name, place, at, .. } in &entries {
            if place.start != next {
                return Err(fault(*at)
                    .found(format!("{name:?} in bytes {} to {}", place.start, place.end))
                    .expected(format!("it to begin at {next}, where the one before it ends")));
            }
            next = place.end;
        }
        match file.rest().len() {
            there if there < next => Err(fault(file.bytes.len())
                .found(format!("the end of the data after {there} bytes of elements"))
                .expected(format!("{next} bytes"))
                .help("the file was cut short or its header is wrong: copy or download it again")),
            there if there > next => Err(fault(end + next)
                .found(format!("{} bytes more", there - next))
                .expected(format!("the end of the data after {next} bytes of elements"))),
            _ => Ok(Self { entries, end }),
        }
    }

    /// Length and header for these tensors, which follow one another.
    pub(super) fn write<T: Scalar>(tensors: &[(&str, &Tensor<T>)]) -> Vec<u8> {
        let dtype = T::DTYPE.name();
        let mut start = 0;
        let mut entries = Vec::new();
        for (name, tensor) in tensors {
            let sizes: Vec<_> = tensor.shape().iter().map(usize::to_string).collect();
            let (sizes, end) = (sizes.join(","), start + size_of_val(tensor.data()));
            entries.push(format!(
                "{}:{{\"dtype\":\"{dtype}\",\"shape\":[{sizes}],\"data_offsets\":[{start},{end}]}}",
                quoted(name)
            ));
            start = end;
        }
        let mut header = format!("{{{}}}", entries.join(","));
        // Spaces, so that the elements begin at a multiple of 8.
        header.extend(std::iter::repeat_n(' ', header.len().next_multiple_of(8) - header.len()));
        let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
        bytes.extend(header.bytes());
        bytes
    }
}

fn entries(mut json: Parser) -> Result<Vec<Entry>> {
    let (mut entries, mut names) = (Vec::new(), HashSet::new());
    json.object(|json, name, at| {
        if !names.insert(name.clone()) {
            return Err(fault(at)
                .found(format!("the name {name:?} a second time"))
                .expected("each name once"));
        }
        if name == "__metadata__" {
            if json.null() {
                return Ok(());
            }
            return json.object(|json, _, _| json.string().map(drop));
        }
        entries.push(entry(json, name, at)?);
        Ok(())
    })?;
    json.end()?;
    Ok(entries)
}

fn entry(json: &mut Parser, name: String, at: usize) -> Result<Entry> {
    let (mut dtype, mut shape, mut offsets) = (None, None, None);
    json.object(|json, key, at| {
        let again = match &key[..] {
            "dtype" => dtype.replace(json.string()?).is_some(),
            "shape" => shape.replace(json.sizes()?).is_some(),
            "data_offsets" => offsets.replace(json.sizes()?).is_some(),
            _ => json.anything().map(|()| false)?, // a newer version may say more
        };
        match again {
            true => Err(fault(at).found(format!("the key {key:?} a second time")).expected(KEYS)),
            false => Ok(()),
        }
    })?;
    let (Some(dtype), Some(shape), Some(offsets)) = (dtype, shape, offsets) else {
        return Err(fault(at).found(format!("{name:?} without one of its keys")).expected(KEYS));
    };
    let place = place(&dtype, &shape, &offsets).map_err(|(found, expected)| {
        fault(at).found(format!("{name:?} {found}")).expected(expected)
    })?;
    Ok(Entry { name, dtype, shape, place, at })
}

/// Where the bytes of a tensor lie; or else what was found and what was expected.
fn place(
    dtype: &str,
    shape: &[usize],
    offsets: &[usize],
) -> std::result::Result<Range<usize>, (String, String)> {
    let at_offsets = || format!("at data_offsets {offsets:?}");
    let [start, end] = *offsets else {
        return Err((at_offsets(), "two of them: where it begins and where it ends".into()));
    };
    let Some(bytes) = end.checked_sub(start) else {
        return Err((at_offsets(), "the end not before the beginning".into()));
    };
    // A type that is not known takes what the offsets say, and so its neighbours can be read.
    let bits = BITS.iter().find(|(known, _)| *known == dtype).map(|(_, bits)| *bits);
    let count = element_count(shape);
    let Some(claimed) = count.and_then(|count| count.checked_mul(bits.unwrap_or(1))) else {
        let countable = "a shape that can be counted, sizes of 0 left aside";
        return Err((format!("of shape {shape:?}"), countable.into()));
    };
    match bits.is_none() || bytes.checked_mul(8) == Some(claimed) {
        true => Ok(start..end),
        false => {
            let claimed = claimed.div_ceil(8);
            let wanted =
                format!("[start, start + {claimed}], for {dtype} elements of shape {shape:?}");
            Err((at_offsets(), wanted))
        }
    }
}

fn fault(at: usize) -> Error {
    Error::new(ErrorKind::Format, PLACE)
        .at(at as u64)
        .help("write the file again, with safetensors or with save")
}

const KEYS: &str = "each of \"dtype\", \"shape\" and \"data_offsets\" once";
