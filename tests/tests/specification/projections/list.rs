//! The list of conversations: every filter in every order, page by page, on a few and on many.

use std::cmp::Ordering;
use std::collections::HashMap;

use domain::text::Language;
use domain::{ChoiceId, FieldId, LivechatId, SkillId, SurveyId, Timestamp, VisitorId};
use projections::assignments::Assignment;
use projections::conversations::{
    AnswerFilter, Answered, Conversation, Conversations, Cursor, Filter, Question, Reason, Settled, Sort,
    State,
};
use projections::survey_answers::SurveyAnswer;
use projections::{Queries, Runner};
use pupitre_tests::many;

use super::scratch::{Dump, Scratch};
use super::story::{Story, operator, slug};

/// Everything that can be asked for, and combinations of it.
fn filters(middle: Timestamp) -> Vec<Filter> {
    let all = Filter::default;
    let survey = |survey: &str, field: Option<(&str, AnswerFilter)>| {
        let field = field.map(|(field, given)| (FieldId::parse(field).unwrap(), given));
        Some(Answered { survey: SurveyId::parse(survey).unwrap(), field })
    };
    let rating = |from, to| Some(("note", AnswerFilter::Rating(from..=to)));
    let skill = |skill| Some(SkillId::parse(skill).unwrap());
    vec![
        all(),
        Filter { states: vec![State::KeptOpen, State::Ended], ..all() },
        Filter { states: vec![State::Waiting], ..all() },
        Filter { over_only: true, ..all() },
        Filter { over_only: true, states: vec![State::Waiting], ..all() },
        Filter { over_only: true, states: vec![State::Refused, State::Waiting], ..all() },
        Filter { reasons: vec![Reason::Visitor], ..all() },
        Filter { reasons: vec![Reason::Supervisor, Reason::OutsideHours, Reason::Timeout], ..all() },
        Filter { operator: Some(operator("alice")), ..all() },
        Filter { operator: Some(operator("guest")), transferred: Some(true), ..all() },
        Filter { skill: skill("billing"), ..all() },
        Filter { skill: skill("rare"), language: Some(Language::Fr), ..all() },
        Filter { visitor: Some(VisitorId::parse("visitor-7").unwrap()), ..all() },
        Filter { language: Some(Language::En), ..all() },
        Filter { important: Some(true), ..all() },
        Filter { important: Some(false), transferred: Some(false), ..all() },
        Filter { transferred: Some(true), ..all() },
        Filter { requested_from: Some(middle), ..all() },
        Filter { requested_until: Some(middle), ..all() },
        Filter {
            requested_from: Some(middle - chrono::TimeDelta::hours(1)),
            requested_until: Some(middle),
            language: Some(Language::En),
            ..all()
        },
        Filter { wait_over_secs: Some(60), ..all() },
        Filter { wait_over_secs: Some(599), skill: skill("refunds"), ..all() },
        Filter { visitor_survey: Some(Settled::Answered), ..all() },
        Filter { visitor_survey: Some(Settled::Unanswered), ..all() },
        Filter { operator_survey: Some(Settled::Answered), important: Some(true), ..all() },
        Filter { operator_survey: Some(Settled::Unanswered), ..all() },
        Filter { answered: survey("satisfaction", None), ..all() },
        Filter { answered: survey("satisfaction", rating(4, 5)), ..all() },
        Filter { answered: survey("satisfaction", rating(1, 1)), operator: Some(operator("guest")), ..all() },
        Filter {
            answered: survey(
                "bilan",
                Some(("objet", AnswerFilter::Choice(ChoiceId::parse("panne").unwrap()))),
            ),
            ..all()
        },
        Filter {
            answered: survey(
                "satisfaction",
                Some(("motifs", AnswerFilter::Choice(ChoiceId::parse("delai").unwrap()))),
            ),
            ..all()
        },
        Filter { answered: survey("unknown", rating(1, 5)), ..all() },
    ]
}

