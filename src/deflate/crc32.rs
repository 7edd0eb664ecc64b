//! CRC-32, the check that ends a gzip member (appendix "Reading IDX and gzip").
//!
//! Read the message as one long polynomial with coefficients 0 and 1, added modulo 2, lowest bit of
//! each byte first. Its remainder on division by x³² + x²⁶ + x²³ + x²² + x¹⁶ + x¹² + x¹¹ + x¹⁰ + x⁸ +
//! x⁷ + x⁵ + x⁴ + x² + x + 1 is the CRC. Subtraction of such polynomials is exclusive or, so long
//! division is a shift and perhaps an exclusive or for each bit.

// ANCHOR: crc_reference
/// The divisor without its leading term; x³¹ is the lowest bit, x⁰ the highest.
const DIVISOR: u32 = 0xEDB8_8320;

/// The CRC-32 of `bytes` by long division, a bit at a time: what [`crc32`] must agree with.
///
/// ```
/// use longhand::deflate::crc32_reference;
/// assert_eq!(crc32_reference(b"123456789"), 0xCBF4_3926);
/// ```
#[must_use]
pub fn crc32_reference(bytes: &[u8]) -> u32 {
    let mut remainder = !0;
    for &byte in bytes {
        remainder ^= u32::from(byte);
        for _ in 0..8 {
            remainder = divide_once(remainder);
        }
    }
    !remainder
}

/// One step of long division: shift, and subtract the divisor if a term fell out.
const fn divide_once(remainder: u32) -> u32 {
    match remainder & 1 {
        0 => remainder >> 1,
        _ => (remainder >> 1) ^ DIVISOR,
    }
}
// ANCHOR_END: crc_reference

// ANCHOR: crc_slices
/// `TABLES[z][b]` is what the byte `b` adds to the remainder once `z` more bytes have followed it.
///
/// Division is linear: sixteen bytes can be looked up side by side and their remainders added.
static TABLES: [[u32; 256]; 16] = tables();

const fn tables() -> [[u32; 256]; 16] {
    let mut tables = [[0; 256]; 16];
    let mut b = 0;
    while b < 256 {
        let mut remainder = b as u32;
        let mut step = 0;
        while step < 8 {
            remainder = divide_once(remainder);
            step += 1;
        }
        tables[0][b] = remainder;
        b += 1;
    }
    let mut z = 1;
    while z < 16 {
        let mut b = 0;
        while b < 256 {
            let before = tables[z - 1][b];
            tables[z][b] = (before >> 8) ^ tables[0][(before & 0xFF) as usize];
            b += 1;
        }
        z += 1;
    }
    tables
}

/// The CRC-32 of `bytes`, sixteen bytes at a time.
///
/// ```
/// use longhand::deflate::crc32;
/// assert_eq!(crc32(b""), 0);
/// assert_eq!(crc32(b"The quick brown fox jumps over the lazy dog"), 0x414F_A339);
/// ```
#[must_use]
pub fn crc32(bytes: &[u8]) -> u32 {
    let mut remainder = !0_u32;
    let (blocks, rest) = bytes.as_chunks::<16>();
    for block in blocks {
        let mut block = *block;
        for (byte, old) in block.iter_mut().zip(remainder.to_le_bytes()) {
            *byte ^= old;
        }
        remainder = 0;
        // Last byte first: the first four wait for the old remainder, the others need not.
        for (table, &byte) in TABLES.iter().zip(block.iter().rev()) {
            remainder ^= table[usize::from(byte)];
        }
    }
    for &byte in rest {
        let index = (remainder ^ u32::from(byte)) & 0xFF;
        remainder = (remainder >> 8) ^ TABLES[0][index as usize];
    }
    !remainder
}
// ANCHOR_END: crc_slices

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixteen_at_a_time_agrees_with_a_bit_at_a_time() {
        let bytes: Vec<u8> = (0..300_u32).map(|i| (i * i % 251) as u8).collect();
        for from in 0..20 {
            for to in from..bytes.len() {
                assert_eq!(crc32(&bytes[from..to]), crc32_reference(&bytes[from..to]));
            }
        }
    }
}
