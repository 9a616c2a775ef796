//! Times in parameters of the query, and dates in their stead: `2026-11-29` is the beginning of that day in the time
//! zone of the livechat (section `opening_hours` of its settings), as the figures have it.

use chrono::{NaiveDate, NaiveTime, SecondsFormat};
use domain::bilingual::both;
use domain::{LivechatId, Timestamp, timestamp};

use crate::app::App;
use crate::http::problem::Problem;

impl App {
    /// Makes times of those parameters that are dates; the others stay as they are.
    ///
    /// # Errors
    /// When the livechat cannot be read.
    pub async fn dates_as_times<const N: usize>(
        &self,
        livechat: &LivechatId,
        parameters: [&mut Option<String>; N],
    ) -> Result<(), Problem> {
        let dates = parameters.into_iter().filter_map(|text| Some((date(text.as_ref()?)?, text)));
        let dates: Vec<_> = dates.collect();
        if dates.is_empty() {
            return Ok(());
        }
        let zone =
            self.journal.peek(livechat, |state| state.settings().opening_hours.time_zone.clone()).await?;
        for (date, text) in dates {
            let begins = zone.first_instant(date.and_time(NaiveTime::MIN));
            *text = Some(begins.to_rfc3339_opts(SecondsFormat::AutoSi, true));
        }
        Ok(())
    }
}

/// The time in a parameter of the query.
///
/// # Errors
/// When it is not one, or not from the year 1 to the year 9999.
pub fn time_in(field: &str, text: &str) -> Result<Timestamp, Problem> {
    let time = chrono::DateTime::parse_from_rfc3339(text).map_err(|_| {
        Problem::field(
            field,
            both(
                "a time as in RFC 3339, such as 2026-01-31T09:00:00Z (a + is written %2B)",
                "un instant selon la RFC 3339, tel que 2026-01-31T09:00:00Z (un + s’écrit %2B)",
            ),
        )
    })?;
    // The offset may lead out of the years of four digits.
    let time = time.to_utc();
    if timestamp::is_allowed(time) { Ok(time) } else { Err(Problem::field(field, timestamp::ALLOWED)) }
}

/// A date as four, two and two digits, and nothing else.
pub fn date(text: &str) -> Option<NaiveDate> {
    let is_digit =
        |(at, byte): (usize, u8)| if matches!(at, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() };
    (text.len() == 10 && text.bytes().enumerate().all(is_digit)).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_ten_characters_and_a_day_of_the_calendar() {
        assert_eq!(date("2024-02-29"), NaiveDate::from_ymd_opt(2024, 2, 29));
        for text in
            ["", "2026-02-29", "2026-1-31", "+026-01-31", "2026-01-31T00:00:00Z", "2026/01/31", "31-01-2026"]
        {
            assert_eq!(date(text), None, "{text}");
        }
    }
}
