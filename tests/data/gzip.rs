//! Holds the gzip reader to what zlib packed, to what zlib refuses, and to its word about bad input.
//!
//! The frozen files are made by `golden/gzip/generate.py`.

use longhand::data::gzip::{gunzip, gunzip_at_most};
use longhand::deflate::{crc32, crc32_reference, inflate, inflate_reference};

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/gzip");

fn unhex(text: &str) -> Vec<u8> {
    assert_eq!(text.len() % 2, 0);
    (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap()).collect()
}

/// A line of `streams.txt`: label, the content it must unpack to, the gzip file.
fn streams() -> Vec<(String, Vec<u8>, Vec<u8>)> {
    let text = std::fs::read_to_string(format!("{GOLDEN}/streams.txt")).unwrap();
    let content = |name: &str| std::fs::read(format!("{GOLDEN}/contents/{name}.bin")).unwrap();
    let line = |line: &str| {
        let [label, names, hex] = line.split(' ').collect::<Vec<_>>()[..] else {
            panic!("a line of three words: {line}");
        };
        (format!("{label} {names}"), names.split('+').flat_map(content).collect(), unhex(hex))
    };
    text.lines().map(line).collect()
}

fn stream(label: &str) -> (Vec<u8>, Vec<u8>) {
    let (_, content, gzip) = streams().into_iter().find(|(name, ..)| name == label).unwrap();
    (content, gzip)
}

/// A small generator, so that these tests lean on nothing of the crate's.
struct Lcg(u64);

impl Lcg {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.0 >> 33) as usize % n
    }
}

#[test]
fn every_frozen_stream_unpacks_to_its_content() {
    let streams = streams();
    assert!(streams.len() >= 150, "{} streams", streams.len());
    for (label, content, gzip) in streams {
        assert!(gunzip(&gzip).unwrap() == content, "{label}");
    }
}

#[test]
fn all_three_kinds_of_block_are_among_them() {
    let mut kinds = [0; 3];
    for (_, _, gzip) in streams() {
        if gzip[3] == 0 {
            kinds[usize::from(gzip[10] >> 1 & 3)] += 1;
        }
    }
    assert!(kinds.iter().all(|&count| count >= 5), "{kinds:?}");
}

/// Thousands of damaged streams: zlib's verdict is ours, in substance, and that of the plain decoder
/// word for word.
#[test]
fn damaged_deflate_data_are_judged_as_zlib_judges_them() {
    let words = |verdict: &str| match verdict {
        "short" => "found the end of the data",
        "bad invalid block type" => "found block type 3",
        "bad invalid stored block lengths" => "found a stored block of length",
        "bad too many length or distance symbols" => "expected at most 286 and 30",
        "bad invalid code lengths set" => " code length code: its lengths claim",
        "bad invalid bit length repeat" => "repeat",
        "bad invalid code -- missing end-of-block" => "found a block without an end",
        "bad invalid literal/lengths set" => " literal and length code: its lengths claim",
        "bad invalid distances set" => " distance code: its lengths claim",
        "bad invalid literal/length code" => "length",
        "bad invalid distance code" => "distance",
        "bad invalid distance too far back" => "found a copy from",
        other => panic!("a verdict of zlib that is new here: {other}"),
    };
    let text = std::fs::read_to_string(format!("{GOLDEN}/verdicts.txt")).unwrap();
    let mut base = Vec::new();
    let (mut good, mut bad) = (0, 0);
    for line in text.lines() {
        if let Some(hex) = line.strip_prefix("stream ") {
            base = unhex(hex);
            continue;
        }
        let [cut, changes, verdict] = line.splitn(3, ' ').collect::<Vec<_>>()[..] else {
            panic!("a line of three parts: {line}");
        };
        let mut data = base.clone();
        for change in changes.split(',') {
            let (at, xor) = change.split_once(':').unwrap();
            data[at.parse::<usize>().unwrap()] ^= xor.parse::<u8>().unwrap();
        }
        data.truncate(cut.parse().unwrap());

        let ours = inflate(&data);
        assert_eq!(ours, inflate_reference(&data), "{line}");
        match (ours, verdict.strip_prefix("ok ")) {
            (Ok((bytes, taken)), Some(verdict)) => {
                let found = format!("{taken} {} {:08x}", bytes.len(), crc32_reference(&bytes));
                assert_eq!(found, verdict, "{line}");
                good += 1;
            }
            (Err(error), None) => {
                assert!(error.to_string().contains(words(verdict)), "{line}: {error}");
                assert!(error.offset().unwrap() <= data.len() as u64);
                bad += 1;
            }
            (ours, _) => panic!("{line}: {:?}", ours.map(|(bytes, taken)| (bytes.len(), taken))),
        }
    }
    assert!(good > 1000 && bad > 3000, "{good} good, {bad} bad");
}

/// Packs literals and copies (length, distance) as one block in the fixed codes.
struct FixedBlock {
    bits: Vec<bool>,
    content: Vec<u8>,
}

impl FixedBlock {
    fn new() -> Self {
        FixedBlock { bits: vec![true, true, false], content: vec![] }
    }

