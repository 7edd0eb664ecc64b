//! The header of a safetensors file: JSON, of one form only.
//!
//! ```text
//! {"__metadata__": {"format": "pt"},
//!  "0.weight": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]},
//!  "0.bias":   {"dtype": "F32", "shape": [2],    "data_offsets": [24, 32]}}
//! ```
//! The offsets count from the header's end. Tensors must lie one after another without a gap,
//! from the first byte to the last, so that no two share bytes and none are hidden.

use super::json::{Parser, quoted};
use crate::data::convert::count;
use crate::data::cursor::Cursor;
use crate::{Error, ErrorKind, Result, Scalar, Tensor};
use std::collections::HashSet;
use std::ops::Range;

/// What these data are called in an error.
pub(super) const PLACE: &str = "safetensors data";

/// Headers longer than this are refused, as everywhere.
const LONGEST: u64 = 100_000_000;

/// The element types whose width is known here, in bytes.
const DTYPES: [(&str, usize); 14] = [
    ("BOOL", 1),
    ("U8", 1),
    ("I8", 1),
    ("F8_E4M3", 1),
    ("F8_E5M2", 1),
    ("I16", 2),
    ("U16", 2),
    ("F16", 2),
    ("BF16", 2),
    ("I32", 4),
    ("U32", 4),
    ("F32", 4),
    ("I64", 8),
    ("F64", 8),
];

/// What the header says of one tensor.
pub(super) struct Entry {
    pub name: String,
    pub dtype: &'static str,
    pub shape: Vec<usize>,
    /// Its bytes, counted from the header's end.
    pub place: Range<usize>,
    /// Where the file speaks of it.
    pub at: usize,
}

/// All tensors in the order of their bytes, and where the header ends.
pub(super) struct Header {
    pub entries: Vec<Entry>,
    pub end: usize,
}

impl Header {
    /// Reads the length and the header, and sees that the rest of the file is what it says.
    pub fn read(file: &mut Cursor) -> Result<Self> {
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
    pub fn write<T: Scalar>(tensors: &[(&str, &Tensor<T>)]) -> Vec<u8> {
        let (dtype, mut start) = (T::NAME.to_uppercase(), 0);
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
            _ => return Err(fault(at).found(format!("the key {key:?}")).expected(KEYS)),
        };
        match again {
            true => Err(fault(at).found(format!("the key {key:?} a second time")).expected(KEYS)),
            false => Ok(()),
        }
    })?;
    let (Some(dtype), Some(shape), Some(offsets)) = (dtype, shape, offsets) else {
        return Err(fault(at).found(format!("{name:?} without one of its keys")).expected(KEYS));
    };
    let Some(&(dtype, width)) = DTYPES.iter().find(|(known, _)| *known == dtype) else {
        let known = DTYPES.map(|(known, _)| known).join(" ");
        return Err(fault(at)
            .found(format!("{name:?} of element type {dtype:?}"))
            .expected(format!("one of {known}")));
    };
    let claimed = count(&shape).and_then(|count| count.checked_mul(width));
    match offsets[..] {
        [start, end] if end.checked_sub(start).is_some_and(|bytes| Some(bytes) == claimed) => {
            Ok(Entry { name, dtype, shape, place: start..end, at })
        }
        _ => Err(fault(at).found(format!("{name:?} at data_offsets {offsets:?}")).expected(
            match claimed {
                Some(bytes) => {
                    format!("[start, start + {bytes}], for {dtype} elements of shape {shape:?}")
                }
                None => format!("a shape that can be counted, not {shape:?}"),
            },
        )),
    }
}

fn fault(at: usize) -> Error {
    Error::new(ErrorKind::Format, PLACE)
        .at(at as u64)
        .help("write the file again, with safetensors or with save")
}

const KEYS: &str = "each of \"dtype\", \"shape\" and \"data_offsets\" once";
