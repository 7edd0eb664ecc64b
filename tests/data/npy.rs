//! Holds `.npy` reading and writing to what NumPy wrote, byte for byte.
//!
//! The frozen files are made by `golden/npy/generate.py`; `golden/npy/check.py` lets NumPy read ours.

use longhand::data::{Npy, NpyData, read_tensor, write_tensor};
use longhand::{ErrorKind, Tensor};
use std::path::{Path, PathBuf};

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/npy").join(name)
}

fn saved() -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> =
        golden("saved").read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(paths.len() >= 94, "{} files", paths.len());
    paths
}

/// The array that `count` in `generate.py` makes, from its definition.
fn expected(descr: &str, shape: &[usize]) -> NpyData {
    let size: usize = shape.iter().product();
    macro_rules! of {
        ($kind:ident, $count:expr, $special:expr) => {{
            let mut values: Vec<_> = (0..size).map($count).collect();
            let special = $special;
            if size >= 24 {
                values[size - special.len()..].copy_from_slice(&special);
            }
            NpyData::$kind(values)
        }};
    }
    match descr {
        "b1" => NpyData::Bool((0..size).map(|i| i % 2 == 1).collect()),
        "u1" => of!(U8, |i| i as u8, [u8::MIN, u8::MAX]),
        "i1" => of!(I8, |i| i as i8, [i8::MIN, i8::MAX]),
        "u2" => of!(U16, |i| i as u16, [u16::MIN, u16::MAX]),
        "i2" => of!(I16, |i| i as i16, [i16::MIN, i16::MAX]),
        "u4" => of!(U32, |i| i as u32, [u32::MIN, u32::MAX]),
        "i4" => of!(I32, |i| i as i32, [i32::MIN, i32::MAX]),
        "u8" => of!(U64, |i| i as u64, [u64::MIN, u64::MAX]),
        "i8" => of!(I64, |i| i as i64, [i64::MIN, i64::MAX]),
        "f4" => of!(
            F32,
            |i| (i as f64 / 3.0) as f32,
            [f32::NAN, f32::NEG_INFINITY, -0.0, f32::MAX, f32::from_bits(1)]
        ),
        _ => of!(
            F64,
            |i| i as f64 / 3.0,
            [f64::NAN, f64::NEG_INFINITY, -0.0, f64::MAX, f64::from_bits(1)]
        ),
    }
}

/// Elements from their definition, written by us, are NumPy's file; NumPy's file, read and written
/// again, is itself.
#[test]
fn our_bytes_are_those_of_numpy_save() {
    let out = std::env::var_os("LONGHAND_NPY").map(PathBuf::from);
    for path in saved() {
        let theirs = std::fs::read(&path).unwrap();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let (descr, sizes) = name.split_once('-').unwrap();
        let shape: Vec<usize> = match sizes.strip_prefix("rank") {
            Some(rank) => vec![1; rank.parse().unwrap()],
            None if sizes == "scalar" => vec![],
            None => sizes.split('x').map(|size| size.parse().unwrap()).collect(),
        };
        let ours = Npy::new(shape.clone(), expected(descr, &shape)).to_bytes();
        assert!(ours == theirs, "{name}");
        let read = Npy::read(&path).unwrap();
        assert_eq!(read.shape(), shape);
        assert!(read.to_bytes() == theirs, "{name}");
        if let Some(out) = &out {
            std::fs::write(out.join(path.file_name().unwrap()), ours).unwrap();
        }
    }
}

