//! The reader of PNG pictures against the crate `png`: what it reads, that reads alike.

use crate::choices::Choices;
use flate2::write::ZlibEncoder;
use flate2::{Compression, Crc};
use longhand::ErrorKind;
use longhand::data::Png;
use png::{ColorType, Decoder, Transformations};
use std::io::{Cursor, Write};

/// More pixels than this are not tried, and of what the decisions make, sometimes fewer.
const LIMIT: usize = 1 << 16;

/// The bytes as a file; and as decisions that make one, whose checksums are right, damaged or not.
pub fn check(data: &[u8]) {
    judge(data, LIMIT, false);
    let mut choices = Choices::new(data);
    let damaged = choices.flip();
    let limit = if choices.seldom(8) { choices.within(1..=256) } else { LIMIT };
    let mut chunks = picture(&mut choices);
    if damaged {
        damage(&mut chunks, &mut choices);
    }
    judge(&file(&chunks), limit, !damaged);
}

/// Reads a file both ways. Nothing but the limit can be wrong with one that is in order.
fn judge(file: &[u8], limit: usize, in_order: bool) {
    let png = match Png::from_bytes_at_most(file, limit) {
        Ok(png) => png,
        Err(error) => {
            assert!(!in_order || error.kind() == ErrorKind::Limit, "{error}");
            assert!(error.kind() != ErrorKind::Limit || pixels(file) > limit as u64, "{error}");
            assert!(error.offset().is_some_and(|at| at as usize <= file.len()), "{error}");
            return;
        }
    };
    assert!(png.height() * png.width() <= limit, "more than {limit} pixels");
    let ours = png.rgba();
    assert_eq!(png.to_picture().pixels().len(), ours.len());
    let theirs = other(file).unwrap_or_else(|error| panic!("the other says {error}"));
    assert_eq!(theirs, ours);
}

/// How many pixels a file says that it has, where the format has the sizes.
fn pixels(file: &[u8]) -> u64 {
    let size = |at: usize| u64::from(u32::from_be_bytes(*file[at..].first_chunk().expect("four")));
    size(16) * size(20)
}

