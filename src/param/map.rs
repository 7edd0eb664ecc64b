//! What is kept for each parameter: an optimizer's moments, a tape's leaves (chapter 4).

use super::ParamId;

/// A map from parameters, by their identity, to what is kept for each.
///
/// A net has few parameters and an optimizer meets them in their order, so a sorted list is all it
/// takes.
///
/// ```
/// use longhand::Param;
/// use longhand::Tensor;
/// use longhand::param::PerParam;
///
/// let weight = Param::new("weight", Tensor::<f32>::zeros([2, 3]));
/// let mut steps = PerParam::new();
/// *steps.get_or_insert_with(weight.id(), || 0) += 1;
/// *steps.get_or_insert_with(weight.id(), || 0) += 1;
/// assert_eq!(steps.get(weight.id()), Some(&2));
/// ```
#[derive(Clone, Debug)]
pub struct PerParam<V> {
    /// In the order of the identities.
    kept: Vec<(ParamId, V)>,
}

impl<V> Default for PerParam<V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<V> PerParam<V> {
    /// With nothing for any parameter.
    #[must_use]
    pub const fn new() -> Self {
        Self { kept: Vec::new() }
    }

    /// Where that parameter is in the list, or where it belongs.
    fn place(&self, param: ParamId) -> Result<usize, usize> {
        self.kept.binary_search_by_key(&param, |&(id, _)| id)
    }

    /// What is kept for that parameter, if anything is.
    #[must_use]
    pub fn get(&self, param: ParamId) -> Option<&V> {
        let place = self.place(param).ok()?;
        Some(&self.kept[place].1)
    }

    /// What is kept for that parameter; what `fresh` makes, if it is met for the first time.
    pub fn get_or_insert_with(&mut self, param: ParamId, fresh: impl FnOnce() -> V) -> &mut V {
        let place = self.place(param).unwrap_or_else(|place| {
            self.kept.insert(place, (param, fresh()));
            place
        });
        &mut self.kept[place].1
    }

    /// Keeps this for that parameter, in place of what is there.
    pub fn insert(&mut self, param: ParamId, value: V) {
        match self.place(param) {
            Ok(place) => self.kept[place].1 = value,
            Err(place) => self.kept.insert(place, (param, value)),
        }
    }

    /// Takes out what is kept for that parameter.
    pub fn remove(&mut self, param: ParamId) -> Option<V> {
        let place = self.place(param).ok()?;
        Some(self.kept.remove(place).1)
    }

    /// What is kept for each parameter.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.kept.iter_mut().map(|(_, value)| value)
    }

    /// Keeps nothing any more.
    pub fn clear(&mut self) {
        self.kept.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::PerParam;
    use crate::{Param, Tensor};

    #[test]
    fn each_parameter_keeps_its_own_in_whatever_order_they_come() {
        let params = [(); 5].map(|()| Param::new("p", Tensor::<f32>::zeros([1])));
        let mut kept = PerParam::new();
        for i in [3, 0, 4, 1] {
            kept.insert(params[i].id(), i);
        }
        assert_eq!(*kept.get_or_insert_with(params[2].id(), || 2), 2);
        assert_eq!(*kept.get_or_insert_with(params[2].id(), || 7), 2);
        assert_eq!(kept.values_mut().map(|&mut i| i).collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
        kept.insert(params[4].id(), 40);
        assert_eq!((kept.remove(params[0].id()), kept.remove(params[0].id())), (Some(0), None));
        assert_eq!(
            params.each_ref().map(|p| kept.get(p.id()).copied()),
            [None, Some(1), Some(2), Some(3), Some(40)]
        );
        kept.clear();
        assert_eq!(kept.get(params[3].id()), None);
    }
}
