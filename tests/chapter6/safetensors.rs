//! Broken safetensors files, and unusual ones that are whole.

use super::saving::bytes_of;
use longhand::data::Safetensors;
use longhand::{ErrorKind, Tensor};

/// A file with this header and so many bytes of elements.
fn file(header: &str, elements: usize) -> Vec<u8> {
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend(header.bytes());
    bytes.resize(bytes.len() + elements, 0);
    bytes
}

#[track_caller]
fn refused(bytes: Vec<u8>, at: u64, words: &str) {
    let error = Safetensors::from_bytes(bytes).expect_err("an error");
    let text = error.to_string();
    assert!(text.contains(words), "{words:?} is not in: {text}");
    assert_eq!(error.offset(), Some(at), "{text}");
    assert!(text.contains("safetensors data") && text.contains("expected"), "{text}");
    assert!(text.contains("help: "), "{text}");
}

#[test]
fn a_file_cut_anywhere_or_too_long_says_so() {
    let bytes = bytes_of("floats.safetensors");
    for cut in 0..bytes.len() {
        refused(bytes[..cut].to_vec(), cut as u64, "found the end of the data");
    }
    refused([&bytes[..], &[0]].concat(), bytes.len() as u64, "found 1 bytes more");
}

#[test]
fn it_prints_as_a_list_of_its_tensors() {
    let zeros = Tensor::<f32>::zeros([2, 3]);
    let file = Safetensors::from_bytes(Safetensors::to_bytes([("weight", &zeros)])).unwrap();
    assert_eq!(format!("{file:?}"), "{\"weight\": \"F32 [2, 3]\"}");
}

#[test]
fn lengths_without_measure_get_nothing() {
    for length in [100_000_001, 1 << 40, u64::MAX] {
        let bytes = [&u64::to_le_bytes(length)[..], b"{}"].concat();
        refused(bytes, 0, &format!("found a header of {length} bytes"));
    }
    let longest = [&u64::to_le_bytes(100_000_000)[..], b"{}"].concat();
    refused(longest, 10, "found the end of the data");
}

