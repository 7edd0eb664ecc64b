//! Huffman codes: from code lengths to a decoder (appendix "Reading IDX and gzip").
//!
//! A *canonical* code is fixed by the length of each symbol's codeword alone. Shorter codewords
//! come first; among equal lengths the smaller symbol comes first; each codeword is the one before
//! it plus one, with zeros appended wherever the length grows. [`Code`] decodes by exactly that
//! rule, one bit at a time. [`Table`] is the fast way: it looks up many bits at once.

use super::bits::Bits;
use super::entry::Entry;
use super::fault::fault;
use crate::Result;

/// The longest codeword DEFLATE allows, in bits.
pub(super) const MAX_LENGTH: usize = 15;

/// The largest code, the fixed one, has so many symbols.
const MAX_SYMBOLS: usize = 288;

// ANCHOR: canonical
/// A canonical Huffman code: symbols in the order of their codewords.
pub(super) struct Code {
    /// How many symbols have a codeword of each length; length 0 means that they have none.
    counts: [u16; MAX_LENGTH + 1],
    /// The symbols, by length and then by value.
    symbols: [u16; MAX_SYMBOLS],
    /// The length of the longest codeword, in bits.
    longest: usize,
}

impl Code {
    /// Follows the bits down the code until they spell a codeword, or cannot any more (`None`).
    pub(super) fn walk(&self, bits: &mut Bits) -> Result<Option<u16>> {
        let ahead = bits.peek();
        let mut word = 0; // the bits so far, the first one highest
        let mut first = 0; // the first codeword of this length
        let mut index = usize::from(self.counts[0]); // its symbol's place
        for length in 1..=self.longest {
            word = word << 1 | (ahead >> (length - 1) & 1) as usize;
            first <<= 1;
            let count = usize::from(self.counts[length]);
            if word < first + count {
                bits.take(length as u32)?;
                return Ok(Some(self.symbols[index + (word - first)]));
            }
            first += count;
            index += count;
        }
        bits.take(self.longest as u32)?; // an error if the bits ran out
        Ok(None)
    }
}
// ANCHOR_END: canonical

impl Code {
    /// No codewords.
    pub(super) const EMPTY: Self =
        Self { counts: [0; MAX_LENGTH + 1], symbols: [0; MAX_SYMBOLS], longest: 0 };

    /// The code in which symbol `s` has a codeword of `lengths[s]` bits, or none if that is 0.
    ///
    /// A codeword of n bits claims 1/2ⁿ of all bit sequences, and the claims must add up to one.
    /// If `sparse`, two exceptions stand, as in zlib: no codeword at all, or a single one of one
    /// bit. The error names the code `name` and the byte `at`.
    pub(super) fn new(lengths: &[u8], sparse: bool, name: &str, at: usize) -> Result<Self> {
        const ALL: usize = 1 << MAX_LENGTH;
        let mut counts = [0; MAX_LENGTH + 1];
        for &length in lengths {
            counts[usize::from(length)] += 1;
        }
        let longest = counts.iter().rposition(|&count| count > 0).unwrap_or(0);
        let claimed: usize = (1..=longest).map(|n| usize::from(counts[n]) * (ALL >> n)).sum();
        if claimed > ALL || (claimed < ALL && !(sparse && longest <= 1)) {
            let kind = if claimed > ALL { "over-subscribed" } else { "incomplete" };
            let found =
                format!("an {kind} {name} code: its lengths claim {claimed} of {ALL} words");
            return Err(fault(at, found, format!("lengths that claim exactly {ALL}")));
        }
        // Where the symbols of each length begin; then every symbol goes to the next place of its
        // own.
        let mut places = [0; MAX_LENGTH + 2];
        for length in 0..=longest {
            places[length + 1] = places[length] + usize::from(counts[length]);
        }
        let mut symbols = [0; MAX_SYMBOLS];
        for (symbol, &length) in (0..).zip(lengths) {
            let place = &mut places[usize::from(length)];
            symbols[*place] = symbol;
            *place += 1;
        }
        Ok(Self { counts, symbols, longest })
    }

    /// Every symbol with its codeword's length and bits, the codeword's first bit lowest.
    fn words(&self) -> impl Iterator<Item = (u16, u32, usize)> {
        let mut next = 0_u16;
        let mut length = 0_u32;
        let mut left = 0;
        let all = self.counts.iter().map(|&count| usize::from(count)).sum();
        self.symbols[usize::from(self.counts[0])..all].iter().map(move |&symbol| {
            while left == 0 {
                next <<= 1;
                length += 1;
                left = self.counts[length as usize];
            }
            let word = next.reverse_bits() >> (u16::BITS - length);
            next += 1;
            left -= 1;
            (symbol, length, usize::from(word))
        })
    }
}

// ANCHOR: table
/// A code as a table: index it with the next bits of the stream, whatever follows the codeword.
///
/// `ROOT` is a power of two. A codeword of at most log₂ `ROOT` bits fills every entry that begins
/// with it. Longer ones, which are rare by construction, share a link to a second table.
pub(super) struct Table<const ROOT: usize> {
    /// The entries by the next log₂ `ROOT` bits.
    root: [Entry; ROOT],
    /// The second tables, one behind the other.
    seconds: Vec<Entry>,
}

