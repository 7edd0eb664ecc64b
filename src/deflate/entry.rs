//! What a codeword means to the fast loop (appendix "Reading IDX and gzip").

/// What a codeword means, in 32 bits so that a whole table stays in the nearest cache.
///
/// ```text
///  31           16  15  14  13  12  11        8   7           0
///  |     base     | · | · | link |literal| code length | bits to drop |
/// ```
/// *Bits to drop* counts the codeword and the extra bits that follow it; 0 marks an entry the fast
/// loop must leave alone: no codeword, or the end of the block.
#[derive(Clone, Copy)]
pub(super) struct Entry(u32);

impl Entry {
    /// The fast loop must leave this entry alone.
    pub(super) const STOP: Entry = Entry(0);
    const LITERAL: u32 = 1 << 12;
    const LINK: u32 = 1 << 13;

    /// A symbol that is a byte of output.
    pub(super) fn literal(byte: u8) -> Self {
        Entry(u32::from(byte) << 16 | Self::LITERAL)
    }

    /// A link to the second table that begins at entry `base` of them all.
    pub(super) fn link(base: usize) -> Self {
        Entry((base as u32) << 16 | Self::LINK)
    }

    /// A length or distance of at least `base`, to which `extra` bits are added.
    pub(super) fn based(base: u16, extra: u8) -> Self {
        Entry(u32::from(base) << 16 | u32::from(extra))
    }

    /// The entry of a codeword of so many bits, where this is what it means.
    pub(super) fn after(self, code_length: u32) -> Self {
        match self.0 {
            0 => self,
            bits => Entry(bits + (code_length << 8) + code_length),
        }
    }

    #[inline(always)]
    pub(super) fn is_literal(self) -> bool {
        self.0 & Self::LITERAL != 0
    }

    /// The codeword is longer than the first table can tell apart.
    #[inline(always)]
    pub(super) fn is_link(self) -> bool {
        self.0 & Self::LINK != 0
    }

    #[inline(always)]
    pub(super) fn is_stop(self) -> bool {
        self.0 == 0
    }

    #[inline(always)]
    pub(super) fn base(self) -> usize {
        (self.0 >> 16) as usize
    }

    #[inline(always)]
    pub(super) fn byte(self) -> u8 {
        (self.0 >> 16) as u8
    }

    /// How many bits the codeword and its extra bits take.
    #[inline(always)]
    pub(super) fn bits(self) -> u32 {
        self.0 & 0xFF
    }

    /// Base plus extra bits, where `buffer` begins with the codeword.
    #[inline(always)]
    pub(super) fn value(self, buffer: u64) -> usize {
        let code_length = self.0 >> 8 & 0xF;
        self.base() + ((buffer & !(!0 << self.bits())) >> code_length) as usize
    }
}
