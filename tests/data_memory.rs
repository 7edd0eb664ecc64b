//! Holds the readers to their word that nothing is allocated for what is not there.
//!
//! A process that asks for memory gets its address space at once, used or not, and Linux reports
//! the most that it ever had. The test has a file to itself so that no other adds to the figure.

#![cfg(target_os = "linux")]

#[path = "common/png.rs"]
mod file;

use file::png_file;
use longhand::data::{Idx, Npy, Png};
use longhand::deflate::{adler32, crc32_reference};

const MEBIBYTE: usize = 1 << 20;

/// The address space of this process in bytes: `VmSize` now, or `VmPeak`, the most it ever was.
fn address_space(field: &str) -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(field)).unwrap();
    let words: Vec<&str> = line.split_whitespace().collect();
    assert_eq!(words[2], "kB");
    words[1].parse::<usize>().unwrap() * 1024
}

fn reserve(bytes: usize) -> Vec<u8> {
    std::hint::black_box(Vec::with_capacity(bytes))
}

/// A zlib stream of a zero and then so many times 258 more.
fn zeros(copies: usize) -> Vec<u8> {
    let sum = adler32(&vec![0; 1 + 258 * copies]);
    let words = ["1", "10", "00110000"].into_iter();
    let copies = std::iter::repeat_n("1100010100000", copies);
    let bits = words.chain(copies).chain(["0000000"]).flat_map(str::bytes);
    let bits: Vec<u8> = bits.map(|bit| bit - b'0').collect();
    let bytes = bits.chunks(8).map(|bits| bits.iter().rev().fold(0, |byte, bit| byte << 1 | bit));
    [0x78, 0x01].into_iter().chain(bytes).chain(sum.to_be_bytes()).collect()
}

/// A PNG file of greys.
fn png(size: [u8; 8], depth: u8, stream: &[u8]) -> Vec<u8> {
    let header = [&size[..], &[depth, 0, 0, 0, 0]].concat();
    png_file(&[(*b"IHDR", &header[..]), (*b"IDAT", stream), (*b"IEND", &[])])
}

#[test]
fn headers_that_claim_billions_get_nothing() {
    let ten_million = zeros(40_000);
    // Take up what the process once had and gave back, so that the peak is where it stands now.
    let filled = reserve(address_space("VmPeak") - address_space("VmSize") + MEBIBYTE);
    let before = address_space("VmPeak");

    // A billion images of 28 by 28, in every element type; then every claim one bit can make.
    let mut refused = 0;
    for element in [8, 9, 11, 12, 13, 14] {
        let mut idx = vec![0, 0, element, 3];
        for size in [1_000_000_000_u32, 28, 28] {
            idx.extend(size.to_be_bytes());
        }
        idx.extend([0; 100]);
        for bit in 0..8 * 16 {
            let mut changed = idx.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            refused += usize::from(Idx::from_bytes(&changed).is_err());
        }
        refused += usize::from(Idx::from_bytes(&idx).is_err());
    }
    assert_eq!(refused, 6 * (8 * 16 + 1));

    for shape in ["(1000000000, 784)", "(4294967296, 4294967295)", "(18446744073709551615,)"] {
        let header = format!("{{'descr': '<f8', 'fortran_order': True, 'shape': {shape}}}");
        let mut npy = b"\x93NUMPY\x02\x00".to_vec();
        npy.extend((header.len() as u32).to_le_bytes());
        npy.extend(header.bytes());
        assert!(Npy::from_bytes(&npy).is_err());
        // And a header that claims to be four gigabytes long.
        npy[8..12].fill(0xFF);
        assert!(Npy::from_bytes(&npy).is_err());
    }

    // gzip: a trailer that claims four gigabytes, on a member that holds five bytes.
    let mut gzip = vec![0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255, 0x4B, 0x4C, 0x04, 0x02, 0x00];
    gzip.extend(crc32_reference(b"aaaaa").to_le_bytes());
    gzip.extend(u32::MAX.to_le_bytes());
    let error = longhand::data::gunzip(&gzip).unwrap_err();
    assert!(error.to_string().contains("found length 4294967295, expected 5"), "{error}");

    // PNG: every size that one bit can claim for a small picture; and a picture of 16 pixels whose
    // data would be ten million.
    for bit in 0..8 * 8 {
        let mut size = [0, 0, 0, 4, 0, 0, 0, 4];
        size[bit / 8] ^= 1 << (bit % 8);
        let error = Png::from_bytes(&png(size, 16, &zeros(1))).unwrap_err();
        assert!(error.to_string().contains("pixels"), "{error}");
    }
    let error = Png::from_bytes(&png([0, 0, 0, 4, 0, 0, 0, 4], 8, &ten_million)).unwrap_err();
    assert!(error.to_string().contains("more than 20 bytes of pixels"), "{error}");

    let grown = address_space("VmPeak") - before;
    assert!(grown < 4 * MEBIBYTE, "{grown} bytes for nothing");
    // The measure does see an allocation that is never touched.
    drop(reserve(64 * MEBIBYTE));
    assert!(address_space("VmPeak") - before >= 60 * MEBIBYTE);
    drop(filled);
}
