//! Reads the rows that figures are counted from, ended or not, all at the same position.

use domain::settings::opening_hours::TimeZone;
use domain::settings::{Figures as FiguresSettings, OpeningHours, Section, SectionName};
use domain::{LivechatId, Timestamp};

use super::count::Count;
use super::definitions::Per;
use super::inputs::{AssignmentInput, ContactInput, LiveInput, StatusTimeInput, SurveyInput};
use super::query::{Query, Refusal, limits, parts};
use super::report::Report;
use crate::database::{Select, Transaction};
use crate::error::Error;
use crate::floor::{FloorOperators, OperatorRow};
use crate::projection::Projection;
use crate::runner::checkpoint;
use crate::settings;
use crate::survey_answers::{PendingSurvey, PendingSurveys};

/// The figures, or why not; nothing when there is no such livechat.
pub(crate) async fn read(
    transaction: &mut Transaction,
    livechat: &LivechatId,
    query: &Query,
) -> Result<Option<Result<Report, Refusal>>, Error> {
    let position = checkpoint::position(transaction, livechat).await?;
    if position == 0 {
        return Ok(None);
    }
    let zone = zone(transaction, livechat, query.now).await?;
    let settings = match section(transaction, livechat, SectionName::Figures, query.now).await? {
        Some(Section::Figures(settings)) => settings,
        _ => FiguresSettings::default(),
    };
    let parts = match parts(&zone, query) {
        Ok(parts) => parts,
        Err(refusal) => return Ok(Some(Err(refusal))),
    };
    let mut count = Count::new(query, &parts, limits(query, &settings));
    if let (Some(first), Some(last)) = (parts.first(), parts.last()) {
        count_rows(&mut count, transaction, livechat, first.from, last.until).await?;
    }
    // Medians need sorted times, and there may be millions of them.
    Ok(Some(journal::block_in_place(|| count.report(livechat, position, &zone, &settings))))
}

/// Everything that concerns the period, ended or not.
async fn count_rows(
    count: &mut Count<'_>,
    transaction: &mut Transaction,
    livechat: &LivechatId,
    from: Timestamp,
    until: Timestamp,
) -> Result<(), Error> {
    let now = count.query.now;
    let of = |table| Select::from(table).equal("livechat", livechat);
    let asked = |table, column| of(table).since_time(column, &from).before_time(column, &until);
    let meets = |table| of(table).since_time("until", &from).before_time("since", &until);
    transaction
        .for_each(asked(ContactInput::TABLE, "requested_at"), |row: ContactInput| count.contact(&row))
        .await?;
    transaction
        .for_each(meets(AssignmentInput::TABLE), |row: AssignmentInput| count.assignment(&row))
        .await?;
    transaction.for_each(of(LiveInput::TABLE), |row: LiveInput| count.live(&row)).await?;
    if count.query.per != Per::Skill {
        transaction.for_each(meets(StatusTimeInput::TABLE), |row: StatusTimeInput| count.time(&row)).await?;
        let operator =
            |row: OperatorRow| StatusTimeInput::live(&row, now).iter().for_each(|row| count.time(row));
        transaction.for_each(of(FloorOperators::TABLE), operator).await?;
        transaction
            .for_each(asked(SurveyInput::TABLE, "asked_at"), |row: SurveyInput| count.survey(&row))
            .await?;
        let pending = asked(PendingSurveys::TABLE, "asked_at");
        transaction.for_each(pending, |row: PendingSurvey| count.survey(&SurveyInput::pending(row))).await?;
    }
    Ok(())
}

/// The time zone of the livechat.
pub(super) async fn zone(
    transaction: &mut Transaction,
    livechat: &LivechatId,
    now: Timestamp,
) -> Result<TimeZone, Error> {
    let hours = match section(transaction, livechat, SectionName::OpeningHours, now).await? {
        Some(Section::OpeningHours(hours)) => hours,
        _ => OpeningHours::default(),
    };
    Ok(hours.time_zone)
}

async fn section(
    transaction: &mut Transaction,
    livechat: &LivechatId,
    name: SectionName,
    now: Timestamp,
) -> Result<Option<Section>, Error> {
    Ok(settings::at(transaction, livechat, name, now).await?.map(|revision| revision.section))
}
