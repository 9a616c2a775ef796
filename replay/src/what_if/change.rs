//! The scenario: changed settings, hours, staff.

use domain::field::of_reader;
use domain::settings::opening_hours::{ClockTime, OpeningHours, TimeRange};
use domain::settings::{Section, SectionName, Settings};
use serde_json::Value;

use super::error::Error;

/// The changes of a scenario. By default none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Change {
    /// Keys of the settings with their values, as `capacity.conversations_per_operator=5`.
    pub set: Vec<Set>,
    /// The number of operators more, or fewer.
    pub operators: i64,
    /// Opening hours that replace those of the week; dates with hours of their own keep them.
    pub hours: Option<Hours>,
}

/// One key of the settings with its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Set {
    section: SectionName,
    /// The keys that lead to the value, from the section on; none for the whole section.
    path: Vec<String>,
    value: Value,
}

/// Opening hours of a week.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hours(Option<domain::settings::opening_hours::Week>);

impl Set {
    /// Reads `SECTION.KEY=VALUE`: the value is JSON, or else text as it is. `SECTION=JSON` is the whole section.
    ///
    /// # Errors
    /// When there is no such section, or no `=`.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let (path, value) = text
            .split_once('=')
            .ok_or_else(|| wrong(text, "SECTION.KEY=VALUE, as capacity.conversations_per_operator=5"))?;
        let mut keys = path.trim().split('.').map(str::to_owned);
        let name = keys.next().unwrap_or_default();
        let section = SectionName::ALL.iter().copied().find(|section| section.as_str() == name);
        let section = section.ok_or_else(|| {
            let names: Vec<&str> = SectionName::ALL.iter().map(|name| name.as_str()).collect();
            wrong(&name, format!("one of the sections {}", names.join(", ")))
        })?;
        let value = serde_json::from_str(value.trim()).unwrap_or_else(|_| Value::from(value.trim()));
        Ok(Self { section, path: keys.collect(), value })
    }

    fn apply(&self, section: &Section) -> Result<Section, Error> {
        let name = self.section.as_str();
        let mut json = serde_json::to_value(section).map_err(|error| wrong(name, error.to_string()))?;
        let mut at = &mut json[name];
        for key in &self.path {
            at = match (at, key.parse::<usize>()) {
                (Value::Array(items), Ok(index)) => {
                    let count = items.len();
                    let here = || wrong(&self.field(), format!("an index below {count}"));
                    items.get_mut(index).ok_or_else(here)?
                }
                (at @ (Value::Object(_) | Value::Null), _) => &mut at[key.as_str()],
                _ => return Err(wrong(&self.field(), "a key of something that has keys")),
            };
        }
        *at = self.value.clone();
        let section: Section = serde_path_to_error::deserialize(json).map_err(|error| {
            let told = of_reader(&error.path().to_string(), &error.inner().to_string());
            wrong(&told.field, told.allowed.to_string())
        })?;
        section.validate().map_err(|fields| {
            let named = fields.iter().map(|field| format!("{name}.{field}"));
            Error::Wrong(named.collect::<Vec<_>>().join("; "))
        })?;
        Ok(section)
    }

    fn field(&self) -> String {
        let section = self.section.as_str();
        self.path.iter().fold(section.to_owned(), |field, key| format!("{field}.{key}"))
    }
}

impl std::fmt::Display for Set {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}={}", self.field(), self.value)
    }
}

impl Hours {
    /// Reads `always`, or days with their ranges: `mon-fri 09:00-12:30,13:30-18:00; sat 10:00-16:00`. Days that are
    /// not named are closed.
    ///
    /// # Errors
    /// When it is neither.
    pub fn parse(text: &str) -> Result<Self, Error> {
        if text.trim() == "always" {
            return Ok(Self(None));
        }
        if text.split(';').all(|part| part.trim().is_empty()) {
            return Err(wrong("hours", "days and ranges, as mon-fri 09:00-18:00, or always"));
        }
        let mut week = domain::settings::opening_hours::Week::default();
        for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
            let not_this =
                || wrong("hours", format!("days and ranges, as mon-fri 09:00-18:00, and not {part}"));
            let (days, ranges) = part.split_once(' ').ok_or_else(not_this)?;
            let (first, last) = days.split_once('-').unwrap_or((days, days));
            let (first, last) = day(first).zip(day(last)).ok_or_else(not_this)?;
            let ranges = ranges.split(',').map(|range| self::range(range.trim()).ok_or_else(not_this));
            let ranges: Vec<TimeRange> = ranges.collect::<Result<_, _>>()?;
            let days = [
                &mut week.monday,
                &mut week.tuesday,
                &mut week.wednesday,
                &mut week.thursday,
                &mut week.friday,
                &mut week.saturday,
                &mut week.sunday,
            ];
            for (index, of_day) in days.into_iter().enumerate() {
                let within = if first <= last {
                    (first..=last).contains(&index)
                } else {
                    index >= first || index <= last
                };
                if within {
                    of_day.clone_from(&ranges);
                }
            }
        }
        let hours = Self(Some(week));
        hours.apply(&OpeningHours::default())?;
        Ok(hours)
    }

    fn apply(&self, hours: &OpeningHours) -> Result<Section, Error> {
        let section = Section::OpeningHours(OpeningHours { week: self.0.clone(), ..hours.clone() });
        section.validate().map_err(|fields| {
            let named = fields.iter().map(|field| format!("hours: {field}"));
            Error::Wrong(named.collect::<Vec<_>>().join("; "))
        })?;
        Ok(section)
    }
}

