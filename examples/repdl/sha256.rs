//! SHA-256, by which the other library names its weights (FIPS 180-4, sections 4.1.2, 5 and 6.2).

/// The hash of these bytes, as 64 hexadecimal digits.
pub fn sha256(bytes: impl IntoIterator<Item = u8>) -> String {
    let mut message: Vec<u8> = bytes.into_iter().collect();
    let bits = 8 * message.len() as u64;
    // A bit that is 1, as few zeros as it takes, and the length: a multiple of 64 bytes.
    message.push(0x80);
    message.resize((message.len() + 8).next_multiple_of(64) - 8, 0);
    message.extend(bits.to_be_bytes());

    let primes = primes();
    let mut hash: [u32; 8] = std::array::from_fn(|i| fraction(f64::from(primes[i]).sqrt()));
    let rounds = primes.map(|prime| fraction(cube_root(f64::from(prime))));
    for block in message.chunks_exact(64) {
        compress(&mut hash, &rounds, block);
    }
    hash.iter().map(|word| format!("{word:08x}")).collect()
}

/// One block of 64 bytes is mixed into the hash.
fn compress(hash: &mut [u32; 8], rounds: &[u32; 64], block: &[u8]) {
    let mut words = [0_u32; 64];
    for (word, bytes) in words.iter_mut().zip(block.chunks_exact(4)) {
        *word = bytes.iter().fold(0, |word, byte| word << 8 | u32::from(*byte));
    }
    for t in 16..64 {
        let (x, y) = (words[t - 15], words[t - 2]);
        let x = x.rotate_right(7) ^ x.rotate_right(18) ^ x >> 3;
        let y = y.rotate_right(17) ^ y.rotate_right(19) ^ y >> 10;
        words[t] = y.wrapping_add(words[t - 7]).wrapping_add(x).wrapping_add(words[t - 16]);
    }
    let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = *hash;
    for (word, round) in words.iter().zip(rounds) {
        let mixed = e.rotate_right(6) ^ e.rotate_right(11) ^ e.rotate_right(25);
        let chosen = e & f ^ !e & g;
        let first = h.wrapping_add(mixed).wrapping_add(chosen);
        let first = first.wrapping_add(*round).wrapping_add(*word);
        let mixed = a.rotate_right(2) ^ a.rotate_right(13) ^ a.rotate_right(22);
        let majority = a & b ^ a & c ^ b & c;
        let second = mixed.wrapping_add(majority);
        (h, g, f, e) = (g, f, e, d.wrapping_add(first));
        (d, c, b, a) = (c, b, a, first.wrapping_add(second));
    }
    for (hash, word) in hash.iter_mut().zip([a, b, c, d, e, f, g, h]) {
        *hash = hash.wrapping_add(word);
    }
}

/// The first 64 prime numbers: the constants are made of their roots.
fn primes() -> [u32; 64] {
    let mut numbers = (2..).filter(|n| (2..*n).all(|d| n % d > 0));
    std::array::from_fn(|_| numbers.next().expect("there is no last prime"))
}

/// The first 32 bits after the point.
fn fraction(x: f64) -> u32 {
    (x.fract() * 4_294_967_296.0) as u32
}

/// The cube root by Newton's method, from a side that is too long: no platform's own.
fn cube_root(x: f64) -> f64 {
    let mut root = x;
    loop {
        let next = (2.0 * root + x / (root * root)) / 3.0;
        if next >= root {
            return root;
        }
        root = next;
    }
}
