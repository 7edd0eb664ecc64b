//! PNG files that no writer would make, put together for the reader.

use longhand::deflate::crc32_reference;

/// A file of these chunks, with the checksums that belong to them.
pub fn png_file<T: AsRef<[u8]>>(chunks: &[([u8; 4], T)]) -> Vec<u8> {
    let mut file = b"\x89PNG\r\n\x1A\n".to_vec();
    for (name, contents) in chunks {
        let contents = contents.as_ref();
        file.extend((contents.len() as u32).to_be_bytes());
        let start = file.len();
        file.extend(name);
        file.extend(contents);
        let sum = crc32_reference(&file[start..]);
        file.extend(sum.to_be_bytes());
    }
    file
}
