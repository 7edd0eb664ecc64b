//! `.npy`: any bytes, and headers that NumPy reads however they are spelt.
//!
//! What NumPy itself makes of the files that the fuzzer found is asked by `against_numpy.py`.

use crate::choices::Choices;
use longhand::ErrorKind;
use longhand::data::{Npy, NpyData};

pub fn check(data: &[u8]) {
    match data.split_first() {
        Some((b'S', decisions)) => spelt(&mut Choices::new(decisions)),
        _ => any(data),
    }
}

fn any(data: &[u8]) {
    let npy = match Npy::from_bytes(data) {
        Ok(npy) => npy,
        Err(error) => {
            assert!(error.offset().is_some_and(|at| at as usize <= data.len()), "{error}");
            return;
        }
    };
    // What is read was there: each element has its bytes, at the end of the file.
    let width = match npy.data() {
        NpyData::Bool(_) | NpyData::U8(_) | NpyData::I8(_) => 1,
        NpyData::U16(_) | NpyData::I16(_) => 2,
        NpyData::U32(_) | NpyData::I32(_) => 4,
        NpyData::F32(_) => 2, // or 4: half precision is read as single
        NpyData::U64(_) | NpyData::I64(_) | NpyData::F64(_) => 8,
    };
    assert!(npy.data().len() * width < data.len());
    come_back(&npy);
}

/// Written and read again it is itself, as bytes: a NaN is equal to nothing.
fn come_back(npy: &Npy) {
    let bytes = npy.to_bytes();
    let again = Npy::from_bytes(&bytes).expect("what was written");
    assert_eq!(again.shape(), npy.shape());
    assert_eq!(again.data().descr(), npy.data().descr());
    assert_eq!(again.to_bytes(), bytes);
    match npy.to_tensor::<f64>() {
        Ok(tensor) => {
            assert_eq!(*tensor.shape(), *npy.shape());
            assert_eq!((&tensor + &tensor).len(), npy.data().len());
        }
        Err(error) => {
            assert!(
                matches!(error.kind(), ErrorKind::Unsupported | ErrorKind::Mismatch),
                "{error}"
            );
        }
    }
}

/// A header as NumPy might have it, in any order, with any spaces, as Python 2 wrote it; and then one
/// mistake, or none.
fn spelt(choices: &mut Choices) {
    let (descr, width) = choices.pick(&[
        ("|b1", 1),
        ("?", 1),
        ("|u1", 1),
        ("<i1", 1),
        ("<u2", 2),
        (">i2", 2),
        ("u4", 4),
        ("=i4", 4),
        (">u8", 8),
        ("<i8", 8),
        ("<f2", 2),
        (">f4", 4),
        ("<f8", 8),
    ]);
    let rank = choices.below(4);
    let shape: Vec<usize> = (0..rank).map(|_| choices.below(4)).collect();
    let fortran = choices.flip();
    let file = Spelling { descr, shape: &shape, fortran, mistake: choices.below(11) };
    let count: usize = shape.iter().product();
    let (header, right) = file.write(choices);
    let mut bytes = b"\x93NUMPY".to_vec();
    match choices.below(3) {
        0 => {
            bytes.extend([1, 0]);
            bytes.extend((header.len() as u16).to_le_bytes());
        }
        version => {
            bytes.extend([1 + version as u8, 0]);
            bytes.extend((header.len() as u32).to_le_bytes());
        }
    }
    bytes.extend(header.bytes());
    // 0 and 1, which are numbers of every type and truth values too.
    let elements: Vec<u8> = (0..count * width).map(|_| choices.byte() % 2).collect();
    bytes.extend(&elements);

    match Npy::from_bytes(&bytes) {
        Ok(npy) => {
            assert!(right, "read: {header:?}");
            assert_eq!(npy.shape(), shape);
            placed(&npy, &elements, descr, width, fortran);
            come_back(&npy);
        }
        Err(error) => assert!(!right, "{header:?}: {error}"),
    }
}

/// Every element lies where the order of the file puts it.
fn placed(npy: &Npy, elements: &[u8], descr: &str, width: usize, fortran: bool) {
    let shape = npy.shape();
    let bytes = npy.to_bytes();
    let ours = &bytes[bytes.len() - npy.data().len() * npy_width(npy)..];
    for index in 0..npy.data().len() {
        let mut rest = index;
        let place: Vec<usize> = shape
            .iter()
            .rev()
            .map(|&size| {
                let at = rest % size;
                rest /= size;
                at
            })
            .collect(); // the last axis first
        let theirs = match fortran {
            true => place.iter().rev().zip(shape).rev().fold(0, |at, (i, size)| at * size + i),
            false => index,
        };
        let mut element = elements[theirs * width..(theirs + 1) * width].to_vec();
        if descr.starts_with('>') {
            element.reverse();
        }
        if descr.ends_with("f2") {
            continue; // another width: see the crate's own tests, which have every half there is
        }
        assert_eq!(ours[index * width..(index + 1) * width], element, "element {index}");
    }
}

fn npy_width(npy: &Npy) -> usize {
    let descr = npy.data().descr();
    usize::from(descr.as_bytes()[descr.len() - 1] - b'0')
}

struct Spelling<'a> {
    descr: &'a str,
    shape: &'a [usize],
    fortran: bool,
    mistake: usize,
}

impl Spelling<'_> {
    /// The header, and whether it is right.
    fn write(&self, choices: &mut Choices) -> (String, bool) {
        let mut right = true;
        let mut mistake = |number: usize| {
            let made = self.mistake == number;
            right &= !made;
            made
        };
        let space = |choices: &mut Choices| choices.pick(&["", " ", "\t", "\n", "  "]);
        let quoted = |choices: &mut Choices, text: &str| match choices.below(3) {
            0 => format!("'{text}'"),
            1 => format!("\"{text}\""),
            _ => format!("u'{text}'"),
        };
        let sizes: Vec<String> =
            self.shape.iter().map(|size| format!("{size}{}", choices.pick(&["", "L"]))).collect();
        let shape = match &sizes[..] {
            [] => "()".to_string(),
            [size] if mistake(1) => format!("({size})"),
            [size] => format!("({size},)"),
            sizes => format!("({}{})", sizes.join(","), choices.pick(&["", ",", " , "])),
        };
        let descr = if mistake(2) { "<c8" } else { self.descr };
        let boolean = match (mistake(3), mistake(9), self.fortran) {
            (true, ..) => "true",
            (_, true, _) => choices.pick(&["TrueFalse", "True False", "FalseTrue"]),
            (.., true) => "True",
            (.., false) => "False",
        };
        let descr_key = if mistake(4) { "Descr" } else { "descr" };
        let mut entries = vec![
            (descr_key, quoted(choices, descr)),
            ("fortran_order", boolean.to_string()),
            ("shape", shape),
        ];
        if mistake(5) {
            entries.pop();
        }
        if mistake(6) {
            entries.push(("shape", "()".to_string()));
        }
        let turn = choices.below(entries.len());
        entries.rotate_left(turn);
        let mut text = space(choices).to_string();
        text.push('{');
        for (number, (key, value)) in entries.iter().enumerate() {
            if number > 0 {
                text.push_str(if mistake(7) { ";" } else { "," });
            }
            let key = quoted(choices, key);
            let (before, after) = (space(choices), space(choices));
            text.push_str(&format!("{before}{key}{after}:{before}{value}{after}"));
        }
        text.push_str(choices.pick(&["}", ",}", ", }"]));
        if mistake(8) {
            text.push('}');
        }
        text.push_str(choices.pick(&["\n", "", "    \n"]));
        (text, right)
    }
}