impl<const ROOT: usize> Table<ROOT> {
    const ROOT_BITS: u32 = ROOT.ilog2();
    const SECOND: usize = 1 << (MAX_LENGTH as u32 - Self::ROOT_BITS);

    /// The table of no codewords.
    pub(super) const EMPTY: Self = Self { root: [Entry::STOP; ROOT], seconds: Vec::new() };

    /// Makes this the table of `code`, in which symbol `s` means `meaning(s)`.
    pub(super) fn fill(&mut self, code: &Code, meaning: impl Fn(u16) -> Entry) {
        let Self { root, seconds } = self;
        root[0] = Entry::STOP; // All others grow out of this one.
        seconds.clear();
        let mut size = 1;
        // The words come shortest first. A table for `length` bits is that for one bit less, twice.
        for (symbol, length, word) in code.words() {
            while size < ROOT.min(1 << length) {
                root.copy_within(..size, size);
                size *= 2;
            }
            let entry = meaning(symbol).after(length);
            if length <= Self::ROOT_BITS {
                root[word] = entry;
                continue;
            }
            let link = &mut root[word % ROOT];
            if link.is_stop() {
                *link = Entry::link(seconds.len());
                seconds.resize(seconds.len() + Self::SECOND, Entry::STOP);
            }
            let second = &mut seconds[link.base()..];
            let rest = length - Self::ROOT_BITS;
            for slot in second[word / ROOT..Self::SECOND].iter_mut().step_by(1 << rest) {
                *slot = entry;
            }
        }
        while size < ROOT {
            root.copy_within(..size, size);
            size *= 2;
        }
    }

    /// What the codeword at the low end of `buffer` means.
    #[inline(always)]
    pub(super) fn find(&self, buffer: u64) -> Entry {
        let entry = self.first(buffer);
        if entry.is_link() { self.second(entry, buffer) } else { entry }
    }

    /// The same, or a link if the codeword is long.
    #[inline(always)]
    pub(super) fn first(&self, buffer: u64) -> Entry {
        self.root[buffer as usize % ROOT]
    }

    /// The entry that `link` leads to.
    #[inline(always)]
    pub(super) fn second(&self, link: Entry, buffer: u64) -> Entry {
        self.seconds[link.base() + (buffer as usize / ROOT) % Self::SECOND]
    }

    /// Takes the next codeword of a complete code whose symbols are bytes.
    pub(super) fn take(&self, bits: &mut Bits) -> Result<u8> {
        let entry = self.find(bits.peek());
        bits.take(entry.bits())?;
        Ok(entry.byte())
    }
}
// ANCHOR_END: table

#[cfg(test)]
mod tests {
    use super::*;

    /// A complete code with every length from 1 to 15, its symbols scattered.
    fn skewed() -> Vec<u8> {
        (1..=15).chain([15]).rev().collect()
    }

    #[test]
    fn the_codewords_are_those_of_rfc_1951() {
        // Section 3.2.2: ABCDEFGH with lengths 3 3 3 3 3 2 4 4.
        let code = Code::new(&[3, 3, 3, 3, 3, 2, 4, 4], false, "test", 0).unwrap();
        let mut words: Vec<(u16, String)> = code
            .words()
            .map(|(symbol, length, word)| {
                let text = (0..length).map(|i| if word >> i & 1 == 1 { '1' } else { '0' });
                (symbol, text.collect())
            })
            .collect();
        words.sort();
        let words: Vec<String> = words.into_iter().map(|(_, word)| word).collect();
        assert_eq!(words.join(" "), "010 011 100 101 110 00 1110 1111");
    }

    #[test]
    fn the_table_finds_what_the_walk_finds() {
        let mut table = Table::<256>::EMPTY;
        for lengths in [skewed(), vec![1], vec![0, 0, 1], vec![2, 2, 2, 2], vec![0; 5]] {
            let code = Code::new(&lengths, true, "test", 0).unwrap();
            table.fill(&code, |symbol| Entry::based(symbol + 1, 0));
            for word in 0..1_u64 << MAX_LENGTH {
                let bytes = word.to_le_bytes();
                let mut bits = Bits::new(&bytes, 0);
                let walked = code.walk(&mut bits).unwrap();
                let found = table.find(word);
                match walked {
                    Some(symbol) => {
                        assert_eq!(found.base(), usize::from(symbol) + 1);
                        assert_eq!(found.bits(), u32::from(lengths[usize::from(symbol)]));
                    }
                    None => assert!(found.is_stop()),
                }
            }
        }
    }

    #[test]
    fn lengths_must_claim_every_word_once() {
        let fault = |lengths: &[u8], sparse| {
            let error = Code::new(lengths, sparse, "test", 7).err()?;
            assert_eq!(error.offset(), Some(7));
            Some(error.to_string())
        };
        assert!(fault(&[1, 1, 1], true).unwrap().contains("an over-subscribed test code"));
        assert!(fault(&[2, 2, 2], true).unwrap().contains("claim 24576 of 32768"));
        assert!(fault(&[1], false).unwrap().contains("an incomplete test code"));
        assert!(fault(&[0, 2], true).is_some());
        assert_eq!(fault(&[1, 2, 2], false), None);
        assert_eq!(fault(&[0, 1], true), None);
        assert_eq!(fault(&[0, 0], true), None);
    }
}
