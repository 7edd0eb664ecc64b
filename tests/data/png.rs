//! Holds the PNG reader to what libpng reads, in every kind of file that there is, and to its word
//! about damaged ones.
//!
//! The frozen files are made by `golden/png/generate.py`, which has libpng write and read them.

use longhand::data::{Picture, Png};
use longhand::deflate::{adler32, crc32};
use longhand::{ErrorKind, Rng};

#[path = "../common/png.rs"]
mod file;
use file::png_file as of;

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/png");

/// A file of the suite: its name, its bytes, and what libpng makes of it: height, width, and the
/// checksums of the colours and of the greys.
struct Case {
    name: String,
    file: Vec<u8>,
    size: [usize; 2],
    sums: [u32; 2],
}

fn suite() -> Vec<Case> {
    let files = std::fs::read(format!("{GOLDEN}/suite.bin")).unwrap();
    let text = std::fs::read_to_string(format!("{GOLDEN}/suite.txt")).unwrap();
    let mut at = 0;
    let case = |line: &str| {
        let [name, bytes, height, width, rgba, greys] = line.split(' ').collect::<Vec<_>>()[..]
        else {
            panic!("a line of six words: {line}");
        };
        let number = |text: &str| text.parse::<usize>().unwrap();
        let start = at;
        at += number(bytes);
        Case {
            name: name.into(),
            file: files[start..at].to_vec(),
            size: [height, width].map(number),
            sums: [rgba, greys].map(|sum| u32::from_str_radix(sum, 16).unwrap()),
        }
    };
    let cases = text.lines().map(case).collect();
    assert_eq!(at, files.len());
    cases
}

fn file(name: &str) -> Vec<u8> {
    suite().into_iter().find(|case| case.name == name).unwrap().file
}

#[test]
fn every_kind_of_file_is_read_as_libpng_reads_it() {
    let cases = suite();
    assert!(cases.len() > 380, "{} files", cases.len());
    for Case { name, file, size, sums } in cases {
        let png = Png::from_bytes(&file).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!([png.height(), png.width()], size, "{name}");
        let rgba: Vec<u8> = png.rgba().into_iter().flatten().flat_map(u16::to_be_bytes).collect();
        assert_eq!(crc32(&rgba), sums[0], "{name}: colours");
        let picture = png.to_picture();
        assert_eq!([picture.height(), picture.width()], size, "{name}");
        assert_eq!(crc32(picture.pixels()), sums[1], "{name}: greys");
    }
}

/// Every filter stands in some file: else the test above would not have tried it.
#[test]
fn every_filter_is_met() {
    let mut met = [0; 5];
    for case in suite().iter().filter(|case| case.name.starts_with("rgb-8-") && case.size == [9, 5])
    {
        if case.name.contains("interlaced") {
            continue;
        }
        let packed = chunks(&case.file).into_iter().find(|(name, _)| name == b"IDAT").unwrap().1;
        let (lines, _) = longhand::deflate::inflate(&packed[2..]).unwrap();
        lines.chunks(16).for_each(|line| met[usize::from(line[0])] += 1);
    }
    assert!(met.iter().all(|&lines| lines >= 9), "{met:?}");
}

type Chunks = Vec<([u8; 4], Vec<u8>)>;

fn chunks(file: &[u8]) -> Chunks {
    let (mut chunks, mut rest) = (Vec::new(), &file[8..]);
    while let Some((length, after)) = rest.split_first_chunk() {
        let (name, after) = after.split_first_chunk::<4>().unwrap();
        let (contents, after) = after.split_at(u32::from_be_bytes(*length) as usize);
        chunks.push((*name, contents.to_vec()));
        rest = &after[4..];
    }
    chunks
}

/// A zlib stream of one stored block.
fn stored(bytes: &[u8]) -> Vec<u8> {
    let length = (bytes.len() as u16).to_le_bytes();
    let mut stream = vec![0x78, 0x01, 1, length[0], length[1], !length[0], !length[1]];
    stream.extend(bytes);
    stream.extend(adler32(bytes).to_be_bytes());
    stream
}

#[track_caller]
fn refused(file: &[u8], words: &str) {
    refused_at(file, words);
}

/// Where in the file it is refused.
#[track_caller]
fn refused_at(file: &[u8], words: &str) -> u64 {
    let error = Png::from_bytes(file).expect_err(words);
    let text = error.to_string();
    assert!(text.contains(words), "{text}\nshould say: {words}");
    assert!(text.contains("expected ") && text.contains("help: "), "{text}");
    assert!(error.offset().is_some_and(|at| at as usize <= file.len()), "{text}");
    error.offset().unwrap()
}