    /// A codeword: its first bit is its highest.
    fn word(&mut self, word: usize, length: usize) {
        self.bits.extend((0..length).rev().map(|i| word >> i & 1 == 1));
    }

    /// A number: its first bit is its lowest.
    fn number(&mut self, number: usize, length: usize) {
        self.bits.extend((0..length).map(|i| number >> i & 1 == 1));
    }

    /// A literal below 144.
    fn literal(&mut self, byte: u8) {
        self.word(0x30 + usize::from(byte), 8);
        self.content.push(byte);
    }

    /// A copy of length 3 to 10 (symbols 257 to 264) or 258 (symbol 285), from 1 to 64 back.
    fn copy(&mut self, length: usize, distance: usize) {
        match length {
            258 => self.word(0b1100_0101, 8),
            _ => self.word(length - 2, 7),
        }
        // Two distance symbols to each count of extra bits, from 2 back on: 5 6, 7 8, 9..12, ...
        match distance {
            1..=4 => self.word(distance - 1, 5),
            _ => {
                let extra = (distance - 1).ilog2() as usize - 1;
                let half = (distance - 1) >> extra & 1;
                self.word(2 * (extra + 1) + half, 5);
                self.number((distance - 1) & ((1 << extra) - 1), extra);
            }
        }
        for _ in 0..length {
            self.content.push(self.content[self.content.len() - distance]);
        }
    }

    fn finish(mut self) -> (Vec<u8>, Vec<u8>) {
        self.word(0, 7);
        let byte = |bits: &[bool]| (0..).zip(bits).map(|(i, &bit)| u8::from(bit) << i).sum();
        (self.bits.chunks(8).map(byte).collect(), self.content)
    }
}

/// The output grows in steps, and copies overshoot: every way a copy can meet the end of the room.
#[test]
fn copies_at_any_place_in_the_room_are_whole() {
    for before in 1..700 {
        for literals in 0..4 {
            let mut block = FixedBlock::new();
            for i in 0..before + literals {
                block.literal((i * 7 % 144) as u8);
            }
            block.copy(258, 1 + before % 40.min(before));
            block.copy(3 + before % 8, 1 + before % 64.min(before));
            block.copy(258, before.min(33));
            // Something after them, so that the fast loop does not see the end of the input.
            for i in 0..20 {
                block.literal(i);
            }
            let (data, content) = block.finish();
            let (bytes, taken) = inflate(&data).unwrap();
            assert!(bytes == content && taken == data.len(), "{before} {literals}");
        }
    }
}

/// Copies from each near distance, which overlap themselves, in each length.
#[test]
fn copies_from_near_repeat_themselves() {
    let mut block = FixedBlock::new();
    for byte in 0..64 {
        block.literal(byte);
    }
    for distance in 1..=64 {
        for length in (3..=10).chain([258]) {
            block.copy(length, distance);
            block.literal((distance + length) as u8 % 144);
        }
    }
    let (data, content) = block.finish();
    assert!(inflate(&data).unwrap() == (content.clone(), data.len()));
    assert!(inflate_reference(&data).unwrap() == (content, data.len()));
}

#[test]
fn a_file_cut_anywhere_says_that_it_ends_there() {
    for label in ["flags-11111 one", "level-0 text", "level-9 text", "strategy-fixed text"] {
        let (_, gzip) = stream(label);
        for cut in 0..gzip.len() {
            let error = gunzip(&gzip[..cut]).unwrap_err();
            assert_eq!(error.offset(), Some(cut as u64), "{label}: {error}");
            let text = error.to_string();
            assert!(text.contains(&format!("byte {cut}: found the end of the data")), "{text}");
            assert!(text.contains("expected ") && text.contains("help: the file was cut short"));
        }
    }
}

#[test]
fn any_byte_changed_to_any_other_is_an_error_or_does_not_matter() {
    for label in ["flags-11110 one", "flags-00000 one", "level-9 periods"] {
        let (content, gzip) = stream(label);
        // The header, the head of the first block, and the trailer.
        let ends = (0..gzip.len()).filter(|&at| at < 90 || at >= gzip.len() - 12);
        let mut harmless = Vec::new();
        for at in ends {
            for xor in 1..=255 {
                let mut changed = gzip.clone();
                changed[at] ^= xor;
                match gunzip(&changed) {
                    Ok(bytes) => {
                        assert!(bytes == content, "{label}: byte {at} ^ {xor:#04x}");
                        harmless.push(at);
                    }
                    Err(error) => assert!(error.offset().unwrap() <= gzip.len() as u64),
                }
            }
        }
        harmless.dedup();
        match label {
            // With a CRC over the header: the bits that fill up the last byte of the data.
            "flags-11110 one" => assert_eq!(harmless, [gzip.len() - 9]),
            // Without one: the text flag, the time, level and system as well.
            "flags-00000 one" => assert_eq!(harmless, [3, 4, 5, 6, 7, 8, 9, 12]),
            _ => {}
        }
    }
}

