//! Dates where moments are asked for: `2026-11-29` is the beginning of that day in the time zone of the livechat
//! (section `opening_hours` of its settings), as the figures have it.

use chrono::{NaiveDate, NaiveTime, SecondsFormat};
use domain::LivechatId;

use crate::app::App;
use crate::problem::Problem;

impl App {
    /// Makes moments of those parameters that are dates; the others stay as they are.
    ///
    /// # Errors
    /// When the livechat cannot be read.
    pub async fn dates_as_moments<const N: usize>(
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