#[test]
fn tensors_go_to_files_and_come_back() {
    let path = std::env::temp_dir().join(format!("longhand-npy-{}.npy", std::process::id()));
    let single = Tensor::new([2, 3], vec![0.0_f32, -0.0, 1e-45, f32::MAX, 1.0 / 3.0, -2.5]);
    write_tensor(&path, &single).unwrap();
    let back = read_tensor::<f32>(&path).unwrap();
    assert_eq!(back.shape(), [2, 3]);
    let bits = |tensor: &Tensor<f32>| -> Vec<u32> {
        tensor.data().iter().map(|number| number.to_bits()).collect()
    };
    assert_eq!(bits(&back), bits(&single));
    // Wider is exact; narrower is to the nearest.
    assert_eq!(read_tensor::<f64>(&path).unwrap().data()[4], f64::from(1.0_f32 / 3.0));
    let double = Tensor::new([], vec![1.0_f64 / 3.0]);
    write_tensor(&path, &double).unwrap();
    assert_eq!(read_tensor::<f64>(&path).unwrap().data(), double.data());
    assert_eq!(read_tensor::<f32>(&path).unwrap().data(), [1.0_f32 / 3.0]);
    std::fs::remove_file(&path).unwrap();
    assert!(read_tensor::<f64>(&path).is_err());

    assert_eq!(read_tensor::<f32>(golden("saved/b1-5.npy")).unwrap().data(), [0., 1., 0., 1., 0.]);
    assert_eq!(read_tensor::<f64>(golden("saved/i4-scalar.npy")).unwrap().shape(), []);
}

#[test]
fn integers_are_exact_or_an_error() {
    assert!(NpyData::U8(vec![]).is_empty() && !NpyData::U8(vec![0]).is_empty());
    let to_f32 = |data| Npy::new(vec![1], data).to_tensor::<f32>();
    assert_eq!(to_f32(NpyData::I64(vec![1 << 62])).unwrap().data(), [4_611_686_018_427_387_904.0]);
    for lost in [i64::MAX, (1 << 53) + 1, (1 << 24) + 1] {
        let text = to_f32(NpyData::I64(vec![lost])).err().unwrap().to_string();
        assert!(text.contains(&format!("found element 0 is {lost}")), "{text}");
    }
    assert_eq!(to_f32(NpyData::U64(vec![1 << 63])).unwrap().data(), [9_223_372_036_854_775_808.0]);
    for lost in [u64::MAX, i64::MAX as u64 + 2] {
        let text = to_f32(NpyData::U64(vec![lost])).err().unwrap().to_string();
        assert!(text.contains(&format!("found element 0 is {lost}")), "{text}");
    }
    assert!(to_f32(NpyData::U32(vec![u32::MAX])).is_err());
    assert_eq!(to_f32(NpyData::U16(vec![u16::MAX])).unwrap().data(), [65535.0]);
    let wide = Npy::new(vec![2], NpyData::I64(vec![1 << 53, i64::MAX]));
    let text = wide.to_tensor::<f64>().err().unwrap().to_string();
    assert!(text.contains("element 1 is 9223372036854775807, expected an integer that f64"));
    let error = read_tensor::<f32>(golden("saved/u1-rank15.npy")).err().unwrap();
    assert!(error.to_string().contains("rank15.npy: NPY data: found 15 dimensions"), "{error}");
}

#[test]
fn column_major_arrays_are_turned() {
    let fortran = Npy::read(golden("other/fortran-f4-2x3x4.npy")).unwrap();
    let ordinary = Npy::read(golden("saved/f4-2x3x4.npy")).unwrap();
    assert_eq!(fortran.shape(), [2, 3, 4]);
    assert_eq!(fortran.to_bytes(), ordinary.to_bytes()); // bytes, since one element is NaN
    let fortran = Npy::read(golden("other/fortran-i2-5x4.npy")).unwrap();
    assert_eq!(fortran, Npy::new(vec![5, 4], NpyData::I16((0..20).collect())));
}

#[test]
fn versions_one_to_three_are_read() {
    let values = NpyData::F64((0..6).map(f64::from).collect());
    for version in 1..=3 {
        let read = Npy::read(golden(&format!("other/version{version}.npy"))).unwrap();
        assert_eq!(read, Npy::new(vec![2, 3], values.clone()), "version {version}");
    }
}

