//! Municipalities that merged or split: codes succeed each other as a set, ward by ward they need not.

use std::collections::BTreeSet;

use keniki_base::code::MunicipalityCode;

/// Old codes and the new ones that took their place together (浜松 2024: seven wards, then three).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Group {
    /// The codes before.
    pub old: BTreeSet<MunicipalityCode>,
    /// The codes after.
    pub new: BTreeSet<MunicipalityCode>,
}

/// Puts pairs (old, new) together into groups that share no code, in the order of their first old code.
pub fn groups(pairs: &[(MunicipalityCode, MunicipalityCode)]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for &(old, new) in pairs {
        let (touched, rest): (Vec<_>, Vec<_>) = groups
            .into_iter()
            .partition(|group| group.old.contains(&old) || group.new.contains(&new));
        let mut merged = Group {
            old: BTreeSet::from([old]),
            new: BTreeSet::from([new]),
        };
        for group in touched {
            merged.old.extend(group.old);
            merged.new.extend(group.new);
        }
        groups = rest;
        groups.push(merged);
    }
    groups.sort_by_key(|group| group.old.first().copied());
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seven_wards_and_three_make_one_group_where_one_was_split() {
        let code = |text: &str| MunicipalityCode::parse(text).unwrap();
        let pairs = [
            (code("22131"), code("22138")),
            (code("22132"), code("22138")),
            (code("22135"), code("22138")),
            (code("22135"), code("22139")),
            (code("22136"), code("22139")),
            (code("22137"), code("22140")),
        ];
        let groups = groups(&pairs);
        assert_eq!(groups.len(), 2);
        assert_eq!((groups[0].old.len(), groups[0].new.len()), (4, 2));
        assert_eq!((groups[1].old.len(), groups[1].new.len()), (1, 1));
    }
}