/// What should be found, by looking at every row.
fn expected<'a>(
    rows: &'a [Conversation],
    (surveys, stays): (&[SurveyAnswer], &[Assignment]),
    livechat: &LivechatId,
    Question { filter, sort, .. }: &Question,
) -> Vec<&'a Conversation> {
    let word = |value: serde_json::Value| value.as_str().unwrap().to_owned();
    let reasons: Vec<String> =
        filter.reasons.iter().map(|reason| word(serde_json::to_value(reason).unwrap())).collect();
    let mut by_conversation: HashMap<&str, Vec<&SurveyAnswer>> = HashMap::new();
    for one in surveys.iter().filter(|one| one.livechat == livechat.as_str()) {
        by_conversation.entry(&one.conversation).or_default().push(one);
    }
    let of = |row: &Conversation, fits: &dyn Fn(&SurveyAnswer) -> bool| {
        by_conversation.get(row.conversation.as_str()).is_some_and(|all| all.iter().any(|one| fits(one)))
    };
    let had = |row: &Conversation, operator: &str| {
        row.operator.as_deref() == Some(operator)
            || stays.iter().any(|stay| {
                (stay.livechat.as_str(), stay.conversation.as_str()) == (livechat.as_str(), &row.conversation)
                    && stay.operator == operator
                    && stay.picked_up_at.is_some()
            })
    };
    let settled = |asked: Option<Settled>, audience: &str, row: &Conversation| {
        asked.is_none_or(|asked| {
            of(row, &|one| one.audience == audience && one.closing.is_none() == (asked == Settled::Answered))
        })
    };
    let answered = |one: &SurveyAnswer, Answered { survey, field }: &Answered| {
        let given = |field: &FieldId| one.answers.as_ref().and_then(|all| all.get(field.as_str()));
        one.survey == survey.as_str()
            && one.closing.is_none()
            && field.as_ref().is_none_or(|(field, wanted)| match (given(field), wanted) {
                (None, _) => false,
                (Some(given), AnswerFilter::Rating(range)) => {
                    given["rating"].as_i64().is_some_and(|rating| range.contains(&rating))
                }
                (Some(given), AnswerFilter::Choice(choice)) => {
                    given["choice"] == choice.as_str()
                        || given["choices"]
                            .as_array()
                            .is_some_and(|all| all.iter().any(|c| c == choice.as_str()))
                }
            })
    };
    let fits = |row: &&Conversation| {
        row.livechat == livechat.as_str()
            && (filter.states.is_empty() || filter.states.contains(&row.state))
            && (!filter.over_only || row.ended_at.is_some())
            && (reasons.is_empty() || row.reason.as_ref().is_some_and(|reason| reasons.contains(reason)))
            && filter.operator.as_ref().is_none_or(|one| had(row, one.as_str()))
            && filter.skill.as_ref().is_none_or(|one| Some(one.as_str()) == row.skill.as_deref())
            && filter.visitor.as_ref().is_none_or(|one| one.as_str() == row.visitor)
            && filter.language.is_none_or(|one| one.code() == row.language)
            && filter.important.is_none_or(|one| one == row.important)
            && filter.transferred.is_none_or(|one| one == (row.transfers > 0))
            && filter.requested_from.is_none_or(|from| row.requested_at >= from)
            && filter.requested_until.is_none_or(|until| row.requested_at < until)
            && filter
                .wait_over_secs
                .is_none_or(|secs| row.wait_ms.is_some_and(|ms| ms > i64::from(secs) * 1_000))
            && settled(filter.visitor_survey, "visitor", row)
            && settled(filter.operator_survey, "operator", row)
            && filter.answered.as_ref().is_none_or(|wanted| of(row, &|one| answered(one, wanted)))
    };
    let mut found: Vec<&Conversation> = rows.iter().filter(fits).collect();
    let by_request = |a: &Conversation, b: &Conversation| a.requested_position.cmp(&b.requested_position);
    let descending = |a: Ordering, b: &dyn Fn() -> Ordering| a.then_with(b).reverse();
    match sort {
        Sort::Oldest => found.sort_by(|a, b| by_request(a, b)),
        Sort::Newest => found.sort_by(|a, b| by_request(b, a)),
        Sort::LongestWait => {
            found.retain(|row| row.wait_ms.is_some());
            found.sort_by(|a, b| descending(a.wait_ms.cmp(&b.wait_ms), &|| by_request(a, b)));
        }
        Sort::LastEnded => {
            found.retain(|row| row.ended_at.is_some());
            found.sort_by(|a, b| descending(a.ended_at.cmp(&b.ended_at), &|| by_request(a, b)));
        }
    }
    found
}