#[test]
fn element_types_that_are_not_ours_say_what_to_do() {
    for (name, words) in [
        (
            "complex",
            "found element type \"<c8\", expected one of b1 ? u1 i1 u2 i2 u4 i4 u8 i8 f2 f4 f8\n  help: convert the array before saving it: array.astype('f4')",
        ),
        ("text", "found element type \"<U2\""),
        ("objects", "found element type \"|O\""),
        ("structured", "byte 20: found a structured element type"),
    ] {
        let error = Npy::read(golden(&format!("other/{name}.npy"))).unwrap_err();
        assert_eq!((error.offset(), error.kind()), (Some(20), ErrorKind::Unsupported));
        let text = error.to_string();
        assert!(text.contains(&format!("{name}.npy: NPY data, byte 20: ")), "{text}");
        assert!(text.contains(words) && text.contains("\n  help: "), "{text}");
    }
}

#[test]
fn both_byte_orders_are_read() {
    for descr in ["u2", "i2", "u4", "i4", "u8", "i8", "f4", "f8"] {
        let big = Npy::read(golden(&format!("other/big-{descr}-2x3x4.npy"))).unwrap();
        let little = std::fs::read(golden(&format!("saved/{descr}-2x3x4.npy"))).unwrap();
        assert!(big.to_bytes() == little, "{descr}"); // bytes, since one element may be NaN
    }
}

#[test]
fn half_precision_numbers_are_read_exactly() {
    for name in ["half", "big-half"] {
        let half = Npy::read(golden(&format!("other/{name}.npy"))).unwrap();
        let NpyData::F32(numbers) = half.data() else { panic!("{name} is no F32") };
        let exact = [0.0, -0.0, 1365.0 / 4096.0, -65504.0, 1.0 / 16_777_216.0, 1.0 / 16384.0];
        let bits = |numbers: &[f32]| numbers.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&numbers[..7]), bits(&[&exact[..], &[f32::INFINITY]].concat()));
        assert!(numbers[7].is_nan() && numbers.len() == 8);
        assert_eq!(half.data().descr(), "<f4");
    }
    // All that there are, from their definition.
    let all: Vec<u8> = (0..=u16::MAX).flat_map(u16::to_le_bytes).collect();
    let header = "{'descr': '<f2', 'fortran_order': False, 'shape': (65536,), }";
    let (_, data) = Npy::from_bytes(&file(header, &all)).unwrap().into_parts();
    let NpyData::F32(numbers) = data else { panic!("no F32") };
    for (bits, number) in (0..=u16::MAX).zip(numbers) {
        let (exponent, fraction) = (i32::from(bits >> 10 & 31), f64::from(bits & 1023) / 1024.0);
        let magnitude = match exponent {
            0 => fraction * 2_f64.powi(-14),
            31 if fraction > 0.0 => f64::NAN,
            31 => f64::INFINITY,
            _ => (1.0 + fraction) * 2_f64.powi(exponent - 15),
        };
        assert!(f64::from(number).abs() == magnitude || magnitude.is_nan() && number.is_nan());
        assert_eq!(number.is_sign_negative(), bits >= 0x8000, "{bits:#06x}");
    }
}

