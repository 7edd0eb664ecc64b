//! gzip and DEFLATE against zlib, both ways.

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};
use longhand::data::gzip::{gunzip, gunzip_at_most};
use longhand::deflate::{crc32, inflate, inflate_reference};

pub fn check(data: &[u8]) {
    as_deflate(data);
    as_gzip(data);
    packed_by_zlib(data);
}

/// zlib's word on one stream: what it holds, and how many bytes it took; `None` if it refuses.
fn unpack(mut zlib: Decompress, data: &[u8]) -> Option<(Vec<u8>, usize)> {
    let mut out = Vec::with_capacity(1024);
    loop {
        let before = (zlib.total_in(), zlib.total_out());
        let rest = &data[zlib.total_in() as usize..];
        match zlib.decompress_vec(rest, &mut out, FlushDecompress::None) {
            Ok(Status::StreamEnd) => return Some((out, zlib.total_in() as usize)),
            Ok(_) if (zlib.total_in(), zlib.total_out()) != before => {}
            Ok(_) if out.len() == out.capacity() => {}
            _ => return None,
        }
        out.reserve(1024.max(out.len()));
    }
}

/// The bytes as raw DEFLATE: zlib's verdict, and that of the decoder without tables, word for word.
/// What is in order is judged once more as a gzip file, whose checksum and length are then changed.
fn as_deflate(data: &[u8]) {
    let ours = inflate(data);
    assert_eq!(ours, inflate_reference(data), "two decoders");
    let theirs = unpack(Decompress::new(false), data);
    assert_eq!(ours.as_ref().ok(), theirs.as_ref(), "raw DEFLATE: {ours:?}");
    let Ok((content, taken)) = ours else { return };

    let mut file = vec![0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255];
    file.extend(&data[..taken]);
    let trailer = file.len();
    file.extend(crc32(&content).to_le_bytes());
    file.extend((content.len() as u32).to_le_bytes());
    assert_eq!(gunzip(&file).as_ref(), Ok(&content));
    assert_eq!(gunzip_at_most(&file, content.len()).as_ref(), Ok(&content));
    if let Some(less) = content.len().checked_sub(1) {
        gunzip_at_most(&file, less).expect_err("one byte more than the limit");
    }
    let wrong = trailer + data.len() % 8;
    file[wrong] ^= 1 << (data.len() / 8 % 8);
    let error = gunzip(&file).expect_err("a trailer that does not fit");
    assert!(error.offset().is_some_and(|at| at as usize <= file.len()), "{error}");
}

/// The bytes as a gzip file: members, and nothing but zeros after them.
fn as_gzip(data: &[u8]) {
    let ours = gunzip(data);
    let theirs = members(data);
    assert_eq!(ours.as_ref().ok(), theirs.as_ref(), "gzip: {ours:?}");
    if let Err(error) = ours {
        assert!(error.offset().is_some_and(|at| at as usize <= data.len()), "{error}");
    }
}

fn members(mut data: &[u8]) -> Option<Vec<u8>> {
    let mut content = Vec::new();
    loop {
        let (member, taken) = unpack(Decompress::new_gzip(15), data)?;
        content.extend(member);
        data = &data[taken..];
        if !data.starts_with(&[0x1F, 0x8B]) {
            return data.iter().all(|&byte| byte == 0).then_some(content);
        }
    }
}

/// The bytes as something to be packed, in some way that the first ones say, in several members.
fn packed_by_zlib(data: &[u8]) {
    let Some((&[level, flush, cut], content)) = data.split_first_chunk() else { return };
    let flush =
        [FlushCompress::None, FlushCompress::Sync, FlushCompress::Full][usize::from(flush % 3)];
    let cut = usize::from(cut) % (content.len() + 1);
    let mut file = Vec::new();
    for part in [&content[..cut], &content[cut..]] {
        let mut zlib = Compress::new_gzip(Compression::new(u32::from(level % 10)), 15);
        let mut packed = Vec::with_capacity(2 * part.len() + 200);
        let (first, second) = part.split_at(part.len() / 2);
        zlib.compress_vec(first, &mut packed, flush).expect("room enough");
        assert_eq!(zlib.total_in() as usize, first.len());
        let status = zlib.compress_vec(second, &mut packed, FlushCompress::Finish);
        assert_eq!(status.ok(), Some(Status::StreamEnd), "room enough");
        file.extend(packed);
    }
    assert_eq!(gunzip(&file).as_deref(), Ok(content), "packed at level {}", level % 10);
}
