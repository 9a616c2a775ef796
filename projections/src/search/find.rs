//! Conversations in which something was said, with the lines that show it.

use std::collections::{HashMap, HashSet};

use crate::text_search::Term;
use domain::{LivechatId, OperatorId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::extract::{Extract, shown};
use super::lines::{SearchLine, SearchLines};
use super::query::TermInRows;
use crate::conversations::{Conversation, Cursor, Question, list};
use crate::database::{Argument, Rows, Select, Transaction};
use crate::error::Error;
use crate::page::Listing;
use crate::participation::{self, Part, Reader};
use crate::projection::{Column, Projection};
use crate::transcript::{Line, LineKey, Transcript};

/// Extracts of one conversation.
const EXTRACTS_MAX: usize = 3;

/// Lines of a part of a conversation that are looked at together.
const LINES_AT_ONCE: usize = 500;

/// A conversation that was found.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Found {
    /// Its row.
    pub conversation: Conversation,
    /// The part of it that the reader may see.
    #[serde(skip)]
    pub part: Part,
    /// Where it is said: up to three lines, in their order. Those with more of the words are preferred, and
    /// lines for different words.
    pub extracts: Vec<Extract>,
}

/// A line in which one of the terms is said.
#[derive(Clone, Debug, Deserialize)]
struct Hit {
    #[serde(flatten)]
    line: SearchLine,
    /// The first of the terms that are said in it.
    term: i64,
    /// The number of the line among those for that term, from 1.
    rank: i64,
}

/// One page. An operator finds only what was said in segments they took part in; with a filter on surveys, only
/// conversations they may read whole.
pub(crate) async fn find(
    transaction: &mut Transaction,
    livechat: &LivechatId,
    question: &Question,
    cursor: Option<Cursor>,
    limit: usize,
    reader: Option<&OperatorId>,
) -> Result<Listing<Found>, Error> {
    let reader = match reader {
        Some(operator) => Some(Reader::of(transaction, livechat, operator).await?),
        None => None,
    };
    let asked = if reader.is_some() { &question.of_any_part() } else { question };
    let mut page = list::list(transaction, livechat, asked, cursor, limit).await?;
    let next = page.next.as_deref().and_then(|next| Cursor::parse(next, livechat, asked));
    page.next = next.map(|next| next.text(livechat, question));
    let ids: Vec<String> = page.items.iter().map(|row| row.conversation.clone()).collect();
    if ids.is_empty() {
        return Ok(Listing { items: vec![], next: page.next });
    }
    let mut hits = hits(transaction, livechat, &ids, &question.said).await?;
    let mut parts: HashMap<String, Part> = HashMap::new();
    if let Some(reader) = reader {
        for row in &page.items {
            let part = participation::part_of(transaction, livechat, row, &reader).await?;
            if !part.is_whole() {
                hits.retain(|hit| hit.line.conversation != row.conversation);
                if !question.filter.asks_surveys() {
                    hits.extend(hits_in(transaction, livechat, row, &part, &question.said).await?);
                }
                parts.insert(row.conversation.clone(), part);
            }
        }
        let found: HashSet<&String> = hits.iter().map(|hit| &hit.line.conversation).collect();
        page.items.retain(|row| found.contains(&row.conversation));
    }
    // A line for each term first, then further ones.
    hits.sort_by_key(|hit| (hit.rank, hit.term));
    let mut chosen: HashMap<String, Vec<SearchLine>> = HashMap::new();
    for hit in hits {
        let of_conversation = chosen.entry(hit.line.conversation.clone()).or_default();
        if of_conversation.len() < EXTRACTS_MAX {
            of_conversation.push(hit.line);
        }
    }
    let said = said(transaction, chosen.values().flatten()).await?;
    let mut items = vec![];
    for conversation in page.items {
        let mut lines = chosen.remove(&conversation.conversation).unwrap_or_default();
        lines.sort_by_key(|line| (line.position, line.line));
        let extracts =
            lines.iter().filter_map(|line| shown(line, said.get(&line.position)?, &question.said)).collect();
        let part = parts.remove(&conversation.conversation).unwrap_or_else(Part::whole);
        items.push(Found { conversation, part, extracts });
    }
    Ok(Listing { items, next: page.next })
}