/// The day with this name, from 0 for Monday.
fn day(name: &str) -> Option<usize> {
    ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].into_iter().position(|day| day == name)
}

fn range(text: &str) -> Option<TimeRange> {
    let (from, to) = text.split_once('-')?;
    let time = |text: &str| Some(ClockTime::parse(text.trim())).filter(|time| time.minutes().is_some());
    Some(TimeRange { from: time(from)?, to: time(to)? })
}

impl Change {
    /// Is nothing changed?
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// A section of the settings as it would be instead of `section`.
    ///
    /// # Errors
    /// When a key does not exist or a value is not allowed: the field is named, with what it allows.
    pub(super) fn section(&self, section: &Section) -> Result<Section, Error> {
        let name = section.name();
        let mut section = section.clone();
        if let (Section::OpeningHours(hours), Some(new)) = (&section, &self.hours) {
            section = new.apply(hours)?;
        }
        for set in self.set.iter().filter(|set| set.section == name) {
            section = set.apply(&section)?;
        }
        Ok(section)
    }

    /// The sections that would differ from `settings`.
    ///
    /// # Errors
    /// As [`Change::section`].
    pub(super) fn sections(&self, settings: &Settings) -> Result<Vec<Section>, Error> {
        let mut changed = vec![];
        for name in SectionName::ALL {
            let is = settings.section(*name);
            let would_be = self.section(&is)?;
            if would_be != is {
                changed.push(would_be);
            }
        }
        Ok(changed)
    }
}

fn wrong(field: &str, allowed: impl Into<String>) -> Error {
    Error::Wrong(format!("{field}: {}", allowed.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(text: &str) -> Result<Vec<Section>, String> {
        let change =
            Change { set: vec![Set::parse(text).map_err(|error| error.to_string())?], ..Change::default() };
        change.sections(&Settings::default()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_key_of_any_section_takes_a_value_that_it_allows() {
        let settings = Settings::default();
        let mut capacity = settings.capacity.clone();
        capacity.conversations_per_operator = 5;
        assert_eq!(set("capacity.conversations_per_operator=5"), Ok(vec![Section::Capacity(capacity)]));
        assert_eq!(set("capacity.conversations_per_operator=3"), Ok(vec![]), "as it is");
        let sections = set("timeouts.auto_transfer_notice=false").unwrap();
        let [Section::Timeouts(timeouts)] = sections.as_slice() else { panic!("not the section") };
        assert!(!timeouts.auto_transfer_notice);
        assert_eq!(set("opening_hours.time_zone=UTC").unwrap().len(), 1);
    }

    #[test]
    fn a_fault_is_named_with_what_is_allowed() {
        for (text, told) in [
            (
                "capacity.conversations_per_operator=11",
                "capacity.conversations_per_operator: 1 to 10 conversations",
            ),
            ("capacity.conversations=1", "conversations_per_operator"),
            ("capacity.queue_per_operator=many", "capacity.queue_per_operator"),
            ("opening_hours.time_zone=Paris", "opening_hours.time_zone: the IANA name"),
            ("capacities.queue_per_operator=1", "one of the sections capacity"),
            ("capacity.queue_per_operator", "SECTION.KEY=VALUE"),
        ] {
            let error = set(text).unwrap_err();
            assert!(error.contains(told), "{text}: {error}");
        }
    }

    #[test]
    fn hours_are_read_as_people_write_them() {
        let hours = Hours::parse("mon-fri 09:00-12:30,13:30-18:00; sat 10:00-16:00").unwrap().0.unwrap();
        assert_eq!(hours.friday.len(), 2);
        assert_eq!(hours.friday, hours.monday);
        assert_eq!((hours.saturday.len(), hours.sunday.len()), (1, 0));
        assert_eq!(Hours::parse("always").unwrap().0, None);
        for wrong in ["", " ; ", "mon", "mon 9-12", "mon-fry 09:00-12:00", "mon 09:00-12:00,11:00-13:00"] {
            assert!(Hours::parse(wrong).is_err(), "{wrong}");
        }
    }
}
