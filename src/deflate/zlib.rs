//! The zlib format around DEFLATE, RFC 1950: two bytes before it and a checksum after it. The
//! pixels of a PNG picture are packed so.

use super::fault::{DAMAGED, PLACE, fault};
use super::{Output, inflate_into};
use crate::{Error, ErrorKind, Result};

/// The Adler-32 of `bytes`: 1 and all bytes added up, and the sums on the way added up, both modulo
/// 65,521, the largest prime below 2¹⁶.
///
/// ```
/// use longhand::deflate::adler32;
/// assert_eq!(adler32(b""), 1);
/// assert_eq!(adler32(b"Wikipedia"), 0x11E6_0398);
/// ```
#[must_use]
pub fn adler32(bytes: &[u8]) -> u32 {
    const MODULUS: u32 = 65_521;
    // So many of the largest bytes can be added before 32 bits overflow.
    const UNREDUCED: usize = 5552;
    let (mut sum, mut sums) = (1, 0);
    for bytes in bytes.chunks(UNREDUCED) {
        for &byte in bytes {
            sum += u32::from(byte);
            sums += sum;
        }
        sum %= MODULUS;
        sums %= MODULUS;
    }
    sums << 16 | sum
}

/// Unpacks a zlib stream to the end of `output`; gives how many bytes of `stream` it took.
pub(crate) fn unpack_zlib(stream: &[u8], output: &mut Output) -> Result<usize> {
    let cut_short = |expected: &str| fault(stream.len(), "the end of the data", expected);
    let &[method, flags, ..] = stream else {
        return Err(cut_short("the two bytes that begin a zlib stream"));
    };
    if method & 0x0F != 8
        || method >> 4 > 7
        || !u16::from_be_bytes([method, flags]).is_multiple_of(31)
    {
        let found = format!("bytes {method:#04x} {flags:#04x}");
        return Err(fault(0, found, "method 8, a window of at most 32 KiB, a multiple of 31"));
    }
    if flags & 0x20 != 0 {
        return Err(Error::new(ErrorKind::Unsupported, PLACE)
            .at(1)
            .found("a stream that wants a preset dictionary")
            .expected("one that stands alone")
            .help("save it anew with another program"));
    }
    let before = output.filled;
    let end = inflate_into::<true>(stream, 2, output, |_| ())?;
    let Some(&stated) = stream[end..].first_chunk() else {
        return Err(cut_short("the Adler-32 in four bytes"));
    };
    let (stated, actual) = (u32::from_be_bytes(stated), adler32(&output.unpacked()[before..]));
    if stated != actual {
        let expected = format!("{actual:#010x}, which is that of the data");
        return Err(fault(end, format!("Adler-32 {stated:#010x}"), expected).help(DAMAGED));
    }
    Ok(end + 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unpacked(stream: &[u8]) -> Result<(Vec<u8>, usize)> {
        let mut output = Output::new(0, usize::MAX);
        let taken = unpack_zlib(stream, &mut output)?;
        Ok((output.into_bytes(), taken))
    }

    /// Python: `zlib.compress(b"aaaa")`, with a byte after it.
    const FOUR: [u8; 12] = [0x78, 0x9C, 0x4B, 0x4C, 0x4C, 0x4C, 4, 0, 3, 0xCE, 1, 0x85];

    #[test]
    fn long_sums_are_reduced_in_time() {
        let bytes: Vec<u8> = vec![255; 100_000];
        let (sum, sums) = bytes
            .iter()
            .fold((1_u64, 0_u64), |(a, b), &byte| (a + u64::from(byte), a + u64::from(byte) + b));
        assert_eq!(u64::from(adler32(&bytes)), ((sums % 65_521) << 16) + sum % 65_521);
    }

    #[test]
    fn a_stream_is_unpacked_and_each_of_its_bytes_matters() {
        let mut more = FOUR.to_vec();
        more.push(7);
        assert_eq!(unpacked(&more), Ok((b"aaaa".to_vec(), 12)));
        for length in 0..FOUR.len() {
            let error = unpacked(&FOUR[..length]).unwrap_err();
            assert!(error.to_string().contains("found the end of the data"), "{error}");
        }
        // The last block ends within a byte; its six last bits mean nothing.
        for bit in (0..8 * FOUR.len()).filter(|bit| !(58..64).contains(bit)) {
            let mut changed = FOUR;
            changed[bit / 8] ^= 1 << (bit % 8);
            let found = unpacked(&changed);
            assert!(found.is_err(), "bit {bit}: {found:?}");
        }
        // A dictionary, and the check bits put right.
        let error = unpacked(&[0x78, 0xBB, 0, 0]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
    }
}