/// The first three lines of each conversation for each term.
async fn hits(
    transaction: &mut Transaction,
    livechat: &LivechatId,
    conversations: &[String],
    terms: &[Term],
) -> Result<Vec<Hit>, Error> {
    let mut statement = transaction.statement();
    let columns: Vec<String> =
        SearchLines::TABLE.columns.iter().map(|column| format!("'{0}', {0}", column.name)).collect();
    let columns = columns.join(", ");
    statement.push_sql("SELECT ");
    statement.dialect("json_object(", "json_build_object(");
    statement.push_sql(&format!("{columns}, 'term', term, 'rank', rank)"));
    statement.dialect("", "::text");
    statement.push_sql(
        " FROM (SELECT *, row_number() OVER (PARTITION BY conversation, term ORDER BY words DESC, position, line) \
         AS rank FROM (SELECT l.*, CASE ",
    );
    for (number, term) in terms.iter().enumerate() {
        statement.push_sql("WHEN ");
        term.is_in_line(&mut statement);
        statement.push_sql(&format!(" THEN {number} "));
    }
    statement.push_sql("END AS term");
    for (number, term) in terms.iter().enumerate() {
        statement.push_sql(if number == 0 { ", CASE WHEN " } else { " + CASE WHEN " });
        term.is_in_line(&mut statement);
        statement.push_sql(" THEN 1 ELSE 0 END");
    }
    statement.push_sql(" AS words FROM search_lines AS l WHERE l.livechat = ");
    statement.text(livechat);
    statement.push_sql(" AND l.conversation IN (");
    statement.list(conversations);
    statement.push_sql(&format!(")) AS told WHERE term IS NOT NULL) AS ranked WHERE rank <= {EXTRACTS_MAX}"));
    transaction.query_json(SearchLines::TABLE, statement).await
}

/// The first lines of a part of a conversation for each term; none, unless each term is said in that part.
async fn hits_in(
    transaction: &mut Transaction,
    livechat: &LivechatId,
    conversation: &Conversation,
    part: &Part,
    terms: &[Term],
) -> Result<Vec<Hit>, Error> {
    let mut hits: Vec<Vec<Hit>> = terms.iter().map(|_| vec![]).collect();
    let (key, mut last) = ([Column::integer("position"), Column::integer("line")], None::<(i64, i64)>);
    loop {
        let mut lines = Select::from(SearchLines::TABLE)
            .equal("livechat", livechat)
            .equal("conversation", &conversation.conversation)
            .in_key_order();
        if let Some((position, line)) = last {
            lines = lines.after_key(&key, vec![Argument::Integer(position), Argument::Integer(line)]);
        }
        let (lines, more): (Vec<SearchLine>, bool) = transaction.page(lines, LINES_AT_ONCE).await?;
        last = lines.last().map(|line| (line.position, line.line));
        journal::block_in_place(|| {
            for line in lines.iter().filter(|line| part.contains(line.position)) {
                look_at(line, terms, &mut hits);
            }
        });
        if !more || hits.iter().all(|found| found.len() >= EXTRACTS_MAX) {
            break;
        }
    }
    if hits.iter().any(Vec::is_empty) {
        return Ok(vec![]);
    }
    let mut hits: Vec<Hit> = hits.into_iter().flatten().collect();
    hits.sort_by(|one, other| {
        let place = |hit: &Hit| (hit.line.position, hit.line.line);
        place(one).cmp(&place(other)).then(one.rank.cmp(&other.rank))
    });
    hits.dedup_by(|one, other| (one.line.position, one.line.line) == (other.line.position, other.line.line));
    Ok(hits)
}

/// Notes which of the terms are said in a line, of those that need more lines.
fn look_at(line: &SearchLine, terms: &[Term], hits: &mut [Vec<Hit>]) {
    let stems: Vec<String> = line.stems.split(' ').map(str::to_owned).collect();
    for ((term, meant), found) in (0..).zip(terms).zip(hits) {
        if found.len() < EXTRACTS_MAX && !meant.marks(&stems).is_empty() {
            let rank = i64::try_from(found.len() + 1).unwrap_or(i64::MAX);
            found.push(Hit { line: line.clone(), term, rank });
        }
    }
}

/// The lines of the transcript at these places, by their position.
async fn said(
    transaction: &mut Transaction,
    places: impl Iterator<Item = &SearchLine>,
) -> Result<HashMap<i64, Line>, Error> {
    let mut keys: Vec<LineKey> = places.filter_map(LineKey::of).collect();
    keys.sort_unstable();
    keys.dedup();
    let rows = transaction.load(Rows::keys(Transcript::TABLE).with(keys)?).await?;
    let lines: Vec<Line> = rows.decode()?;
    Ok(lines.into_iter().map(|line| (line.position, line)).collect())
}
