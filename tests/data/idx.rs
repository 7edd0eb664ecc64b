//! Holds the IDX reader and writer to the format, and to their word about bad input.

use longhand::data::{Idx, IdxData};

/// One of each element type, with extremes, and the bytes they are stored as.
fn samples() -> Vec<(Idx, Vec<u8>)> {
    let of = |dims: &[usize], data| Idx::new(dims.to_vec(), data);
    vec![
        (
            of(&[2, 3], IdxData::U8(vec![0, 1, 127, 128, 254, 255])),
            vec![0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 0, 1, 127, 128, 254, 255],
        ),
        (
            of(&[3], IdxData::I8(vec![-128, -1, 127])),
            vec![0, 0, 9, 1, 0, 0, 0, 3, 0x80, 0xFF, 0x7F],
        ),
        (
            of(&[1, 2, 1], IdxData::I16(vec![-2, 0x1234])),
            vec![0, 0, 0x0B, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 1, 0xFF, 0xFE, 0x12, 0x34],
        ),
        (
            of(&[1], IdxData::I32(vec![i32::MIN + 1])),
            vec![0, 0, 0x0C, 1, 0, 0, 0, 1, 0x80, 0, 0, 1],
        ),
        (
            of(&[2], IdxData::F32(vec![1.0, -0.5])),
            vec![0, 0, 0x0D, 1, 0, 0, 0, 2, 0x3F, 0x80, 0, 0, 0xBF, 0, 0, 0],
        ),
        (of(&[], IdxData::F64(vec![1.0])), vec![0, 0, 0x0E, 0, 0x3F, 0xF0, 0, 0, 0, 0, 0, 0]),
        (of(&[0, 5], IdxData::U8(vec![])), vec![0, 0, 8, 2, 0, 0, 0, 0, 0, 0, 0, 5]),
    ]
}

/// The same in a gzip file, one stored block.
fn gzip(bytes: &[u8]) -> Vec<u8> {
    let length = bytes.len() as u16;
    let mut out = vec![0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255, 1];
    out.extend(length.to_le_bytes());
    out.extend((!length).to_le_bytes());
    out.extend(bytes);
    out.extend(longhand::deflate::crc32_reference(bytes).to_le_bytes());
    out.extend(u32::from(length).to_le_bytes());
    out
}

#[test]
fn every_element_type_is_read_and_written() {
    for (idx, bytes) in samples() {
        assert_eq!(idx.to_bytes(), bytes);
        assert_eq!(idx.data().is_empty(), idx.dims().contains(&0));
        assert_eq!(Idx::from_bytes(&bytes).unwrap(), idx);
        assert_eq!(Idx::from_bytes(&gzip(&bytes)).unwrap(), idx);
    }
}

#[test]
fn one_to_255_dimensions_are_read_and_up_to_eight_make_a_tensor() {
    for rank in 0..=255 {
        let idx = Idx::new(vec![1; rank], IdxData::U8(vec![7]));
        let read = Idx::from_bytes(&idx.to_bytes()).unwrap();
        assert_eq!(read, idx);
        match read.to_tensor::<f64>() {
            Ok(tensor) => {
                assert!(rank <= 8);
                assert_eq!((&tensor.shape()[..], tensor.data()), (&vec![1; rank][..], &[7.0][..]));
            }
            Err(error) => {
                assert!(rank > 8);
                let text = error.to_string();
                assert!(text.contains(&format!("found {rank} dimensions")), "{text}");
                assert!(text.contains("expected at most 8"), "{text}");
            }
        }
    }
}

#[test]
fn tensors_hold_integers_exactly_or_say_that_they_cannot() {
    let idx = Idx::new(vec![2], IdxData::I32(vec![-(1 << 24), (1 << 24) + 1]));
    assert_eq!(idx.to_tensor::<f64>().unwrap().data(), [-16_777_216.0, 16_777_217.0]);
    let text = idx.to_tensor::<f32>().err().unwrap().to_string();
    assert!(text.contains("found element 1 is 16777217, expected an integer that f32"), "{text}");
    let idx = Idx::new(vec![1], IdxData::F64(vec![0.1]));
    assert_eq!(idx.to_tensor::<f32>().unwrap().data(), [0.1_f32]);
}