#[test]
fn mutated_streams_never_unpack_to_anything_else() {
    let mut random = Lcg(7);
    let streams = streams();
    let mut survivors = 0;
    for _ in 0..20_000 {
        let (label, content, gzip) = &streams[random.below(streams.len())];
        let mut changed = gzip.clone();
        for _ in 0..1 + random.below(3) {
            let at = random.below(changed.len());
            match random.below(4) {
                0 => drop(changed.remove(at)),
                1 => changed.insert(at, random.below(256) as u8),
                2 => changed[at] ^= 1 << random.below(8),
                _ => changed[at] = random.below(256) as u8,
            }
            if changed.is_empty() {
                changed.push(0);
            }
        }
        if let Ok(bytes) = gunzip(&changed) {
            assert!(bytes == *content, "{label}");
            survivors += 1;
        }
    }
    // Names, times and comments may change and no harm done; hardly anything else may.
    assert!((1..6000).contains(&survivors), "{survivors}");
}

#[test]
fn faults_around_the_data_are_named_where_they_stand() {
    let (content, gzip) = stream("flags-00010 one");
    let changed = |at: usize, byte| {
        let mut gzip = gzip.clone();
        gzip[at] = byte;
        let error = gunzip(&gzip).unwrap_err();
        (error.offset().unwrap(), error.to_string())
    };
    let end = gzip.len();
    for (at, byte, offset, words) in [
        (0, 0x50, 0, "found bytes 0x50 0x8b, expected 0x1f 0x8b"),
        (2, 7, 2, "found compression method 7, expected 8"),
        (3, 0x82, 3, "found flags 0b10000010, expected zeros in the upper three bits"),
        (10, gzip[10] ^ 1, 10, "found header CRC 0x"),
        (12, 0x07, 12, "found block type 3, expected type 0, 1 or 2"),
        (end - 8, gzip[end - 8] ^ 1, end - 8, "found CRC-32 0x"),
        (end - 4, 2, end - 4, "found length 2, expected 1, which is that of the data"),
    ] {
        let (found, text) = changed(at, byte);
        assert_eq!(found, offset as u64, "{text}");
        assert!(text.contains(words) && text.contains("\n  help: "), "{text}");
    }

    let followed_by = |tail: &[u8]| gunzip(&[&gzip[..], tail].concat());
    assert_eq!(followed_by(&[0; 9]).unwrap(), content);
    assert_eq!(followed_by(&gzip).unwrap(), [&content[..], &content].concat());
    for (tail, offset) in [(&[1][..], end), (&[0, 0, 0x1F, 0x8B], end + 2), (&[0x1F], end)] {
        let error = followed_by(tail).unwrap_err();
        assert_eq!(error.offset(), Some(offset as u64));
        assert!(error.to_string().contains("after the last member"), "{error}");
    }
    let error = followed_by(&gzip[..5]).unwrap_err();
    assert_eq!(error.offset(), Some(end as u64 + 5));
}

#[test]
fn each_member_starts_with_nothing_behind_it() {
    // The second member copies from one byte back, which only the first has written.
    let member = |deflate: &[u8], content: &[u8]| {
        let mut bytes = vec![0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255];
        bytes.extend(deflate);
        bytes.extend(crc32_reference(content).to_le_bytes());
        bytes.extend((content.len() as u32).to_le_bytes());
        bytes
    };
    let first = member(&[0x4B, 0x04, 0x00], b"a");
    assert_eq!(gunzip(&first).unwrap(), b"a");
    // Fixed codes: length 3 (0000001), distance 1 (00000), end (0000000).
    let second = member(&[0b0000_0011, 0b0000_0010, 0, 0], b"aaa");
    let error = gunzip(&[&first[..], &second].concat()).unwrap_err();
    assert_eq!(error.offset(), Some(first.len() as u64 + 11));
    assert!(error.to_string().contains("found a copy from 1 bytes back"), "{error}");
}

#[test]
fn a_limit_stops_what_would_not_end() {
    let (content, gzip) = stream("level-9 zeros");
    assert_eq!(gunzip_at_most(&gzip, content.len()).unwrap(), content);
    let error = gunzip_at_most(&gzip, content.len() - 1).unwrap_err();
    assert!(error.to_string().contains("expected at most 2999 bytes"), "{error}");
}

#[test]
fn the_checksum_is_that_of_zlib() {
    // python3 -c "import zlib; print(hex(zlib.crc32(bytes(i * 7 % 256 for i in range(1000)))))"
    let bytes: Vec<u8> = (0..1000).map(|i| (i * 7 % 256) as u8).collect();
    assert_eq!(crc32(&bytes), 0x114A_D5FF);
}

#[test]
fn the_plain_decoder_agrees_on_real_data() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/data/mnist/t10k-images-idx3-ubyte.gz");
    let gzip = std::fs::read(path).unwrap();
    assert_eq!(gzip[3], 0, "no optional fields");
    let (fast, taken) = inflate(&gzip[10..]).unwrap();
    assert_eq!(taken, gzip.len() - 18);
    assert!(inflate_reference(&gzip[10..]).unwrap() == (fast, taken));
}