/// All pages, one after the other, up to so many conversations; and how many pages there were.
async fn paged(
    views: &Queries,
    livechat: &LivechatId,
    question: &Question,
    limit: usize,
    up_to: usize,
) -> (Vec<Conversation>, usize) {
    let (mut found, mut cursor, mut pages) = (vec![], None, 0);
    loop {
        let page = views.conversations(livechat, question, cursor, limit).await.unwrap();
        assert!(page.items.len() <= limit);
        found.extend(page.items);
        pages += 1;
        let next = page.next.filter(|_| found.len() < up_to);
        let Some(next) = next else { return (found, pages) };
        cursor = Some(Cursor::parse(&next, livechat, question).expect("its own cursor"));
    }
}

#[tokio::test]
async fn every_filter_in_every_order_finds_what_looking_at_every_row_finds() {
    let story = Story::of(31, 3_000);
    let all = Dump::expected(&story.events);
    let middle = story.events[story.events.len() / 2].event.at;
    for scratch in Scratch::each().await {
        let database = scratch.open().await;
        Runner::new(database.clone()).apply(&story.events).await.unwrap();
        let views = Queries::new(database);
        let mut not_empty = 0;
        for filter in filters(middle) {
            for sort in Sort::ALL {
                let question = Question { filter: filter.clone(), sort, said: vec![] };
                for livechat in [slug("support"), slug("ventes")] {
                    let expected =
                        expected(&all.conversations, (&all.survey_answers, &all.stays), &livechat, &question);
                    not_empty += usize::from(!expected.is_empty());
                    for limit in [7, 200] {
                        let (found, _) = paged(&views, &livechat, &question, limit, usize::MAX).await;
                        let found: Vec<&Conversation> = found.iter().collect();
                        assert!(found == expected, "{} {question:?} by {limit}", scratch.kind);
                    }
                }
            }
        }
        assert!(not_empty > 130, "a story worth telling: {not_empty}");
    }
}

#[tokio::test]
async fn among_many_conversations_the_same_is_found_in_bounded_steps() {
    const COUNT: u64 = 20_000;
    for scratch in Scratch::each().await {
        let database = scratch.open().await;
        many::conversations(&scratch.url, "support", COUNT).await;
        // The neighbours are not looked at.
        many::conversations(&scratch.url, "ventes", 500).await;
        let views = Queries::new(database);
        let rows = scratch.table::<Conversations>().await;
        let surveys = scratch.left::<SurveyAnswer>().await;
        let livechat = slug("support");
        let middle = rows.iter().find(|row| row.requested_position == 200_000).unwrap().requested_at;
        let mut short = 0;
        for filter in filters(middle) {
            for sort in Sort::ALL {
                let question = Question { filter: filter.clone(), sort, said: vec![] };
                let expected = expected(&rows, (&surveys, &[]), &livechat, &question);
                let (found, pages) = paged(&views, &livechat, &question, 200, 500).await;
                let found: Vec<&Conversation> = found.iter().collect();
                assert!(found == expected[..found.len()], "{} {question:?}", scratch.kind);
                assert!(found.len() >= expected.len().min(500), "{} {question:?}", scratch.kind);
                let full = found.len() / 200 + 1;
                short += usize::from(pages > full);
                assert!(pages <= full + usize::try_from(COUNT / 3_000).unwrap(), "{question:?}: {pages}");
            }
        }
        assert!(short > 0, "some pages end before they are full");
    }
}