#[test]
fn two_hundred_damaged_files_are_refused_in_a_sentence() {
    let (cases, rng) = (suite(), &mut Rng::new(22));
    for round in 0..200 {
        let mut file = cases[rng.below(cases.len())].file.clone();
        let what = match round % 4 {
            0 => {
                file.truncate(rng.below(file.len()));
                "cut short"
            }
            1 => {
                let bit = rng.below(8 * file.len());
                file[bit / 8] ^= 1 << (bit % 8);
                "a bit turned over"
            }
            2 => {
                let (from, count) = (rng.below(file.len()), 1 + rng.below(8));
                file.drain(from..(from + count).min(file.len()));
                "bytes lost"
            }
            _ => {
                let (from, byte) = (rng.below(file.len()), rng.below(256) as u8);
                file.insert(from, byte);
                "a byte too many"
            }
        };
        let found = Png::from_bytes(&file);
        let error = found.expect_err(&format!("round {round}: {what}"));
        let text = error.to_string();
        assert!(text.contains("PNG data"), "{text}");
        assert!(text.contains("found ") && text.contains("expected "), "{text}");
        assert!(error.offset().is_some_and(|at| at as usize <= file.len()), "{text}");
    }
}

/// The same with the checksums put right, which leaves it to all the other checks. What is read all
/// the same is a picture of the size that it says.
#[test]
fn what_hides_behind_a_right_checksum_does_no_harm() {
    let (cases, rng) = (suite(), &mut Rng::new(23));
    let mut read = 0;
    for _ in 0..2_000 {
        let mut parts = chunks(&cases[rng.below(cases.len())].file);
        let which = rng.below(parts.len());
        match (rng.below(4), parts[which].1.len()) {
            (0, _) => drop(parts.remove(which)),
            (1, _) => {
                let to = rng.below(parts.len());
                let part = parts[which].clone();
                parts.insert(to, part);
            }
            (_, 0) => parts[which].1.push(7),
            (2, length) => parts[which].1.truncate(rng.below(length)),
            (_, length) => {
                let bit = rng.below(8 * length);
                parts[which].1[bit / 8] ^= 1 << (bit % 8);
            }
        }
        let file = of(&parts);
        match Png::from_bytes_at_most(&file, 1 << 20) {
            Ok(png) => {
                read += 1;
                assert_eq!(png.rgba().len(), png.height() * png.width());
                assert_eq!(png.to_picture().pixels().len(), png.height() * png.width());
            }
            Err(error) => {
                let text = error.to_string();
                assert!(text.contains("PNG data") && text.contains("expected "), "{text}");
                assert!(error.offset().is_some_and(|at| at as usize <= file.len()), "{text}");
            }
        }
    }
    assert!((10..1_000).contains(&read), "{read} were read");
}

#[test]
fn each_rule_of_the_chunks_is_held() {
    let grey = chunks(&file("grey-8-mixed"));
    let palette = chunks(&file("palette-2-1-opacities"));
    let [header, data, end] = [&grey[0], &grey[1], &grey[2]].map(Clone::clone);
    let [colours, opacities] = [&palette[1], &palette[2]].map(Clone::clone);
    let with = |name: &[u8; 4], contents: &[u8]| (*name, contents.to_vec());
    let (h, d, e) = (header.clone(), data.clone(), end.clone());
    let text = with(b"tEXt", b"a\0b");

    refused(b"GIF89a\0\0", "found \"GIF89a\\x00\\x00\"");
    refused(&of(&[d.clone(), e.clone()]), "found chunk IDAT, expected IHDR");
    refused(&of(&[h.clone(), h.clone(), d.clone(), e.clone()]), "chunk IHDR, expected only one");
    refused(&of(&[h.clone(), e.clone()]), "found chunk IEND, expected IDAT before it");
    refused(&of(&[h.clone(), d.clone()]), "found the end of the data");
    let parted =
        vec![h.clone(), with(b"IDAT", &d.1[..9]), text, with(b"IDAT", &d.1[9..]), e.clone()];
    refused(&of(&parted), "expected all IDAT chunks behind one another");
    refused(&of(&[h.clone(), d.clone(), with(b"IEND", b"x")]), "an IEND chunk with contents");
    // At its name, which comes after the header's 33 bytes and the length.
    let unknown = of(&[h.clone(), with(b"NEWs", b""), d.clone(), e.clone()]);
    assert_eq!(refused_at(&unknown, "chunk NEWs, which"), 33 + 4);
    // At the checksum, after the length, the name and the contents.
    let mut forged = of(&[h.clone(), with(b"noNe", b"abc"), d.clone(), e.clone()]);
    forged[33 + 8] = b'b';
    assert_eq!(refused_at(&forged, "of noNe"), 33 + 8 + 3);
    // The longest that there may be, and one byte more.
    for (length, at, words) in [
        (i32::MAX as u32, forged.len(), "2147483647 bytes from byte 41 on: the contents of noNe"),
        (1 << 31, 33, "chunk noNe of length 2147483648"),
    ] {
        forged[33..37].copy_from_slice(&length.to_be_bytes());
        assert_eq!(refused_at(&forged, words), at as u64);
    }
    refused(&of(&[h.clone(), with(b"ne7s", b""), d.clone(), e.clone()]), "called \"ne7s\"");
    refused(&of(&[h.clone(), colours.clone(), d.clone(), e.clone()]), "none in a picture of greys");
    refused(
        &of(&[h.clone(), with(b"tRNS", &[1]), d.clone(), e.clone()]),
        "a tRNS chunk of 1 bytes",
    );

    let (h, d) = (palette[0].clone(), palette[3].clone());
    refused(&of(&[h.clone(), d.clone(), e.clone()]), "a PLTE chunk before it");
    refused(&of(&[h.clone(), opacities.clone(), d.clone(), e.clone()]), "each of the 0 colours");
    let twice = vec![h.clone(), colours.clone(), colours.clone(), d.clone(), e.clone()];
    refused(&of(&twice), "chunk PLTE, expected one at most");
    for bytes in [0, 2, 15] {
        let colours = with(b"PLTE", &vec![0; bytes]);
        refused(&of(&[h.clone(), colours, d.clone(), e.clone()]), "three each for 1 to 4 colours");
    }
    let few = with(b"PLTE", &colours.1[..3]);
    refused(&of(&[h.clone(), few, d.clone(), e.clone()]), "one of the 1 of the palette");
    let late = vec![h, colours, d, opacities, e];
    refused(&of(&late), "chunk tRNS, expected one at most, before IDAT");
    let [h, d, e] = [0, 1, 2].map(|i| chunks(&file("rgb-8-mixed"))[i].clone());
    let suggested = with(b"PLTE", &[0; 3]);
    refused(&of(&[h, d, suggested, e]), "before tRNS and IDAT");
}