/// What NumPy 2.4 reads and `numpy.save` of today does not write: sizes and text of Python 2, the
/// order of the machine, no order at all.
#[test]
fn headers_by_other_hands_are_read() {
    let elements: Vec<u8> = (0..12).flat_map(|i| (i as f32).to_le_bytes()).collect();
    for header in [
        "{'descr': '<f4', 'fortran_order': False, 'shape': (3L, 4L), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (12L,), }",
        "{'descr': u'<f4', u'fortran_order': False, 'shape': (3L, 4), }",
        "{'descr': '=f4', 'fortran_order': False, 'shape': (3, 4), }",
        "{'descr': '|f4', 'fortran_order': False, 'shape': (3, 4), }",
        "{'descr': 'f4', 'fortran_order': False, 'shape': (3, 4), }",
    ] {
        let read = Npy::from_bytes(&file(header, &elements)).unwrap();
        assert_eq!(*read.data(), NpyData::F32((0..12).map(|i| i as f32).collect()), "{header}");
    }
    for descr in ["?", "|b1", "<b1", "=?", ">b1", "b1"] {
        let header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': (2,), }}");
        let read = Npy::from_bytes(&file(&header, &[0, 1])).unwrap();
        assert_eq!(*read.data(), NpyData::Bool(vec![false, true]), "{descr}");
    }
    let header = "{'descr': '>u2', 'fortran_order': False, 'shape': (2,), }";
    let read = Npy::from_bytes(&file(header, &[1, 2, 255, 0])).unwrap();
    assert_eq!(*read.data(), NpyData::U16(vec![0x0102, 0xFF00]));
}

/// A size of 0 leaves no element, but the strides of such a shape would wrap all the same.
#[test]
fn shapes_that_cannot_be_counted_are_an_error_wherever_the_zero_stands() {
    let (most, root) = (usize::MAX, 1_usize << (usize::BITS / 2));
    for shape in [
        format!("({most}, 2, 0)"),
        format!("(0, {most}, 2)"),
        format!("({root}, 0, {root})"),
        format!("({}, 0)", isize::MIN.unsigned_abs()),
        format!("({root}, {root})"),
    ] {
        let header = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}");
        let error = Npy::from_bytes(&file(&header, &[])).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("expected sizes whose product can be counted"), "{text}");
        assert_eq!(error.kind(), ErrorKind::Format);
    }
    let shape = format!("({}, 0)", isize::MAX);
    let header = format!("{{'descr': '<f4', 'fortran_order': True, 'shape': {shape}, }}");
    let empty = Npy::from_bytes(&file(&header, &[])).unwrap().to_tensor::<f32>().unwrap();
    assert!((&empty + &empty).data().is_empty());
}

/// A version 1 file with this header and these elements.
fn file(header: &str, elements: &[u8]) -> Vec<u8> {
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.bytes());
    bytes.extend(elements);
    bytes
}

#[test]
fn any_order_quotes_and_spacing_of_the_header_will_do() {
    for header in [
        "{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }\n",
        "{'shape':(2,),'descr':'|u1','fortran_order':True}",
        "  { \"fortran_order\" : False ,\n\t'shape' : ( 2 , ) , 'descr' : \"<u1\" }  \n",
        "{'descr': '>u1', 'fortran_order': False, 'shape': (2,)}\n",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (1, 2)}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 1,)}",
    ] {
        let read = Npy::from_bytes(&file(header, &[3, 4]));
        assert_eq!(*read.unwrap().data(), NpyData::U8(vec![3, 4]), "{header}");
    }
}