#[tokio::test]
async fn new_conversations_neither_repeat_nor_hide_one_that_was_there() {
    let mut story = Story::of(37, 1_200);
    for scratch in Scratch::each().await {
        let database = scratch.open().await;
        let runner = Runner::new(database.clone());
        runner.apply(&story.events).await.unwrap();
        let views = Queries::new(database);
        let livechat = slug("support");
        for sort in [Sort::Newest, Sort::Oldest] {
            let question = Question { sort, ..Question::default() };
            let before = Dump::expected(&story.events).conversations;
            let there: Vec<String> = expected(&before, (&[], &[]), &livechat, &question)
                .iter()
                .map(|row| row.conversation.clone())
                .collect();
            let (mut found, mut cursor) = (vec![], None);
            loop {
                let page = views.conversations(&livechat, &question, cursor, 5).await.unwrap();
                found.extend(page.items.into_iter().map(|row| row.conversation));
                let Some(next) = page.next else { break };
                cursor = Cursor::parse(&next, &livechat, &question);
                // Something happens between two pages.
                let before = story.events.len();
                (0..6).for_each(|_| story.step());
                runner.apply(&story.events[before..]).await.unwrap();
            }
            match sort {
                Sort::Newest => assert_eq!(found, there, "those of the time of the first page"),
                Sort::Oldest | Sort::LongestWait | Sort::LastEnded => {
                    assert_eq!(found[..there.len()], there, "those that were there, and then new ones");
                    assert!(found.len() > there.len(), "{}", found.len());
                }
            }
            let mut once = found.clone();
            once.sort_unstable();
            once.dedup();
            assert_eq!(once.len(), found.len(), "each once");
        }
    }
}

#[tokio::test]
async fn every_order_with_every_filter_is_read_from_an_index() {
    for scratch in Scratch::each().await {
        let database = scratch.open().await;
        many::conversations(&scratch.url, "support", 24_000).await;
        let views = Queries::new(database);
        let livechat = slug("support");
        let middle = Timestamp::from_timestamp(1_700_000_000 + 12_000 * 30, 0).unwrap();
        for filter in
            filters(middle).into_iter().filter(|filter| !filter.over_only || filter.states.is_empty())
        {
            for sort in Sort::ALL {
                let question = Question { filter: filter.clone(), sort, said: vec![] };
                let first = views.conversations(&livechat, &question, None, 50).await.unwrap();
                let next = first.next.and_then(|next| Cursor::parse(&next, &livechat, &question));
                for cursor in [None, next] {
                    for plan in views.explain_conversations(&livechat, &question, cursor).await.unwrap() {
                        assert_reads_an_index(&scratch, &plan, &question);
                    }
                }
            }
        }
    }
}

/// No table is read from end to end, and nothing is sorted but what was limited before, and what an operator had
/// picked up before another one had it.
fn assert_reads_an_index(scratch: &Scratch, plan: &[String], question: &Question) {
    let (sql, steps) = plan.split_first().unwrap();
    let plan = || format!("{} {question:?}:\n{sql}\n{}", scratch.kind, steps.join("\n"));
    let handed_over = sql.contains("IN (SELECT s.conversation FROM assignments");
    let walks = sql.contains("FROM (SELECT * FROM conversations");
    if scratch.kind == "SQLite" {
        // What was limited is read under the name of the table once more.
        let limited = ["SCAN conversations", "SCAN probed", "SCAN few"];
        let is_limited =
            |step: &str| limited.contains(&step) || step.starts_with("SCAN json_each VIRTUAL TABLE");
        let scans = steps.iter().any(|step| step.starts_with("SCAN") && !is_limited(step));
        let by_index =
            steps.iter().filter(|step| step.contains("SEARCH conversations USING INDEX conversations_"));
        assert!(!scans && by_index.count() >= 1, "{}", plan());
        let sorts = steps.iter().filter(|step| step.contains("TEMP B-TREE")).count();
        assert!(sorts <= if handed_over { 2 } else { 1 }, "{}", plan());
    } else {
        assert!(!steps.iter().any(|step| step.contains("Seq Scan on")), "{}", plan());
        assert!(steps.iter().any(|step| step.contains("conversations_")), "{}", plan());
        if walks && !handed_over {
            // Below the limit of the rows that are read, they come out of the index in order.
            let limit = steps.iter().rposition(|step| step.contains("Limit")).unwrap();
            assert!(!steps[limit..].iter().any(|step| step.contains("Sort  (")), "{}", plan());
        }
    }
}
