//! Sums over named indices.

use crate::{at, indices, uneven};
use longhand::tensor::{einsum, isa, reference, threads};
use longhand::{Scalar, Tensor};

/// Specs of one, two and three operands; every letter's size is that of [`size`].
const SPECS: &[&str] = &[
    "i->i",
    "ij->ij",
    "ij->ji",
    "ij->i",
    "ij->j",
    "ij->",
    "->",
    "ii->i",
    "ii->",
    "iij->ij",
    "iij->ji",
    "iji->j",
    "ijk->kji",
    "ijk->jk",
    "ijkl->ljik",
    "iijj->ij",
    "iiii->i", // one operand
    "ik,kj->ij",
    "ik,kj->ji",
    "ki,kj->ij",
    "bi,bj->ij",
    "bi,ji->bj",
    "ik,jk->ij",
    "kj,ik->ij",
    "i,i->",
    "i,j->ij",
    "i,j->ji",
    "ij,j->i",
    "ij,i->j",
    "j,ij->i",
    "ij,ij->",
    "ij,ij->ij",
    "ij,ji->ij",
    "ij,ij->i",
    "ij,ij->j",
    ",->",
    "i,->i",
    ",i->i",
    "i,->",
    "bij,bjk->bik",
    "bij,bjk->ik",
    "bijc,bc->ij",
    "ii,i->i",
    "ij,jj->i",
    "iij,jk->ik",
    "ij,kl->ijkl",
    "ij,kl->jl",
    "ij,kl->",
    "abc,cd->abd",
    "ab,ba->",
    "ik , kj -> ij",
    "Ii,iJ->IJ", // two operands
    "ij,jk,kl->il",
    "i,j,k->ijk",
    "i,i,i->",
    "bi,ij,bj->b",
    "ij,j,i->",
    "i,ij,jj,j->i", // more
];

fn size(letter: char) -> usize {
    3 + (letter.to_ascii_lowercase() as usize * 5) % 4
}

fn operands<T: Scalar>(spec: &str, size: impl Fn(char) -> usize) -> Vec<Tensor<T>> {
    let inputs = spec.split("->").next().unwrap().replace(' ', "");
    let shape = |letters: &str| letters.chars().map(&size).collect::<Vec<_>>();
    let inputs = inputs.split(',').map(shape).enumerate();
    inputs.map(|(seed, shape)| uneven(&shape[..], seed as u64)).collect()
}

/// The sum in f64 by walking all letters at once, with nothing shared with the crate's reading.
fn oracle<T: Scalar>(spec: &str, operands: &[&Tensor<T>]) -> Vec<f64> {
    let spec = spec.replace(' ', "");
    let (inputs, output) = spec.split_once("->").unwrap();
    let mut letters: Vec<char> = output.chars().collect();
    letters.extend(inputs.chars().filter(|c| c.is_alphabetic() && !output.contains(*c)));
    letters.dedup();
    let mut seen = Vec::new();
    letters.retain(|c| {
        !seen.contains(c) && {
            seen.push(*c);
            true
        }
    });
    let size = |letter: char| {
        let mut pairs = inputs.split(',').zip(operands);
        pairs.find_map(|(names, o)| Some(o.shape()[names.find(letter)?])).unwrap()
    };
    let (free, summed) = letters.split_at(output.len());
    let sizes = |letters: &[char]| letters.iter().map(|&c| size(c)).collect::<Vec<_>>();
    let mut result = Vec::new();
    for outer in indices(&sizes(free)) {
        let mut sum = 0.0;
        for inner in indices(&sizes(summed)) {
            let index = [&outer[..], &inner[..]].concat();
            let value = |c: char| index[letters.iter().position(|&l| l == c).unwrap()];
            let factor = |(names, o): (&str, &&Tensor<T>)| {
                at(o, &names.chars().map(value).collect::<Vec<_>>()).to_f64()
            };
            sum += inputs.split(',').zip(operands).map(factor).product::<f64>();
        }
        result.push(sum);
    }
    result
}

