//! The writer of PNG pictures: what it packs, zlib unpacks, and the pixels are those of the image.

use crate::choices::Choices;
use flate2::{Crc, Decompress, FlushDecompress, Status};
use longhand::report::{Figure, ImageGrid};

pub fn check(data: &[u8]) {
    let mut choices = Choices::new(data);
    let (height, width) = (choices.within(1..=40), choices.within(1..=1024));
    let run = choices.within(1..=300);
    // Long runs, as paper has them, and whatever the input says in between.
    let (mut pixels, mut rest) = (Vec::new(), choices.rest().iter().cycle());
    while pixels.len() < height * width {
        let byte = rest.next().copied().unwrap_or(0);
        let length = if byte > 127 { run } else { 1 };
        pixels.resize((pixels.len() + length).min(height * width), byte % 16);
    }
    let grid = ImageGrid::new("a picture", height, width).range(0.0, 15.0).image(&pixels, "");
    let svg = grid.to_svg();
    let (_, after) = svg.split_once("base64,").expect("a picture in the figure");
    let (text, _) = after.split_once('"').expect("its end");
    let file = from_base64(text);

    let chunks = file.strip_prefix(b"\x89PNG\r\n\x1a\n").expect("the signature");
    let [(b"IHDR", header), (b"IDAT", packed), (b"IEND", [])] = &chunks_of(chunks)[..] else {
        panic!("three chunks");
    };
    let size = |at: usize| u32::from_be_bytes(header[at..at + 4].try_into().unwrap()) as usize;
    assert_eq!((size(0), size(4), &header[8..]), (width, height, &[4, 0, 0, 0, 0][..]));

    let row = width.div_ceil(2) + 1;
    let mut lines = Vec::with_capacity(height * row + 64);
    let mut zlib = Decompress::new(true);
    let status = zlib.decompress_vec(packed, &mut lines, FlushDecompress::Finish);
    assert_eq!(status.ok(), Some(Status::StreamEnd), "packed");
    assert_eq!(zlib.total_in() as usize, packed.len());
    assert_eq!(lines.len(), height * row);
    for (line, pixels) in lines.chunks(row).zip(pixels.chunks(width)) {
        assert_eq!(line[0], 0, "no filter");
        let found = line[1..].iter().flat_map(|byte| [byte >> 4, byte & 15]).take(width);
        assert!(found.eq(pixels.iter().copied()));
    }
}

/// Names and contents, the checksums seen to.
fn chunks_of(mut bytes: &[u8]) -> Vec<(&[u8; 4], &[u8])> {
    let mut chunks = Vec::new();
    while let Some((length, rest)) = bytes.split_first_chunk() {
        let length = u32::from_be_bytes(*length) as usize;
        let (checked, rest) = rest.split_at(4 + length);
        let (stated, rest) = rest.split_first_chunk().expect("a checksum");
        let mut crc = Crc::new();
        crc.update(checked);
        assert_eq!(crc.sum(), u32::from_be_bytes(*stated));
        chunks.push(checked.split_first_chunk().expect("a name"));
        bytes = rest;
    }
    chunks
}

fn from_base64(text: &str) -> Vec<u8> {
    let value = |letter: u8| match letter {
        b'A'..=b'Z' => letter - b'A',
        b'a'..=b'z' => letter - b'a' + 26,
        b'0'..=b'9' => letter - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        b'=' => 0,
        other => panic!("{other} in base64"),
    };
    let padding = text.bytes().filter(|&letter| letter == b'=').count();
    let mut bytes: Vec<u8> = text
        .as_bytes()
        .chunks(4)
        .flat_map(|four| {
            let bits = four.iter().fold(0, |bits, &letter| bits << 6 | u32::from(value(letter)));
            [(bits >> 16) as u8, (bits >> 8) as u8, bits as u8]
        })
        .collect();
    bytes.truncate(bytes.len() - padding);
    bytes
}
