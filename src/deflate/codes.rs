//! The two Huffman codes of a DEFLATE block (appendix "Reading IDX and gzip").

use super::bits::Bits;
use super::entry::Entry;
use super::fault::fault;
use super::huffman::{Code, Table};
use crate::Result;

/// The smallest length that each length symbol stands for, from symbol 257 on, and how many extra
/// bits add to it.
#[rustfmt::skip]
pub(super) const LENGTHS: [(u16, u8); 29] = [
    (3, 0), (4, 0), (5, 0), (6, 0), (7, 0), (8, 0), (9, 0), (10, 0),
    (11, 1), (13, 1), (15, 1), (17, 1), (19, 2), (23, 2), (27, 2), (31, 2),
    (35, 3), (43, 3), (51, 3), (59, 3), (67, 4), (83, 4), (99, 4), (115, 4),
    (131, 5), (163, 5), (195, 5), (227, 5), (258, 0),
];

/// The smallest distance that each distance symbol stands for, from symbol 0 on, and its extra
/// bits.
#[rustfmt::skip]
pub(super) const DISTANCES: [(u16, u8); 30] = [
    (1, 0), (2, 0), (3, 0), (4, 0), (5, 1), (7, 1), (9, 2), (13, 2),
    (17, 3), (25, 3), (33, 4), (49, 4), (65, 5), (97, 5), (129, 6), (193, 6),
    (257, 7), (385, 7), (513, 8), (769, 8), (1025, 9), (1537, 9), (2049, 10), (3073, 10),
    (4097, 11), (6145, 11), (8193, 12), (12289, 12), (16385, 13), (24577, 13),
];

/// The symbol that ends a block, between the literals and the lengths.
pub(super) const END_OF_BLOCK: u16 = 256;

/// The two codes of a block, each in two forms. Those of the next block are read into their places.
pub(super) struct Codes {
    /// The code of literals, lengths and the end of the block, to be walked bit by bit.
    pub literals: Code,
    /// The code of distances, to be walked bit by bit.
    pub distances: Code,
    /// The first code as a table, to be looked up.
    pub literal_table: Table<2048>,
    /// The second code as a table, to be looked up.
    pub distance_table: Table<256>,
    /// The code in which a block sends the lengths of the two, to be looked up.
    length_table: Table<128>,
}

impl Codes {
    /// No codewords.
    pub(super) const EMPTY: Self = Self {
        literals: Code::EMPTY,
        distances: Code::EMPTY,
        literal_table: Table::EMPTY,
        distance_table: Table::EMPTY,
        length_table: Table::EMPTY,
    };

    /// The codes of a block that sends none (RFC 1951, section 3.2.6).
    pub(super) fn fixed() -> Self {
        let mut lengths = [8; 288];
        lengths[144..256].fill(9);
        lengths[256..280].fill(7);
        let mut codes = Self::EMPTY;
        codes.set(&lengths, &[5; 32], 0).expect("the fixed codes are complete");
        codes
    }

    // ANCHOR: dynamic
    /// Reads the codes that head a block: the lengths of their codewords, themselves Huffman-coded,
    /// which are looked up if `FAST`.
    pub(super) fn read<const FAST: bool>(&mut self, bits: &mut Bits) -> Result<()> {
        /// Code lengths are sent in this order, the rarest last, so that they can be left off.
        const ORDER: [usize; 19] =
            [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

        let at = bits.byte();
        let literals = 257 + bits.take(5)? as usize;
        let distances = 1 + bits.take(5)? as usize;
        let sent = 4 + bits.take(4)? as usize;
        if literals > 286 || distances > 30 {
            let found = format!("{literals} literal and length, {distances} distance codewords");
            return Err(fault(at, found, "at most 286 and 30"));
        }
        let mut code_lengths = [0; 19];
        for &symbol in &ORDER[..sent] {
            code_lengths[symbol] = bits.take(3)? as u8;
        }
        let code = Code::new(&code_lengths, false, "code length", at)?;
        if FAST {
            self.length_table.fill(&code, |symbol| Entry::literal(symbol as u8));
        }

        let mut lengths = [0; 286 + 30];
        let mut have = 0;
        while have < literals + distances {
            let at = bits.byte();
            let symbol = match FAST {
                true => u16::from(self.length_table.take(bits)?),
                false => code.walk(bits)?.expect("a complete code has a symbol for all bits"),
            };
            let (length, times) = match symbol {
                16 if have == 0 => {
                    return Err(fault(at, "a repeat of the length before the first", "a length"));
                }
                16 => (lengths[have - 1], 3 + bits.take(2)? as usize),
                17 => (0, 3 + bits.take(3)? as usize),
                18 => (0, 11 + bits.take(7)? as usize),
                length => (length as u8, 1),
            };
            if have + times > literals + distances {
                let found = format!("code length {} of {}", have + times, literals + distances);
                return Err(fault(at, found, "a repeat that ends with the last"));
            }
            lengths[have..have + times].fill(length);
            have += times;
        }
        let (literals, distances) = lengths[..have].split_at(literals);
        if literals[usize::from(END_OF_BLOCK)] == 0 {
            return Err(fault(at, "a block without an end", "a codeword for symbol 256"));
        }
        self.set(literals, distances, at)
    }
    // ANCHOR_END: dynamic

    /// Makes these the codes whose codewords have such lengths.
    fn set(&mut self, literals: &[u8], distances: &[u8], at: usize) -> Result<()> {
        self.literals = Code::new(literals, true, "literal and length", at)?;
        self.distances = Code::new(distances, true, "distance", at)?;
        let based = |table: &[(u16, u8)], symbol| match table.get(usize::from(symbol)) {
            Some(&(base, extra)) => Entry::based(base, extra),
            None => Entry::STOP,
        };
        self.literal_table.fill(&self.literals, |symbol| match symbol {
            ..END_OF_BLOCK => Entry::literal(symbol as u8),
            END_OF_BLOCK => Entry::STOP,
            _ => based(&LENGTHS, symbol - 257),
        });
        self.distance_table.fill(&self.distances, |symbol| based(&DISTANCES, symbol));
        Ok(())
    }
}