#[test]
fn plain_and_gzipped_files_are_told_apart_by_their_bytes() {
    let folder = std::env::temp_dir().join(format!("longhand-idx-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let (idx, bytes) = &samples()[0];
    let path = folder.join("misnamed.gz");
    idx.write(&path).unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), *bytes);
    assert_eq!(Idx::read(&path).unwrap(), *idx);
    std::fs::write(&path, gzip(bytes)).unwrap();
    assert_eq!(Idx::read(&path).unwrap(), *idx);
    assert_eq!(Idx::read_at_most(&path, bytes.len()).unwrap(), *idx);

    let text = Idx::read_at_most(&path, 17).unwrap_err().to_string();
    assert!(text.contains("misnamed.gz: deflate data, byte 11: found 18 bytes"), "{text}");
    std::fs::write(&path, gzip(&bytes[..17])).unwrap();
    let text = Idx::read(&path).unwrap_err().to_string();
    assert!(text.contains("misnamed.gz: unpacked IDX data, byte 17: found the end"), "{text}");
    let text = Idx::read(folder.join("absent")).unwrap_err().to_string();
    assert!(text.contains("absent: found No such file") || !cfg!(unix), "{text}");
    assert!(idx.write(folder.join("no/such/folder")).is_err());
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_file_cut_anywhere_or_too_long_says_so() {
    for (_, bytes) in samples() {
        for cut in 0..bytes.len() {
            let error = Idx::from_bytes(&bytes[..cut]).unwrap_err();
            assert_eq!(error.offset(), Some(cut as u64), "{error}");
            let text = error.to_string();
            assert!(text.contains(&format!("IDX data, byte {cut}: found the end of the data")));
            assert!(text.contains(", expected ") && text.contains("\n  help: the file was cut"));
        }
        let error = Idx::from_bytes(&[&bytes[..], &[0, 0]].concat()).unwrap_err();
        assert_eq!(error.offset(), Some(bytes.len() as u64), "{error}");
        assert!(error.to_string().contains("found 2 bytes more, expected the end"), "{error}");
    }
}

/// Each byte of each header becomes every other: an error that says where, or another true reading.
#[test]
fn any_header_byte_changed_is_an_error_or_means_what_it_says() {
    let mut refused = 0;
    for (idx, bytes) in samples() {
        let header = 4 + 4 * idx.dims().len();
        for at in 0..header {
            for value in (0..=255).filter(|&value| value != bytes[at]) {
                let mut changed = bytes.clone();
                changed[at] = value;
                match Idx::from_bytes(&changed) {
                    // Such as u8 read as i8: the bytes that come back out are the bytes that went in.
                    Ok(read) => assert_eq!(read.to_bytes(), changed),
                    Err(error) => {
                        refused += 1;
                        let text = error.to_string();
                        let offset = error.offset().unwrap();
                        match at {
                            // (1F 8B would be gzip, but one changed byte does not make it.)
                            0 | 1 => assert!(offset == 0 && text.contains("expected 0x00 0x00")),
                            2 if ![8, 9, 11, 12, 13, 14].contains(&value) => {
                                assert!(offset == 2 && text.contains("expected one of 0x08 0x09"));
                                assert!(text.contains(&format!("element type {value:#04x}")));
                            }
                            _ => assert!(
                                text.contains("found the end of the data")
                                    || text.contains("bytes more, expected the end")
                                    || text.contains("sizes whose product can be counted"),
                                "{text}"
                            ),
                        }
                        assert!(text.contains("help: "), "{text}");
                    }
                }
            }
        }
    }
    assert!(refused > 15_000, "{refused}");
}

#[test]
fn sizes_that_cannot_be_counted_are_an_error() {
    let mut bytes = vec![0, 0, 0x0E, 255];
    bytes.extend([0xFF; 4 * 255]);
    let error = Idx::from_bytes(&bytes).unwrap_err();
    assert!(error.to_string().contains("sizes whose product can be counted"), "{error}");
    // With one size 0 there is nothing, but strides count the others all the same.
    for zero in [4, 4 + 4 * 254] {
        let mut empty = bytes.clone();
        empty[zero..zero + 4].fill(0);
        let error = Idx::from_bytes(&empty).unwrap_err();
        assert!(error.to_string().contains("sizes whose product can be counted"), "{error}");
    }
    // The largest that can be counted, by a usize of 32 bits or of 64.
    let half = usize::BITS / 2;
    let sizes = [u32::MAX >> (32 - half), u32::MAX >> (33 - half), 0].map(u32::to_be_bytes);
    let empty = [&[0, 0, 0x0E, 3][..], &sizes.concat()].concat();
    let empty = Idx::from_bytes(&empty).unwrap().to_tensor::<f64>().unwrap();
    assert!((&empty + &empty).data().is_empty());
}

#[test]
#[should_panic(expected = "dimensions [2, 3] do not hold 5 elements")]
fn elements_must_fill_their_dimensions() {
    let _ = Idx::new(vec![2, 3], IdxData::U8(vec![0; 5]));
}
