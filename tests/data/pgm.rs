//! PGM, as bytes and as words, and what is none.

use longhand::data::{Picture, pgm};

#[track_caller]
fn same(bytes: &[u8], height: usize, pixels: &[u8]) {
    let picture = pgm::from_bytes(bytes).unwrap();
    assert_eq!(picture, Picture::new(height, pixels.len() / height, pixels.to_vec()));
}

#[track_caller]
fn refused(bytes: &[u8], words: &str) {
    let error = pgm::from_bytes(bytes).expect_err(words);
    let text = error.to_string();
    assert!(text.contains(words) && text.contains("help: "), "{text}\nshould say: {words}");
    assert!(error.offset().is_some_and(|at| at as usize <= bytes.len()), "{text}");
}

#[test]
fn greys_are_read_in_every_spelling() {
    same(b"P5 2 2 255\n\0\x7F\x80\xFF", 2, &[0, 127, 128, 255]);
    same(b"P5\n# by hand\n2\t1\r\n255\r\x0A\x20", 1, &[10, 32]); // one space, then the pixels
    same(b"P5 2 1 100#white\n\x32\x64", 1, &[128, 255]);
    same(b"P5 1 3 65535\n\0\0\x80\0\xFF\xFF", 3, &[0, 128, 255]);
    same(b"P5 1 1 256\n\x01\0", 1, &[255]);
    same(b"P2\n3 2\n15\n0 1 2\n13 14 15\n", 2, &[0, 17, 34, 221, 238, 255]);
    same(b"P2#x\n1 2 007 0 # zero\n 7", 2, &[0, 255]);
    same(b"P2 1 1 65535 65535 # and no more", 1, &[255]);
}

#[test]
fn what_breaks_a_rule_is_refused_where_it_does() {
    refused(b"", "found \"\"");
    refused(b"P6 1 1 255\n\0\0\0", "found \"P6 \"");
    refused(b"P55 1 1", "found \"P55\"");
    refused(b"P5 ", "found the end of the data, expected the number of columns");
    refused(b"P5 2 x", "found \"x\", expected the number of rows");
    refused(b"P5 2 2x", "found \"2x\", expected the number of rows");
    refused(b"P5 -2 2", "found \"-\"");
    refused(b"P5 0 2 255\n", "0 as the number of columns");
    refused(b"P5 2 2 0\n", "0 as the number that is white");
    refused(b"P5 2 2 65536\n", "65536 as the number that is white");
    let tall = b"P5 2 99999999999999999999 255\n";
    refused(tall, "found 99999999999999999999 as the number of rows, expected at most");
    refused(b"P5 2 2 255", "expected 1 bytes from byte 10 on: a space before the pixels");
    refused(b"P5 2 2 255\n\0\0\0", "the end of the data after 3 bytes");
    refused(b"P5 2 2 255\n\0\0\0\0\0", "found 1 bytes more");
    refused(b"P5 2 1 100\n\x64\x65", "a pixel of 101, expected at most 100");
    // At the second pixel, of one byte or of two.
    for (file, at) in
        [(&b"P5 2 1 100\n\x64\x65"[..], 11 + 1), (b"P5 2 1 300\n\x01\x2C\x01\x2D", 11 + 2)]
    {
        assert_eq!(pgm::from_bytes(file).unwrap_err().offset(), Some(at));
    }
    refused(format!("P5 {0} {0} 255\n\0", usize::MAX).as_bytes(), "the shape");
    refused(b"P2 2 1 100 100 101", "a pixel of 101");
    refused(b"P2 2 1 9 9", "found 2 bytes of pixels");
    refused(b"P2 2 1 100 100    ", "found the end of the data, expected a pixel");
    refused(b"P2 2 1 100 100 1,5", "found \"1,\", expected a pixel");
    refused(b"P2 1 1 100 100 1", "found 1 bytes more");
    refused(b"P2 60000 59999 100 100 1", "expected 59999×60000 numbers");
}
