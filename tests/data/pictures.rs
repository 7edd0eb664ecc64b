//! Pictures from files of every kind, told by what they hold.

use super::mnist::{Folder, runs};
use longhand::data::pictures::{MOST_PIXELS, pictures_from, read_pictures};
use longhand::data::{Idx, IdxData, Npy, NpyData, Picture};

fn six() -> Picture {
    Picture::new(2, 3, vec![0, 51, 102, 153, 204, 255])
}

#[track_caller]
fn all(bytes: Vec<u8>) -> Vec<Picture> {
    pictures_from(bytes).unwrap()
}

#[test]
fn the_kind_is_found_from_the_content() {
    let bytes: Vec<u8> = six().pixels().to_vec();
    assert_eq!(all(b"P2 3 2 5 0 1 2 3 4 5".to_vec()), [six()]);
    assert_eq!(all([&b"P5 3 2 255 "[..], &bytes].concat()), [six()]);
    let numbers = [0.0, 0.2, 0.4, 0.6, 0.8, 1.0];
    for shape in [vec![2, 3], vec![1, 2, 3], vec![1, 1, 2, 3]] {
        let npy = |data| Npy::new(shape.clone(), data).to_bytes();
        assert_eq!(all(npy(NpyData::U8(bytes.clone()))), [six()]);
        assert_eq!(all(npy(NpyData::F64(numbers.to_vec()))), [six()]);
        assert_eq!(all(npy(NpyData::I32((-3..3).collect()))), [six()]);
        let idx = |data| Idx::new(shape.clone(), data).to_bytes();
        assert_eq!(all(idx(IdxData::U8(bytes.clone()))), [six()]);
        assert_eq!(all(idx(IdxData::F64(numbers.to_vec()))), [six()]);
    }
    let bits = Npy::new(vec![1, 2], NpyData::Bool(vec![false, true])).to_bytes();
    assert_eq!(all(bits), [Picture::new(1, 2, vec![0, 255])]);
    let two = [bytes.clone(), bytes].concat();
    assert_eq!(all(Idx::new(vec![2, 2, 3], IdxData::U8(two)).to_bytes()), [six(), six()]);
}

fn said(bytes: Vec<u8>, words: &str) {
    let text = pictures_from(bytes).expect_err(words).to_string();
    assert!(text.contains(words) && text.contains("help: "), "{text}\nshould say: {words}");
}

#[test]
fn what_is_no_picture_is_said() {
    said(vec![], "found \"\", expected the first bytes of a PNG, PGM, NPY or IDX file");
    said(b"\xFF\xD8\xFF\xE0\0\x10JFIF".to_vec(), "save the picture as PNG");
    said(b"\x89PNG\r\n\x1A\n".to_vec(), "the length of a chunk");
    for shape in [vec![6], vec![0, 3], vec![2, 3, 1, 1], vec![]] {
        let count = shape.iter().product();
        let npy = Npy::new(shape.clone(), NpyData::U8(vec![0; count]));
        said(npy.to_bytes(), "is this a file of pictures?");
    }
    let holes = Npy::new(vec![1, 2], NpyData::F32(vec![0.0, f32::NAN]));
    said(holes.to_bytes(), "element 1 is NaN");
}

#[test]
fn more_pixels_than_are_read_are_said() {
    // One row too many, in the two formats that take a byte for a pixel.
    let (rows, most) = ((1 << 13) + 1, format!("expected at most {MOST_PIXELS} pixels"));
    let pixels = vec![0; rows << 13];
    said([format!("P5 8192 {rows} 255 ").as_bytes(), &pixels].concat(), &most);
    said(Npy::new(vec![rows, 1 << 13], NpyData::U8(pixels)).to_bytes(), &most);
}

#[test]
fn a_file_may_have_eight_bytes_for_each_pixel() {
    let folder = Folder::new("pictures");
    let (rows, path) = ((1 << 10) + 1, folder.0.join("black.idx.gz"));
    let black = Idx::new(vec![rows, 1 << 13], IdxData::F64(vec![0.0; rows << 13]));
    assert!(black.to_bytes().len() > MOST_PIXELS + 8);
    std::fs::write(&path, runs(&black.to_bytes())).unwrap();
    let read = read_pictures(&path).unwrap();
    assert_eq!((read.len(), read[0].height(), read[0].width()), (1, rows, 1 << 13));

    std::fs::write(&path, "no picture").unwrap();
    let text = read_pictures(&path).expect_err("no picture").to_string();
    assert!(text.contains("black.idx.gz"), "{text}");
}
