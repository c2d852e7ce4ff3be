//! Municipalities that merged or split: codes succeed each other as a set, ward by ward they need not.

use std::collections::BTreeSet;

use keniki_base::code::MunicipalityCode;

/// Old codes and the new ones that took their place together (浜松 2024: seven wards, then three).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Group<T = MunicipalityCode> {
    /// The codes before.
    pub old: BTreeSet<T>,
    /// The codes after.
    pub new: BTreeSet<T>,
}

/// Puts pairs (old, new) together into groups that share no code, in the order of their first old code.
pub fn groups<T: Ord + Clone>(pairs: &[(T, T)]) -> Vec<Group<T>> {
    let mut groups: Vec<Group<T>> = Vec::new();
    for (old, new) in pairs {
        let (touched, rest): (Vec<_>, Vec<_>) = groups
            .into_iter()
            .partition(|group| group.old.contains(old) || group.new.contains(new));
        let mut merged = Group {
            old: BTreeSet::from([old.clone()]),
            new: BTreeSet::from([new.clone()]),
        };
        for group in touched {
            merged.old.extend(group.old);
            merged.new.extend(group.new);
        }
        groups = rest;
        groups.push(merged);
    }
    groups.sort_by(|a, b| a.old.first().cmp(&b.old.first()));
    groups
}

/// Which members of an area to take from a source that knows those for which `has` is true: of each group the
/// new ones where it knows them all, else the old ones. `None` where the source does not cover the area.
pub fn covering<T: Ord + Clone>(
    members: &BTreeSet<T>,
    groups: &[Group<T>],
    has: impl Fn(&T) -> bool,
) -> Option<Vec<T>> {
    let mut rest = members.clone();
    let mut chosen = Vec::new();
    for group in groups {
        let part =
            |codes: &BTreeSet<T>| -> BTreeSet<T> { codes.intersection(members).cloned().collect() };
        let (old, new) = (part(&group.old), part(&group.new));
        if old.is_empty() || new.is_empty() {
            continue;
        }
        rest.retain(|code| !old.contains(code) && !new.contains(code));
        let side = [new, old].into_iter().find(|side| side.iter().all(&has))?;
        chosen.extend(side);
    }
    chosen.extend(rest);
    (!chosen.is_empty() && chosen.iter().all(has)).then_some(chosen)
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

    #[test]
    fn a_source_of_either_time_covers_the_area_and_a_mixed_one_does_not() {
        let code = |text: &str| MunicipalityCode::parse(text).unwrap();
        let codes = |texts: &[&str]| texts.iter().map(|text| code(text)).collect::<BTreeSet<_>>();
        let group = Group {
            old: codes(&["22131", "22132"]),
            new: codes(&["22138", "22139"]),
        };
        let members = codes(&["22131", "22132", "22138", "22139", "22221"]);
        let covered = |known: &[&str]| {
            let known = codes(known);
            covering(&members, std::slice::from_ref(&group), |code| {
                known.contains(code)
            })
            .map(|chosen| chosen.into_iter().collect::<BTreeSet<_>>())
        };
        let (today, before) = (["22138", "22139", "22221"], ["22131", "22132", "22221"]);
        assert_eq!(covered(&today), Some(codes(&today)));
        assert_eq!(covered(&before), Some(codes(&before)));
        assert_eq!(covered(&["22131", "22139", "22221"]), None);
        assert_eq!(covered(&["22138", "22139"]), None);
    }
}
