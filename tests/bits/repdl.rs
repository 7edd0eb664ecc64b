//! The first steps of `examples/repdl`, which ends at the hashes that another library publishes.

#[path = "../../examples/repdl/net.rs"]
mod net;
#[path = "../../examples/repdl/sha256.rs"]
mod sha256;
#[path = "../../examples/repdl/training.rs"]
#[allow(dead_code)] // how many steps there are in all
mod training;

use longhand::data::Mnist;
use longhand::rng::Mersenne;
use sha256::sha256;
use training::{begin, hash, integer, train};

/// The first of RepDL's published hashes, and what RepDL itself computes on a CPU after each of the
/// first three steps.
const HASHES: [&str; 4] = [
    "2a2d133895b1684e55d0f152ead2914b55adc551d9790a4b4585309b79c60362",
    "a20fd4b725d6ad1cc8c6028481ea89c0bddf3530165e42ec92ef3da2c444af5b",
    "cd69b98a88fe11905fb489eab724f3167d5921c41fccf2be031459bff635d1ea",
    "66696aba17c65dd0b9cc8ba4186679b400eb347bf6aff90ce9d0933b4e345dfe",
];

#[test]
fn the_first_steps_are_those_of_repdl() {
    let digits = Mnist::load().unwrap().train.dataset([1, 28, 28], 255.0);
    let (mut net, rng) = begin();
    let mut hashes = vec![hash(&net.params)];
    train(&mut net, rng, &digits, 3, |net| hashes.push(hash(&net.params)));
    assert_eq!(hashes, HASHES);
}

/// FIPS 180-4 has the first two; the third is the least message that needs a second block.
#[test]
fn sha256_is_the_standard_one() {
    let hashes = [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (&"a".repeat(56), "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a"),
    ];
    for (text, expected) in hashes {
        assert_eq!(sha256(text.bytes()), expected, "{text:?}");
    }
}

/// The C++ standard gives the ten thousandth number of `std::mt19937`, whose seed is 5489; here two
/// draws are an integer of 63 bits, the even one in its lower half.
#[test]
fn the_generator_is_the_mersenne_twister() {
    let mut rng = Mersenne::new(5489);
    let last = (0..5_000).map(|_| integer(&mut rng)).last().unwrap();
    assert_eq!(last as u32, 4_123_659_995);
}
