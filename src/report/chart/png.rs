//! A small PNG writer: sixteen greys, packed as runs. Sheets of digits are made with it.
//!
//! A PNG file is a signature and some chunks; the pixels go into one that is compressed in the
//! zlib format. Deflate, inside it, is used here as simply as it pays: its built-in Huffman
//! code, and of its references to earlier bytes only "the byte before, so many times", which is
//! what empty paper is made of. (PNG: ISO/IEC 15948; zlib and deflate: RFC 1950 and RFC 1951.)

use crate::deflate::{adler32, crc32};

/// The file of a picture of `width` × `height` pixels, each from 0 (black) to 15 (white).
pub(super) fn encode(width: usize, height: usize, pixels: &[u8]) -> Vec<u8> {
    debug_assert_eq!(pixels.len(), width * height);
    let mut lines = Vec::with_capacity(height * (width.div_ceil(2) + 1));
    for line in pixels.chunks(width) {
        lines.push(0); // this line is stored as it is, without a filter
        lines.extend(line.chunks(2).map(|pair| pair[0] << 4 | pair.get(1).copied().unwrap_or(0)));
    }
    let mut header = Vec::new();
    header.extend((width as u32).to_be_bytes());
    header.extend((height as u32).to_be_bytes());
    header.extend([4, 0, 0, 0, 0]); // 4 bits a pixel, grey, and the only methods there are

    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    chunk(&mut file, b"IHDR", &header);
    chunk(&mut file, b"IDAT", &zlib(&lines));
    chunk(&mut file, b"IEND", &[]);
    file
}

fn chunk(file: &mut Vec<u8>, name: &[u8; 4], data: &[u8]) {
    file.extend((data.len() as u32).to_be_bytes());
    let checked = file.len();
    file.extend(name);
    file.extend(data);
    let sum = crc32(&file[checked..]);
    file.extend(sum.to_be_bytes());
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut out = Bits { bytes: vec![0x78, 0x01], free: 0 };
    out.put(0b011, 3); // the last block, in the built-in code
    let mut at = 0;
    while at < bytes.len() {
        out.literal(u32::from(bytes[at]));
        let same = bytes[at + 1..].iter().take_while(|byte| **byte == bytes[at]).count();
        at += 1;
        let mut left = same;
        while left >= 3 {
            // 257, as the code for 258 is an exception to the rule below.
            let run = left.min(257);
            out.run(run as u32);
            left -= run;
        }
        at += same - left;
    }
    out.literal(256); // the end of the block
    out.bytes.extend(adler32(bytes).to_be_bytes());
    out.bytes
}

/// Bits into bytes, the lowest first.
struct Bits {
    bytes: Vec<u8>,
    /// How many bits of the last byte are still free.
    free: u32,
}

impl Bits {
    fn put(&mut self, value: u32, count: u32) {
        for bit in 0..count {
            if self.free == 0 {
                self.bytes.push(0);
                self.free = 8;
            }
            let last = self.bytes.len() - 1;
            self.bytes[last] |= ((value >> bit & 1) as u8) << (8 - self.free);
            self.free -= 1;
        }
    }

    /// A code word: unlike all other fields, it stands with its highest bit first.
    fn word(&mut self, word: u32, count: u32) {
        self.put(word.reverse_bits() >> (32 - count), count);
    }

    /// A symbol of the built-in code: a byte, the end of the block (256), or a length.
    fn literal(&mut self, symbol: u32) {
        match symbol {
            0..=143 => self.word(0x30 + symbol, 8),
            144..=255 => self.word(0x190 + symbol - 144, 9),
            256..=279 => self.word(symbol - 256, 7),
            _ => self.word(0xC0 + symbol - 280, 8),
        }
    }

    /// The byte before, 3 to 257 times more.
    fn run(&mut self, length: u32) {
        let length = length - 3;
        // Four symbols for each count of extra bits; the first eight lengths need none.
        let extra = (length | 4).ilog2() - 2;
        self.literal(257 + 4 * extra + (length >> extra));
        self.put(length & ((1 << extra) - 1), extra);
        self.word(0, 5); // a distance of one
    }
}

/// Bytes as text, six bits a letter.
pub(super) fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let byte = |at: usize| u32::from(three.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for letter in 0..4 {
            let index = (bits >> (18 - 6 * letter) & 63) as usize;
            text.push(if letter <= three.len() { LETTERS[index] as char } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deflate::inflate;

    /// What a zlib stream holds, its two header bytes and its checksum left aside.
    fn unpacked(stream: &[u8]) -> Vec<u8> {
        let (bytes, taken) = inflate(&stream[2..]).unwrap();
        assert_eq!(taken, stream.len() - 2 - 4);
        bytes
    }

    #[test]
    fn every_byte_and_every_run_comes_back() {
        let mut bytes: Vec<u8> = (0..=255).collect();
        for run in 1..600 {
            bytes.extend(vec![run as u8; run]);
        }
        assert_eq!(unpacked(&zlib(&bytes)), bytes);
        assert_eq!(unpacked(&zlib(&[])), []);
    }

    #[test]
    fn letters_are_the_standard_ones() {
        assert_eq!(
            ["", "f", "fo", "foo", "foob"].map(|t| base64(t.as_bytes())),
            ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg=="]
        );
    }

    #[test]
    fn a_file_has_its_three_chunks() {
        let file = encode(3, 2, &[0, 15, 7, 1, 2, 3]);
        assert_eq!(file[16..29], [0, 0, 0, 3, 0, 0, 0, 2, 4, 0, 0, 0, 0]);
        let stream = &file[41..file.len() - 16]; // up to its CRC and the last chunk
        assert_eq!(unpacked(stream), [0, 0x0F, 0x70, 0, 0x12, 0x30]);
        assert!(file.ends_with(b"\0\0\0\0IEND\xAEB`\x82"));
    }
}