/// An entry of one tensor.
fn entry(name: &str, dtype: &str, shape: &str, offsets: &str) -> String {
    format!(r#""{name}":{{"dtype":"{dtype}","shape":{shape},"data_offsets":{offsets}}}"#)
}

#[test]
fn sizes_and_places_must_be_right() {
    let one = |dtype, shape: &str, offsets| format!("{{{}}}", entry("a", dtype, shape, offsets));
    assert!(Safetensors::from_bytes(file(&one("F32", "[2,3]", "[0,24]"), 24)).is_ok());
    let most = usize::MAX;
    for (header, words) in [
        (one("F32", "[2,3]", "[0,20]"), "\"a\" at data_offsets [0, 20]"),
        (one("F64", "[2,3]", "[0,24]"), "expected [start, start + 48], for F64"),
        (one("F32", "[2,3]", "[24,0]"), "data_offsets [24, 0]"),
        (one("F32", "[2,3]", "[0,24,48]"), "data_offsets [0, 24, 48], expected two of them"),
        (one("F32", "[2,3]", "[]"), "data_offsets []"),
        (one("F32", &format!("[{most},{most}]"), "[0,24]"), "a shape that can be counted"),
        (one("F32", &format!("[{most},2,0]"), "[0,0]"), "a shape that can be counted"),
        (one("F32", &format!("[0,{most},2]"), "[0,0]"), "a shape that can be counted"),
        (one("NEW", &format!("[0,{most},2]"), "[0,24]"), "a shape that can be counted"),
        (one("F64", &format!("[{}]", most / 8 + 1), "[0,24]"), "a shape that can be counted"),
        (one("F4", "[2,3]", "[0,24]"), "expected [start, start + 3], for F4"),
        (one("F4", "[3]", "[0,1]"), "\"a\" at data_offsets [0, 1]"),
        (one("F6_E2M3", "[4]", "[0,4]"), "expected [start, start + 3], for F6_E2M3"),
        (one("NEW", "[2,3]", "[24,0]"), "expected the end not before the beginning"),
        (one("NEW", "[2,3]", "[4,24]"), "\"a\" in bytes 4 to 24, expected it to begin at 0"),
        (one("F32", "[2,3]", "[4,28]"), "\"a\" in bytes 4 to 28, expected it to begin at 0"),
    ] {
        refused(file(&header, 24), 9, words);
    }
    let two = |a: &str, b: &str| {
        let (a, b) = (entry("a", "F32", "[2]", a), entry("b", "F32", "[2]", b));
        (format!("{{{a},{b}}}"), 10 + a.len() as u64)
    };
    let (gap, at) = two("[0,8]", "[12,20]");
    refused(file(&gap, 20), at, "\"b\" in bytes 12 to 20, expected it to begin at 8");
    let (overlap, at) = two("[0,8]", "[4,12]");
    refused(file(&overlap, 12), at, "\"b\" in bytes 4 to 12, expected it to begin at 8");
    let (same, at) = two("[0,8]", "[0,8]");
    refused(file(&same, 8), at, "\"b\" in bytes 0 to 8, expected it to begin at 8");
    let (turned, _) = two("[8,16]", "[0,8]");
    let turned = Safetensors::from_bytes(file(&turned, 16)).unwrap();
    assert_eq!(turned.names().collect::<Vec<_>>(), ["b", "a"]);
    // Tensors without elements share their place with the next.
    let empty =
        format!("{{{},{}}}", entry("z", "F32", "[1]", "[0,4]"), entry("e", "F32", "[0]", "[0,0]"));
    assert!(Safetensors::from_bytes(file(&empty, 4)).is_ok());
    assert_eq!(Safetensors::from_bytes(file("{}", 0)).unwrap().names().count(), 0);
}

/// Each type that is read, from bytes written down here; a type that is not is in nobody's way.
#[test]
fn a_type_that_is_not_read_leaves_the_others_readable() {
    let read = |dtype: &str, count: usize, bytes: &[u8]| {
        let end = bytes.len();
        let header = format!(
            "{{{},{}}}",
            entry("x", dtype, &format!("[{count}]"), &format!("[0,{end}]")),
            entry("w", "F32", "[2]", &format!("[{end},{}]", end + 8)),
        );
        let w = [1.5_f32.to_le_bytes(), (-2.0_f32).to_le_bytes()].concat();
        let file = Safetensors::from_bytes([&file(&header, 0)[..], bytes, &w].concat()).unwrap();
        assert_eq!(file.tensor::<f32>("w").unwrap().data(), [1.5, -2.0], "{dtype}");
        assert_eq!(file.dtype("x"), Some(dtype));
        file.tensor::<f64>("x").map(|x| x.data().to_vec())
    };
    for (dtype, bytes, numbers) in [
        ("BOOL", &[0, 1][..], [0.0, 1.0]),
        ("U8", &[0, 255], [0.0, 255.0]),
        ("I8", &[128, 127], [-128.0, 127.0]),
        ("U16", &[1, 2, 255, 255], [513.0, 65535.0]),
        ("I16", &[1, 2, 255, 255], [513.0, -1.0]),
        ("U32", &[0, 0, 0, 128, 1, 0, 0, 0], [2_147_483_648.0, 1.0]),
        ("I32", &[0, 0, 0, 128, 1, 0, 0, 0], [-2_147_483_648.0, 1.0]),
        ("U64", &[0, 0, 0, 0, 0, 0, 0, 128, 1, 0, 0, 0, 0, 0, 0, 0], [2_f64.powi(63), 1.0]),
        ("I64", &[0, 0, 0, 0, 0, 0, 0, 128, 1, 0, 0, 0, 0, 0, 0, 0], [-(2_f64.powi(63)), 1.0]),
        ("F16", &[0, 0x3E, 0, 0xC0], [1.5, -2.0]),
        ("BF16", &[0xC0, 0x3F, 0, 0xC0], [1.5, -2.0]),
    ] {
        assert_eq!(read(dtype, 2, bytes).unwrap(), numbers, "{dtype}");
    }
    for (dtype, count, bytes) in [
        ("C64", 2, 16),
        ("F8_E4M3", 2, 2),
        ("F8_E5M2", 2, 2),
        ("F8_E8M0", 2, 2),
        ("F8_E4M3FNUZ", 2, 2),
        ("F8_E5M2FNUZ", 2, 2),
        ("F6_E2M3", 4, 3),
        ("F6_E3M2", 4, 3),
        ("F4", 4, 2),
        ("OF_TOMORROW", 5, 7),
    ] {
        let error = read(dtype, count, &vec![0; bytes]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        let text = error.to_string();
        assert!(text.contains(&format!("tensor \"x\", byte 9: found elements of type {dtype}")));
        assert!(text.contains("help: convert the tensor before saving it"), "{text}");
    }
    let text = read("U64", 2, &[255; 16]).unwrap_err().to_string();
    assert!(text.contains("element 0 is 18446744073709551615"), "{text}");
}

#[test]
fn anything_else_in_the_header_is_an_error_that_points_at_it() {
    let good = entry("a", "F32", "[]", "[0,4]");
    let twice = format!("{{{good},{good}}}");
    let second = good.len() + 2;
    let trailing = format!("{{{good}}} x");
    for (header, at, words) in [
        ("", 0, "found the end of the header, expected an object"),
        ("[]", 0, "found '[', expected an object"),
        (&twice, second, "the name \"a\" a second time"),
        (&trailing, good.len() + 3, "found 'x', expected the end of the header"),
        ("{,}", 1, "found ',', expected a string"),
        ("{\"a\"", 4, "found the end of the header, expected ':'"),
        ("{\"a\":1}", 5, "found '1', expected an object"),
        ("{\"a\":{}}", 1, "without one of its keys"),
        ("{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\"}}", 20, "the key \"dtype\" a second time"),
        ("{\"a\":{\"colour\":1}}", 1, "\"a\" without one of its keys"),
        ("{\"a\":{\"colour\":}}", 15, "found '}', expected a value"),
        ("{\"a\":{\"colour\":[1,]}}", 18, "found ']', expected a value"),
        ("{\"a\":{\"colour\":[1 2]}}", 18, "found '2', expected ',' or ']'"),
        ("{\"a\":{\"colour\":{\"b\":1 \"c\"}}}", 22, "expected ',' or '}'"),
        ("{\"a\":{\"colour\":{1:2}}}", 16, "found '1', expected a string"),
        ("{\"a\":{\"colour\":-x}}", 16, "found 'x', expected a digit"),
        ("{\"a\":{\"colour\":012}}", 18, "expected a number without zeros in front"),
        ("{\"a\":{\"colour\":1.}}", 17, "found '}', expected a digit"),
        ("{\"a\":{\"colour\":1e}}", 17, "found '}', expected a digit"),
        ("{\"a\":{\"colour\":nul}}", 15, "found 'n', expected a value"),
        ("{\"__metadata__\":nul}", 16, "found 'n', expected an object"),
        ("{\"a\":{\"dtype\":7}}", 14, "found '7', expected a string"),
        ("{\"a\":{\"shape\":[-1]}}", 15, "found '-', expected a size"),
        ("{\"a\":{\"shape\":[1.5]}}", 16, "found '.', expected ',' or ']'"),
        ("{\"a\":{\"shape\":[01]}}", 15, "found the size 01, expected no zeros in front"),
        ("{\"a\":{\"shape\":[1,]}}", 17, "found ']', expected a size"),
        (
            "{\"a\":{\"shape\":[99999999999999999999]}}",
            15,
            "the size 99999999999999999999, expected at most",
        ),
        ("{\"a\":{\"shape\":2}}", 14, "found '2', expected a list"),
        ("{\"a", 3, "found the end of the header, expected the string to go on"),
        ("{\"a\n\":{}}", 3, "found '\\n', expected the string to go on"),
        ("{\"\\x\":{}}", 2, "an unknown escape"),
        ("{\"\\u12g4\":{}}", 4, "expected four hexadecimal digits"),
        ("{\"\\ud834\":{}}", 2, "half of a character"),
        ("{\"\\ud834\\u0041\":{}}", 2, "half of a character"),
        ("{\"\\udd1e\":{}}", 2, "half of a character"),
        ("{\"__metadata__\":{\"a\":1}}", 21, "found '1', expected a string"),
        ("{\"__metadata__\":[]}", 16, "found '[', expected an object"),
        ("{\"__metadata__\":{},\"__metadata__\":{}}", 19, "a second time"),
        ("\0", 0, "found '\\x00', expected an object"),
    ] {
        refused(file(header, 4), 8 + at as u64, words);
    }
    let mut bytes = file("{\"abc\":{}}", 0);
    bytes[11] = 0xff;
    refused(bytes, 11, "found '\\xff', expected UTF-8 text");
    // Depth is nothing: a value that is not asked for is passed over without recursion.
    let deep = format!("{}{}", "[{\"x\":".repeat(100_000), "1");
    refused(file(&format!("{{\"a\":{{\"b\":{deep}"), 0), 8 + 10 + 600_001, "expected ',' or '}'");
    let deep = format!("{{\"a\":{}", "{\"shape\":[[".repeat(1000));
    refused(file(&deep, 0), 8 + 15, "found '[', expected a size");
}

#[test]
fn space_order_escapes_and_metadata_do_not_matter() {
    for header in [
        " { \"a\\/\\u0062\" : { \"shape\" : [ 1 , 2 ] ,\n\t\"data_offsets\":[0, 8],\"dtype\":\"F32\" } }\r\n ",
        "{\"__metadata__\":{\"format\":\"pt\",\"x\":\"\\ud834\\udd1e\"},\"a/b\":{\"dtype\":\"F32\",\
         \"shape\":[1,2],\"data_offsets\":[0,8]}}",
        "{\"__metadata__\": null ,\"a/b\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[0,8],\
         \"note\":[{},[],{\"x\":[-0.5e+3,true,\"]\"],\"y\":null},false,0]}}",
    ] {
        let read = Safetensors::from_bytes(file(header, 8)).unwrap();
        assert_eq!(read.tensor::<f32>("a/b").unwrap(), Tensor::zeros([1, 2]), "{header}");
    }
    let rank9 = format!("{{{}}}", entry("a", "F32", "[1,1,1,1,1,1,1,1,1]", "[0,4]"));
    let file = Safetensors::from_bytes(file(&rank9, 4)).unwrap();
    let text = file.tensor::<f32>("a").unwrap_err().to_string();
    assert!(text.contains("found 9 dimensions"), "{text}");
}

#[test]
fn any_byte_changed_is_an_error_or_another_true_reading() {
    let bytes = bytes_of("floats.safetensors");
    let header = 8 + u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    let mut refused = 0;
    for at in 0..header {
        for bit in 0..8 {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << bit;
            match Safetensors::from_bytes(changed) {
                Ok(read) => {
                    let count = |name: &str| read.shape(name).unwrap().iter().product::<usize>();
                    let names: Vec<_> = read.names().collect();
                    assert_eq!(names.len(), 11, "byte {at}");
                    // A type that a changed letter makes unknown takes what room there is.
                    let known = |name: &&&str| ["F32", "F64"].contains(&read.dtype(name).unwrap());
                    let width = |name| if read.dtype(name) == Some("F64") { 8 } else { 4 };
                    let total: usize =
                        names.iter().filter(known).map(|name| width(name) * count(name)).sum();
                    match names.iter().all(|name| known(&name)) {
                        true => assert_eq!(total, bytes.len() - header, "byte {at}"),
                        false => assert!(total <= bytes.len() - header, "byte {at}"),
                    }
                }
                Err(error) => {
                    assert!(error.offset().unwrap() <= bytes.len() as u64);
                    refused += 1;
                }
            }
        }
    }
    assert!(refused > 4000, "{refused}");
}

#[test]
#[should_panic(expected = "two tensors called \"a\"")]
fn one_name_twice_cannot_be_written() {
    let x = Tensor::<f32>::zeros([1]);
    Safetensors::to_bytes([("a", &x), ("a", &x)]);
}