#[test]
fn agrees_with_an_oracle_and_bit_for_bit_with_its_definition() {
    for spec in SPECS {
        let owned = operands::<f64>(spec, size);
        let given: Vec<&Tensor<f64>> = owned.iter().collect();
        let found = einsum(spec, &given);
        for (found, expected) in found.data().iter().zip(oracle(spec, &given)) {
            assert!((found - expected).abs() < 1e-11, "{spec}: {found} {expected}");
        }
        assert!(found.same_bits(&reference::einsum(spec, &given)), "{spec} in f64");
        let owned = operands::<f32>(spec, size);
        let given: Vec<&Tensor> = owned.iter().collect();
        assert!(einsum(spec, &given).same_bits(&reference::einsum(spec, &given)), "{spec} in f32");
    }
}

#[test]
fn axes_of_size_one_and_none() {
    for spec in SPECS {
        for (odd, tiny) in [('i', 1), ('j', 1), ('k', 1), ('i', 0), ('j', 0), ('k', 0), ('b', 0)] {
            let owned = operands::<f64>(spec, |c| if c == odd { tiny } else { size(c) });
            let given: Vec<&Tensor<f64>> = owned.iter().collect();
            let found = einsum(spec, &given);
            let expected = oracle(spec, &given);
            assert_eq!(found.len(), expected.len(), "{spec} with {odd} = {tiny}");
            for (found, expected) in found.data().iter().zip(expected) {
                assert!((found - expected).abs() < 1e-11, "{spec} with {odd} = {tiny}");
            }
            assert!(found.same_bits(&reference::einsum(spec, &given)), "{spec}");
        }
    }
}

#[test]
fn products_of_matrices_have_the_engines_bits() {
    let (a, b) = (uneven::<f32>([70, 130], 1), uneven::<f32>([130, 90], 2));
    let product = a.matmul(&b);
    assert!(einsum("ik,kj->ij", &[&a, &b]).same_bits(&product));
    assert!(einsum("ik,jk->ij", &[&a, &b.t()]).same_bits(&product));
    assert!(einsum("ki,kj->ij", &[&a.t(), &b]).same_bits(&product));
    assert!(einsum("kj,ik->ij", &[&b, &a]).same_bits(&product));
    assert!(einsum("ik,kj->ji", &[&a, &b]).same_bits(&product.t()));
    let batch = einsum("bik,bkj->bij", &[&Tensor::stack(&[&a, &a]), &Tensor::stack(&[&b, &b])]);
    assert!(batch.same_bits(&Tensor::stack(&[&product, &product])));
}

#[test]
fn same_bits_for_any_threads_and_instruction_set() {
    let (a, b) = (uneven::<f32>([37, 50], 3), uneven::<f32>([37, 33], 4));
    let expected = reference::einsum("bi,bj->ij", &[&a, &b]);
    for count in [1, 2] {
        for isa in isa::Isa::supported() {
            let run = || einsum("bi,bj->ij", &[&a, &b]);
            assert!(threads::with(count, || isa::with(isa, run)).same_bits(&expected));
        }
    }
}

#[test]
fn without_an_arrow_as_numpy_has_it() {
    let (a, b) = (uneven::<f64>([2, 3], 1), uneven::<f64>([3, 4], 2));
    for (implied, spec, operands) in [
        ("ij,jk", "ij,jk->ik", vec![&a, &b]),
        ("ba", "ba->ab", vec![&a]),
        ("aB", "aB->Ba", vec![&a]),
        ("ij,ij", "ij,ij->", vec![&a, &a]),
        ("kj,ji", "kj,ji->ik", vec![&a, &b]),
    ] {
        let (found, expected) = (einsum(implied, &operands), einsum(spec, &operands));
        assert!(found.same_bits(&expected), "{implied}: {found}, not {expected}");
    }
    let square = uneven::<f64>([3, 3], 3);
    assert_eq!(einsum("ii", &[&square]).item(), einsum("ii->", &[&square]).item());
}
