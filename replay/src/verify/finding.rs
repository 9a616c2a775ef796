//! What is wrong, and where.

use std::fmt;

use domain::LivechatId;
use journal::Position;
use serde::Serialize;

use crate::invariants::Invariant;

/// Findings of a kind that are reported one by one.
pub const EXAMPLES_MAX: usize = 10;

/// What disagrees with the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// The log itself: records are missing, or cannot be read.
    Log,
    /// An invariant is violated at this event.
    Invariant,
    /// The snapshot of the livechat.
    Snapshot,
    /// A state snapshot.
    StateSnapshot,
    /// The floor of the projections.
    Floor,
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Log => "the log",
            Self::Invariant => "an invariant",
            Self::Snapshot => "the snapshot",
            Self::StateSnapshot => "a state snapshot",
            Self::Floor => "the floor of the projections",
        })
    }
}

/// Something that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{livechat} at {position}, {subject}: {what}")]
pub struct Finding {
    /// Whose log.
    pub livechat: LivechatId,
    /// The position at which it shows.
    pub position: Position,
    /// What is wrong.
    pub subject: Subject,
    /// Which invariant, when it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invariant: Option<Invariant>,
    /// In words.
    pub what: String,
}

/// Findings of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Group {
    /// What is wrong.
    pub subject: Subject,
    /// Which invariant, when it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invariant: Option<Invariant>,
    /// How often.
    pub count: u64,
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.invariant {
            Some(invariant) => write!(f, "it does not hold that {invariant}"),
            None => write!(f, "{} is not as it should be", self.subject),
        }
    }
}

/// What was found, in groups of a kind: how often, and the first of each, at most [`EXAMPLES_MAX`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Findings {
    /// Every kind, in the order in which they were found.
    pub groups: Vec<Group>,
    /// The first of each kind, livechat by livechat, in the order of their logs.
    pub findings: Vec<Finding>,
}

impl Findings {
    /// How many there are in all.
    pub fn count(&self) -> u64 {
        self.groups.iter().map(|group| group.count).sum()
    }

    /// Those of a kind that are reported.
    pub fn of<'a>(&'a self, group: &'a Group) -> impl Iterator<Item = &'a Finding> + 'a {
        let is_of = |one: &&Finding| one.subject == group.subject && one.invariant == group.invariant;
        self.findings.iter().filter(is_of)
    }

    pub(super) fn add(&mut self, finding: Finding) {
        let Finding { subject, invariant, .. } = finding;
        self.note(Group { subject, invariant, count: 1 }, [finding]);
    }

    /// Adds those of another livechat.
    pub(super) fn extend(&mut self, mut other: Self) {
        other.findings.sort_by_key(|finding| finding.position);
        for group in &other.groups {
            let examples: Vec<Finding> = other.of(group).cloned().collect();
            self.note(group.clone(), examples);
        }
    }

    fn note(&mut self, group: Group, examples: impl IntoIterator<Item = Finding>) {
        let same = |known: &&mut Group| known.subject == group.subject && known.invariant == group.invariant;
        let told = self.of(&group).count();
        self.findings.extend(examples.into_iter().take(EXAMPLES_MAX.saturating_sub(told)));
        match self.groups.iter_mut().find(same) {
            Some(known) => known.count += group.count,
            None => self.groups.push(group),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(livechat: &str, position: Position, invariant: Invariant) -> Finding {
        let livechat = LivechatId::parse(livechat).unwrap();
        let subject = Subject::Invariant;
        Finding { livechat, position, subject, invariant: Some(invariant), what: "so".to_owned() }
    }

    #[test]
    fn findings_are_counted_by_kind_and_the_first_are_listed() {
        let mut all = Findings::default();
        for livechat in ["a", "b"] {
            let mut found = Findings::default();
            for position in (1..=1_000).rev() {
                found.add(finding(livechat, position, Invariant::WaitsInVain));
            }
            found.add(finding(livechat, 7, Invariant::Capacity));
            all.extend(found);
        }
        assert_eq!(all.count(), 2_002);
        let counts: Vec<_> = all.groups.iter().map(|group| (group.invariant, group.count)).collect();
        assert_eq!(counts, [(Some(Invariant::WaitsInVain), 2_000), (Some(Invariant::Capacity), 2)]);
        let told = |index: usize| all.of(&all.groups[index]).map(|one| one.position).collect::<Vec<_>>();
        assert_eq!((told(0).len(), told(1)), (EXAMPLES_MAX, vec![7, 7]));
        assert!(told(0).is_sorted());
    }
}