#[test]
fn anything_else_in_the_header_is_an_error_that_points_at_it() {
    for (header, at, words) in [
        ("", 0, "found the end of the header, expected '{'"),
        (
            "{'descr': '|u1', 'fortran_order': False}",
            40,
            "found the end of the header, expected each of",
        ),
        ("{}", 2, "expected each of 'descr', 'fortran_order' and 'shape' once"),
        ("{'descr': '|u1', 'descr': '|u1'}", 17, "found the key \"descr\" a second time"),
        ("{'shape': (2,), 'color': 1}", 16, "found the key \"color\""),
        ("{'shape': (2), }", 12, "found ')', expected a comma"),
        ("{'shape': [2]}", 10, "found '[', expected '('"),
        ("{'shape': (-2,)}", 11, "found '-', expected a size"),
        ("{'shape': (2.5,)}", 12, "found '.', expected a comma"),
        ("{'shape': (007,)}", 11, "found the size 007, expected no zeros in front"),
        (
            "{'shape': (99999999999999999999,)}",
            11,
            "the size 99999999999999999999, expected at most",
        ),
        ("{'shape': (1,,)}", 13, "found ',', expected a size"),
        ("{'fortran_order': 0}", 18, "found '0', expected True or False"),
        ("{'fortran_order': TrueFalse}", 22, "found 'F', expected '}'"),
        ("{'fortran_order': True False}", 23, "found 'F', expected '}'"),
        ("{'fortran_order': FalseTrue}", 23, "found 'T', expected '}'"),
        ("{'descr' '|u1'}", 9, "found '\\'', expected ':'"),
        ("{descr: 1}", 1, "found 'd', expected a string in quotes"),
        ("{'descr", 7, "found the end of the data"),
        ("{u", 1, "found 'u', expected a string in quotes"),
        ("{'shape': (2LL,)}", 13, "found 'L', expected a comma"),
        ("{'shape': (L,)}", 11, "found 'L', expected a size"),
        ("{'shape': (2 L,)}", 13, "found 'L', expected a comma"),
        (
            "{'descr': '|u1', 'fortran_order': False, 'shape': (2,), } x",
            58,
            "found 'x', expected spaces",
        ),
        ("{'descr': '\u{e9}4', }", 10, "found element type"),
        ("\0", 0, "found '\\x00', expected '{'"),
    ] {
        let error = Npy::from_bytes(&file(header, &[3, 4])).unwrap_err();
        let text = error.to_string();
        assert_eq!(error.offset(), Some(10 + at), "{text}");
        assert!(text.contains(words) && text.contains("help: "), "{header}: {text}");
    }
    let many = format!("{{'shape': ({}), }}", "1,".repeat(65));
    let text = Npy::from_bytes(&file(&many, &[])).unwrap_err().to_string();
    assert!(text.contains("expected at most 64 dimensions"), "{text}");
    let text = Npy::from_bytes(&file(
        "{'descr': '|b1', 'fortran_order': False, 'shape': (2,), }",
        &[1, 2],
    ));
    let text = text.unwrap_err().to_string();
    assert!(text.contains("byte 68: found byte 0x02 in an array of bool"), "{text}");
}

#[test]
fn a_file_cut_anywhere_or_too_long_says_so() {
    for name in ["saved/f8-2x3.npy", "other/version3.npy"] {
        let bytes = std::fs::read(golden(name)).unwrap();
        for cut in 0..bytes.len() {
            let error = Npy::from_bytes(&bytes[..cut]).unwrap_err();
            assert_eq!(error.offset(), Some(cut as u64), "{error}");
            let text = error.to_string();
            assert!(text.contains(&format!("NPY data, byte {cut}: found the end of the data")));
        }
        let error = Npy::from_bytes(&[&bytes[..], &[0]].concat()).unwrap_err();
        assert_eq!(error.offset(), Some(bytes.len() as u64));
        assert!(error.to_string().contains("found 1 bytes more"), "{error}");
        // As when numpy.save is called twice on one open file: NumPy itself reads the first alone.
        let error = Npy::from_bytes(&[&bytes[..], &bytes[..]].concat()).unwrap_err();
        assert_eq!(error.offset(), Some(bytes.len() as u64));
        assert!(error.to_string().contains("found another array"), "{error}");
        assert!(error.to_string().contains("help: save each array in a file of its own"));
    }
}

#[test]
fn any_header_byte_changed_is_an_error_or_another_true_reading() {
    let bytes = std::fs::read(golden("saved/i4-2x3.npy")).unwrap();
    let header = bytes.len() - 24;
    let mut refused = 0;
    for at in 0..header {
        for xor in 1..=255 {
            let mut changed = bytes.clone();
            changed[at] ^= xor;
            match Npy::from_bytes(&changed) {
                Ok(read) => assert!(read.data().len() == 6, "byte {at}"),
                Err(error) => {
                    assert!(error.offset().unwrap() <= bytes.len() as u64);
                    refused += 1;
                }
            }
        }
    }
    assert!(refused > 20_000, "{refused}");
}