/// Red, green, blue and opacity of each pixel, as the other library reads them.
fn other(file: &[u8]) -> Result<Vec<[u16; 4]>, png::DecodingError> {
    let mut decoder = Decoder::new(Cursor::new(file));
    decoder.set_transformations(Transformations::EXPAND | Transformations::ALPHA);
    let mut reader = decoder.read_info()?;
    let mut bytes = vec![0; reader.output_buffer_size().expect("a size")];
    let info = reader.next_frame(&mut bytes)?;
    bytes.truncate(info.buffer_size());
    let samples: Vec<u16> = match info.bit_depth {
        png::BitDepth::Sixteen => {
            bytes.chunks(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect()
        }
        _ => bytes.iter().map(|&byte| u16::from(byte) * 257).collect(),
    };
    Ok(match info.color_type {
        ColorType::GrayscaleAlpha => samples.chunks(2).map(|s| [s[0], s[0], s[0], s[1]]).collect(),
        _ => samples.as_chunks().0.to_vec(),
    })
}

type Chunk = ([u8; 4], Vec<u8>);

/// The chunks of a picture of any kind.
fn picture(choices: &mut Choices) -> Vec<Chunk> {
    let (colour, depth) = choices.pick(&[
        (0, 1),
        (0, 2),
        (0, 4),
        (0, 8),
        (0, 16),
        (2, 8),
        (2, 16),
        (3, 1),
        (3, 2),
        (3, 4),
        (3, 8),
        (4, 8),
        (4, 16),
        (6, 8),
        (6, 16),
    ]);
    let channels = [1, 0, 3, 1, 2, 0, 4][usize::from(colour)];
    let [height, width] = choices.pair(1..=20);
    let interlaced = choices.flip();
    let mut header = Vec::new();
    header.extend((width as u32).to_be_bytes());
    header.extend((height as u32).to_be_bytes());
    header.extend([depth, colour, 0, 0, u8::from(interlaced)]);
    let mut chunks = vec![(*b"IHDR", header)];
    let transparent = choices.flip();
    if colour == 3 {
        let colours = 1 << depth;
        chunks.push((*b"PLTE", (0..3 * colours).map(|_| choices.byte()).collect()));
        if transparent {
            let count = choices.within(1..=colours);
            chunks.push((*b"tRNS", (0..count).map(|_| choices.byte()).collect()));
        }
    } else if transparent && (colour == 0 || colour == 2) {
        let most = (1_u32 << depth) - 1;
        let sample =
            |_| ((u32::from(choices.byte()) << 8 | u32::from(choices.byte())) & most) as u16;
        chunks.push((*b"tRNS", (0..channels).map(sample).flat_map(u16::to_be_bytes).collect()));
    }
    if choices.flip() {
        chunks.push((*b"noNe", vec![1, 2, 3]));
    }
    let (level, pieces) = (choices.below(10) as u32, choices.within(1..=4));
    let mut zlib = ZlibEncoder::new(Vec::new(), Compression::new(level));
    for [rows, columns] in passes([height, width], interlaced) {
        for _ in 0..rows {
            let bytes = (columns * channels * usize::from(depth)).div_ceil(8);
            let filter = choices.below(5) as u8;
            let line: Vec<u8> =
                [filter].into_iter().chain((0..bytes).map(|_| choices.byte())).collect();
            zlib.write_all(&line).expect("memory");
        }
    }
    let stream = zlib.finish().expect("memory");
    let piece = stream.len().div_ceil(pieces);
    chunks.extend(stream.chunks(piece).map(|piece| (*b"IDAT", piece.to_vec())));
    chunks.push((*b"IEND", Vec::new()));
    chunks
}

/// Rows and columns of each pass that has any.
fn passes([height, width]: [usize; 2], interlaced: bool) -> Vec<[usize; 2]> {
    if !interlaced {
        return vec![[height, width]];
    }
    // Which pass a pixel belongs to, by its row and column modulo 8, as the standard draws it.
    const PASS: [&[u8; 8]; 8] = [
        b"16462646",
        b"77777777",
        b"56565656",
        b"77777777",
        b"36463646",
        b"77777777",
        b"56565656",
        b"77777777",
    ];
    let of = |pass: u8| {
        let belongs = |row: &usize, column: &usize| PASS[row % 8][column % 8] == pass;
        let rows = (0..height).filter(|row| (0..width).any(|column| belongs(row, &column)));
        let columns = (0..width).filter(|column| (0..height).any(|row| belongs(&row, column)));
        [rows.count(), columns.count()]
    };
    (b'1'..=b'7').map(of).filter(|pass| pass[0] > 0).collect()
}

/// One change to the chunks.
fn damage(chunks: &mut Vec<Chunk>, choices: &mut Choices) {
    let which = choices.below(chunks.len());
    let length = chunks[which].1.len();
    match choices.below(7) {
        0 => drop(chunks.remove(which)),
        1 => {
            let copy = chunks[which].clone();
            chunks.insert(choices.below(chunks.len()), copy);
        }
        2 => chunks[which].1.push(choices.byte()),
        3 if length > 0 => chunks[which].1.truncate(choices.below(length)),
        4 => chunks[which].0[choices.below(4)] ^= 0x20,
        5 => {
            let other = choices.below(chunks.len());
            chunks.swap(which, other);
        }
        // A grey of more bits than the samples have: the two take it differently.
        _ if chunks[which].0 == *b"tRNS" => {}
        _ if length > 0 => chunks[which].1[choices.below(length)] ^= choices.byte().max(1),
        _ => {}
    }
}

/// The file of these chunks, with the checksums that belong to them.
fn file(chunks: &[Chunk]) -> Vec<u8> {
    let mut file = b"\x89PNG\r\n\x1A\n".to_vec();
    for (name, contents) in chunks {
        let mut crc = Crc::new();
        crc.update(name);
        crc.update(contents);
        file.extend((contents.len() as u32).to_be_bytes());
        file.extend(name);
        file.extend(contents);
        file.extend(crc.sum().to_be_bytes());
    }
    file
}
