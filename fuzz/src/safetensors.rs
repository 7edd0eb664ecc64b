//! safetensors against the format's own library.

use crate::choices::Choices;
use longhand::Tensor;
use longhand::data::Safetensors;
use safetensors::{Dtype, SafeTensors};
use serde::de::{DeserializeOwned, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use std::fmt;

pub fn check(data: &[u8]) {
    as_a_file(data);
    // The same without the length in front, so that every change is one of the header.
    let cut = data.iter().position(|&byte| byte == 0).unwrap_or(data.len());
    let mut file = (cut as u64).to_le_bytes().to_vec();
    file.extend(data);
    as_a_file(&file);
    written(data);
    spelt(&mut Choices::new(data));
}

/// Up to three tensors, one after another or nearly so, under names that may be alike.
fn spelt(choices: &mut Choices) {
    let (mut entries, mut next, mut stated) = (Vec::new(), 0_usize, 0);
    for _ in 0..choices.within(1..=3) {
        let name = choices.pick(&["a", "b", "\\u0062", "__metadata__"]);
        // One of them is a type that nobody knows: its bytes are where the offsets say.
        let (dtype, bits) =
            choices.pick(&[("U8", 8), ("F32", 32), ("F4", 4), ("F64", 64), ("F7", 8)]);
        let shape: Vec<usize> = (0..choices.below(3)).map(|_| choices.below(4)).collect();
        let mut place = [next, next + shape.iter().product::<usize>() * bits / 8];
        next = place[1];
        if choices.seldom(3) {
            // The beginning, the end, or both, so that the size is right and the place is not.
            let (which, moved) = (choices.below(3), choices.below(9));
            for end in &mut place[usize::from(which == 1)..=usize::from(which > 0)] {
                *end = (*end + moved).saturating_sub(4);
            }
        }
        stated = place[1];
        let space = choices.pick(&["", " ", "\n"]);
        entries.push(format!(
            "\"{name}\":{space}{{\"dtype\":\"{dtype}\",\"shape\":{shape:?},\"data_offsets\":{place:?}}}"
        ));
    }
    let turn = choices.below(entries.len());
    entries.rotate_left(turn);
    let header = format!("{{{}}}", entries.join(","));
    let mut file = (header.len() as u64).to_le_bytes().to_vec();
    file.extend(header.bytes());
    // As many bytes as there should be, one more or less, or where the last one says that it ends.
    let bytes = choices.pick(&[next, next, next + 1, next.saturating_sub(1), stated]);
    file.extend((0..bytes).map(|byte| byte as u8));
    as_a_file(&file);
}

fn as_a_file(data: &[u8]) {
    let ours = Safetensors::from_bytes(data.to_vec());
    if let Ok(ours) = &ours {
        // Whatever is accepted can be read, or is refused in a sentence.
        ours.names().for_each(|name| drop(ours.tensor::<f64>(name)));
    }
    match (ours, SafeTensors::deserialize(data)) {
        (Ok(ours), Ok(theirs)) => the_same(&ours, &theirs),
        (Ok(ours), Err(error)) => assert!(more_is_read(data, &ours), "read, not refused: {error}"),
        (Err(error), Ok(_)) => {
            assert!(uncountable(data) || twice(data), "{error}");
        }
        (Err(error), Err(_)) => {
            assert!(error.offset().is_some_and(|at| at as usize <= data.len()), "{error}");
        }
    }
}

fn the_same(ours: &Safetensors, theirs: &SafeTensors) {
    assert_eq!(ours.names().count(), theirs.len());
    for (name, view) in theirs.iter() {
        assert_eq!(ours.shape(name), Some(view.shape()), "{name}");
        assert_eq!(ours.dtype(name), Some(&*format!("{:?}", view.dtype())), "{name}");
        let Ok(tensor) = ours.tensor::<f64>(name) else { continue };
        assert_eq!(*tensor.shape(), *view.shape());
        assert_eq!((&tensor + &tensor).len(), tensor.len());
        let numbers: Option<Vec<u8>> = match view.dtype() {
            Dtype::F64 => Some(tensor.data().iter().flat_map(|x| x.to_le_bytes()).collect()),
            Dtype::I32 => {
                Some(tensor.data().iter().flat_map(|&x| (x as i32).to_le_bytes()).collect())
            }
            Dtype::U8 => Some(tensor.data().iter().map(|&x| x as u8).collect()),
            _ => None,
        };
        if let Some(numbers) = numbers {
            assert_eq!(numbers, view.data(), "{name}");
        }
    }
}

/// The header as a general reader of JSON has it.
fn header<V: DeserializeOwned>(data: &[u8]) -> Result<V, String> {
    let (length, rest) = data.split_first_chunk().ok_or("no length")?;
    let header = rest.get(..u64::from_le_bytes(*length) as usize).ok_or("no header")?;
    serde_json::from_slice(header).map_err(|error| error.to_string())
}

/// Whether there is a reason, among those that are documented, to read a file that the library
/// refuses: an element type that is not known, or a value of a key that is not known, which the
/// library looks into and we pass over.
fn more_is_read(data: &[u8], ours: &Safetensors) -> bool {
    let known = |dtype: &str| serde_json::from_value::<Dtype>(dtype.into()).is_ok();
    if ours.names().any(|name| ours.dtype(name).is_some_and(|dtype| !known(dtype))) {
        return true;
    }
    let entries = match header(data) {
        Ok(Value::Object(entries)) => entries,
        Ok(_) => return false,
        // In a value that we pass over: more nesting, a larger number than that reader takes.
        Err(error) => return error.contains("recursion limit") || error.contains("out of range"),
    };
    entries.iter().any(|(name, entry)| {
        let more = |key: &String| !["dtype", "shape", "data_offsets"].contains(&&key[..]);
        name != "__metadata__" && entry.as_object().is_some_and(|entry| entry.keys().any(more))
    })
}

/// Whether some shape has a 0, which makes it countable for the library, and others that are not.
fn uncountable(data: &[u8]) -> bool {
    let Ok(Value::Object(entries)) = header(data) else { return false };
    entries.values().any(|entry| {
        let sizes = entry["shape"].as_array();
        let sizes = sizes.into_iter().flatten().filter_map(Value::as_u64).filter(|&size| size > 0);
        let product = sizes.fold(1_u128, |product, size| product.saturating_mul(size.into()));
        product > isize::MAX as u128 / 64
    })
}

/// Whether a name stands there twice, of which the library takes the last and does not look at the
/// other.
fn twice(data: &[u8]) -> bool {
    struct Names(Vec<String>);

    impl<'de> Deserialize<'de> for Names {
        fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
            json.deserialize_map(Names(Vec::new()))
        }
    }

    impl<'de> Visitor<'de> for Names {
        type Value = Self;

        fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Self, A::Error> {
            while let Some((name, _)) = map.next_entry::<String, IgnoredAny>()? {
                self.0.push(name);
            }
            Ok(self)
        }
    }

    let Ok(Names(mut names)) = header(data) else { return false };
    names.sort();
    names.windows(2).any(|pair| pair[0] == pair[1])
}

/// Tensors whose names and numbers are the input's, written and read by both.
fn written(data: &[u8]) {
    let Some((&count, rest)) = data.split_first() else { return };
    let mut tensors: Vec<(String, Tensor<f32>)> = Vec::new();
    for (number, part) in rest.chunks(8).take(usize::from(count % 5)).enumerate() {
        let name = String::from_utf8_lossy(part).into_owned() + &number.to_string();
        if name != "__metadata__" {
            tensors
                .push((name, Tensor::vector(&part.iter().map(|&x| x.into()).collect::<Vec<_>>())));
        }
    }
    let bytes = Safetensors::to_bytes(tensors.iter().map(|(name, tensor)| (&name[..], tensor)));
    let theirs = SafeTensors::deserialize(&bytes).expect("what we write");
    let ours = Safetensors::from_bytes(bytes.clone()).expect("what we write");
    the_same(&ours, &theirs);
    for (name, tensor) in &tensors {
        assert_eq!(ours.tensor::<f32>(name).as_ref(), Ok(tensor));
    }
    // The library writes the same bytes.
    let views = theirs.iter().collect::<Vec<_>>();
    assert_eq!(safetensors::serialize(views, None).ok(), Some(bytes));
}
