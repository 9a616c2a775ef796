//! How values are written in columns and answers: times, words, positions.

use journal::Position;
use serde::Serialize;
use serde_json::Value;

/// The word by which a value without content is stored (`no_operator`).
pub(crate) fn word(value: &impl Serialize) -> String {
    let value = json(value);
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A value as JSON. Everything in an event has a JSON form, since that is how the log stores it.
pub(crate) fn json(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

/// A position as columns hold it. The log holds it in the same type, so it always fits.
pub(crate) fn position(position: Position) -> i64 {
    i64::try_from(position).unwrap_or(i64::MAX)
}

/// A position as the log names it.
pub(crate) fn log_position(position: i64) -> Position {
    Position::try_from(position).unwrap_or_default()
}

/// A count as a gauge holds it.
#[expect(clippy::cast_precision_loss, reason = "a gauge is a floating-point number")]
pub(crate) const fn approximate(count: u64) -> f64 {
    count as f64
}

/// Times as RFC 3339 text in UTC, always with three decimals, so that text sorts by time; as milliseconds since 1970
/// where people do not read it.
pub(crate) mod millis {
    use domain::{Timestamp, with_millis};
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(crate) fn text(at: &Timestamp) -> String {
        with_millis(*at, str::to_owned)
    }

    pub(crate) fn serialize<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            with_millis(*at, |text| serializer.serialize_str(text))
        } else {
            serializer.serialize_i64(at.timestamp_millis())
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
        if deserializer.is_human_readable() {
            return Timestamp::deserialize(deserializer);
        }
        let millis = i64::deserialize(deserializer)?;
        Timestamp::from_timestamp_millis(millis).ok_or_else(|| Error::custom("no such moment"))
    }
}

/// The same for a time that may be absent.
pub(crate) mod millis_option {
    use domain::Timestamp;
    use serde::{Deserialize, Deserializer, Serializer};

    #[expect(clippy::ref_option, reason = "the signature that serde calls")]
    pub(crate) fn serialize<S: Serializer>(at: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
        match at {
            Some(at) => super::millis::serialize(at, serializer),
            None => serializer.serialize_none(),
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Timestamp>, D::Error> {
        #[derive(Deserialize)]
        struct Millis(#[serde(with = "super::millis")] Timestamp);
        Ok(Option::<Millis>::deserialize(deserializer)?.map(|Millis(at)| at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timestamp_has_a_fixed_width() {
        let at = domain::Timestamp::from_timestamp_millis(1_795_388_339_000).unwrap();
        assert_eq!(millis::text(&at), "2026-11-22T22:58:59.000Z");
    }

    #[test]
    fn a_word_is_the_stored_name() {
        assert_eq!(word(&domain::event::RefusalReason::NoOperator), "no_operator");
    }
}
