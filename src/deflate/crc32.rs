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
    !divide(!0, bytes)
}

/// Long division: the remainder of `bytes`, if the bytes before them left `remainder`.
fn divide(mut remainder: u32, bytes: &[u8]) -> u32 {
    for &byte in bytes {
        remainder ^= u32::from(byte);
        for _ in 0..8 {
            // Shift, and subtract the divisor if a term fell out.
            remainder = match remainder & 1 {
                0 => remainder >> 1,
                _ => (remainder >> 1) ^ DIVISOR,
            };
        }
    }
    remainder
}
// ANCHOR_END: crc_reference

// ANCHOR: crc_sparse
/// How many bytes after a byte of the quotient it is to be added: the terms of the eighth power of
/// x²⁷⁴ + x⁹³ + x⁷⁵ + x¹⁹ + x¹¹ + 1, a multiple of the divisor, below its first.
const AFTER: [usize; 5] = [181, 199, 255, 263, 274];
const DEGREE: usize = 274;

/// So many bytes are divided at once: fewer than the least of `AFTER`, so that none waits for
/// another.
const AT_ONCE: usize = 64;

/// The CRC-32 of a message that is still growing, by sixty-four bytes at a time.
pub(crate) struct Crc {
    /// The quotient up to `end`: its last bytes, and some before them that are no longer needed.
    quotient: [u8; DEGREE + 64 * AT_ONCE],
    /// Where the next byte of the quotient goes.
    end: usize,
    /// How many bytes of the message have been divided.
    divided: usize,
}

impl Crc {
    pub(crate) fn new() -> Self {
        // Ones 274 bytes before the message turn its first four bytes over.
        let mut quotient = [0; DEGREE + 64 * AT_ONCE];
        quotient[..4].fill(0xFF);
        Self { quotient, end: DEGREE, divided: 0 }
    }

    /// Divides what is new of `message`, which has grown, and leaves at least its last 274 bytes.
    pub(crate) fn follow(&mut self, message: &[u8]) {
        let ready = message.len().saturating_sub(DEGREE).max(self.divided);
        let (blocks, _) = message[self.divided..ready].as_chunks::<AT_ONCE>();
        let Self { quotient, end, divided } = self;
        for block in blocks {
            if *end == quotient.len() {
                quotient.copy_within(*end - DEGREE.., 0);
                *end = DEGREE;
            }
            let mut next = *block;
            for after in AFTER {
                let earlier = &quotient[*end - after..][..AT_ONCE];
                for i in 0..AT_ONCE {
                    next[i] ^= earlier[i];
                }
            }
            quotient[*end..*end + AT_ONCE].copy_from_slice(&next);
            *end += AT_ONCE;
            *divided += AT_ONCE;
        }
    }

    /// The CRC, if `message` does not grow any more.
    pub(crate) fn finish(mut self, message: &[u8]) -> u32 {
        if message.len() < DEGREE {
            return crc32_reference(message);
        }
        self.follow(message);
        // Too few bytes are left for the multiple, and the divisor itself finishes.
        let mut rest = message[self.divided..].to_vec();
        for after in AFTER {
            for (byte, term) in rest.iter_mut().zip(&self.quotient[self.end - after..self.end]) {
                *byte ^= term;
            }
        }
        !divide(0, &rest)
    }
}
// ANCHOR_END: crc_sparse

/// The CRC-32 of `bytes`.
///
/// ```
/// use longhand::deflate::crc32;
/// assert_eq!(crc32(b""), 0);
/// assert_eq!(crc32(b"The quick brown fox jumps over the lazy dog"), 0x414F_A339);
/// ```
#[must_use]
pub fn crc32(bytes: &[u8]) -> u32 {
    Crc::new().finish(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_multiple_is_one() {
        // The multiple as a message of 35 bytes: its first term is bit 5, the last bit 279.
        let mut multiple = [0_u8; 35];
        for term in [274, 274 - 181, 274 - 199, 274 - 255, 274 - 263, 0] {
            multiple[(279 - term) / 8] |= 1 << ((279 - term) % 8);
        }
        assert_eq!(divide(0, &multiple), 0);
        assert!(AFTER.iter().all(|&after| after >= AT_ONCE));
    }

    #[test]
    fn a_growing_message_is_followed() {
        let bytes: Vec<u8> = (0..20_000_u32).map(|i| (i * i % 251) as u8).collect();
        for step in [1, 63, 64, 300, 5000, 20_000] {
            let mut crc = Crc::new();
            (0..bytes.len()).step_by(step).for_each(|end| crc.follow(&bytes[..end]));
            assert_eq!(crc.finish(&bytes), crc32_reference(&bytes), "{step} bytes at a time");
        }
    }

    #[test]
    fn sixty_four_at_a_time_agree_with_a_bit_at_a_time() {
        let bytes: Vec<u8> = (0..600_u32).map(|i| (i * i % 251) as u8).collect();
        for from in 0..20 {
            for to in from..bytes.len() {
                assert_eq!(crc32(&bytes[from..to]), crc32_reference(&bytes[from..to]));
            }
        }
    }
}