#[test]
fn each_field_of_the_header_is_checked() {
    let parts = chunks(&file("grey-8-mixed"));
    let changed = |at: usize, byte: u8| {
        let mut parts = parts.clone();
        parts[0].1[at] = byte;
        of(&parts)
    };
    for (at, byte, words) in [
        (3, 0, "a picture of 9×0 pixels, expected each from 1"),
        (7, 0, "a picture of 0×5 pixels, expected each from 1"),
        (4, 0x80, "a picture of 2147483657×5 pixels"),
        (8, 3, "colour type 0 with 3 bits a sample"),
        (9, 1, "colour type 1 with 8 bits a sample"),
        (10, 1, "compression 1"),
        (11, 1, "filters 1"),
        (12, 2, "interlacing 2"),
        (7, 8, "more than 48 bytes of pixels"),
        (7, 10, "found 54 bytes of pixels, expected the 60"),
    ] {
        refused(&changed(at, byte), words);
    }
    let mut short = parts.clone();
    short[0].1.pop();
    refused(&of(&short), "an IHDR chunk of 12 bytes");
    let error = Png::from_bytes_at_most(&of(&parts), 44).unwrap_err();
    assert_eq!((error.kind(), error.offset()), (ErrorKind::Limit, Some(8 + 8)));
    assert!(Png::from_bytes_at_most(&of(&parts), 45).is_ok());
}

#[test]
fn the_packed_pixels_are_checked_and_the_place_is_that_in_the_file() {
    let header = (*b"IHDR", vec![0, 0, 0, 2, 0, 0, 0, 2, 8, 0, 0, 0, 0]);
    let end = (*b"IEND", Vec::new());
    let pieces = |stream: &[u8]| -> Chunks {
        let mut chunks = vec![header.clone()];
        chunks.extend(stream.chunks(5).map(|piece| (*b"IDAT", piece.to_vec())));
        chunks.push(end.clone());
        chunks
    };
    let good = stored(&[0, 10, 20, 1, 1, 1]);
    let picture = Png::from_bytes(&of(&pieces(&good))).unwrap().to_picture();
    assert_eq!(picture, Picture::new(2, 2, vec![10, 20, 1, 2]));

    // The seventeen bytes of the stream stand in four chunks; the checksum is bytes 13 to 16.
    let mut wrong = good.clone();
    wrong[16] ^= 1;
    let error = Png::from_bytes(&of(&pieces(&wrong))).unwrap_err();
    assert!(error.to_string().contains("found Adler-32"), "{error}");
    assert_eq!(error.offset(), Some(33 + 2 * (12 + 5) + 8 + 3));
    refused(&of(&pieces(&stored(&[0, 1, 2, 5, 1, 2]))), "filter 5 of line 1");
    refused(&of(&pieces(&[&good[..], &[0]].concat())), "1 bytes after the pixels");
    // The first byte of the second piece is there, and not where the first one ends.
    let apart = [header.clone(), (*b"IDAT", good.clone()), (*b"IDAT", vec![0]), end.clone()];
    let at = refused_at(&of(&apart), "1 bytes after the pixels");
    assert_eq!(at, 33 + (12 + 17) + 8);
    refused(&of(&pieces(&good[..15])), "expected the Adler-32");
    refused(&of(&pieces(&[0x78])), "expected the two bytes that begin a zlib stream");
    refused(&of(&pieces(&[])), "expected IDAT before it");
    let one_colour = [
        (*b"IHDR", vec![0, 0, 0, 3, 0, 0, 0, 2, 8, 3, 0, 0, 0]),
        (*b"PLTE", vec![0; 3]),
        (*b"IDAT", stored(&[0, 0, 0, 0, 0, 0, 0, 1])),
        end.clone(),
    ];
    refused(&of(&one_colour), "colour 1 in row 1, column 2");
    let dictionary = [&[0x78, 0xBB], &good[2..]].concat();
    let error = Png::from_bytes(&of(&pieces(&dictionary))).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
}
