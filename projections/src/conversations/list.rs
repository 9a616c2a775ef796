//! How a page of a list is found, in bounded time for any query.
//!
//! 1. An index is read in the order of the question: that of the first condition which has one in this order,
//!    else that of the order alone. What no index covers is checked row by row. As long as many fit, a few
//!    hundred rows fill a page.
//! 2. If they do not, few fit. Where some index shows at most [`FEW`] conversations for one of the conditions,
//!    all of those are read and sorted: the page is full, or the last.
//! 3. Else reading goes on in the order, for at most [`ROWS_READ_MAX`] rows. A page that ends there is short,
//!    and the next one goes on where it ended.

use domain::LivechatId;

use super::condition::Condition;
use super::conversation::Conversation;
use super::cursor::Cursor;
use super::filter::Question;
use super::fold::Conversations;
use super::plan::Plan;
use crate::database::{Statement, Transaction};
use crate::error::Error;
use crate::page::{Listing, PAGE_MAX};
use crate::projection::Projection;

/// Rows read before anything else is tried: a page of 50 is full when one in five fits.
const FIRST_ROWS: usize = 256;
/// Conversations that are read and sorted for one page.
const FEW: usize = 2_500;
/// Messages that are read to find conversations by what was said in them: several in each.
const FEW_MESSAGES: usize = 4 * FEW;
/// Rows read in their order for one page.
const ROWS_READ_MAX: usize = 3_000;
/// Conversations looked at to find the rarest of several words.
const SAMPLE: usize = 128;

/// One page.
pub(crate) async fn list(
    transaction: &mut Transaction,
    livechat: &LivechatId,
    question: &Question,
    cursor: Option<Cursor>,
    limit: usize,
) -> Result<Listing<Conversation>, Error> {
    let limit = limit.clamp(1, PAGE_MAX);
    let plan = Plan::of(livechat, question);
    if plan.is_empty {
        return Ok(Listing { items: vec![], next: None });
    }
    let cut = |mut items: Vec<Conversation>, read_up_to: Option<Cursor>| {
        let more = items.len() > limit;
        items.truncate(limit);
        let last = if more { items.last().map(|row| Cursor::after(row, question)) } else { read_up_to };
        Listing { items, next: last.map(|cursor| cursor.text(livechat, question)) }
    };
    if plan.rest.is_empty() {
        let statement = plan.page(transaction, cursor, limit + 1, limit + 1);
        return Ok(cut(transaction.query_json(Conversations::TABLE, statement).await?, None));
    }
    let (mut found, mut after) = (vec![], cursor);
    let (mut window, mut read) = (FIRST_ROWS.max(2 * limit), 0);
    loop {
        let statement = plan.page(transaction, after, window, limit + 1 - found.len());
        found.extend(transaction.query_json(Conversations::TABLE, statement).await?);
        if found.len() > limit {
            return Ok(cut(found, None));
        }
        let statement = plan.last(transaction, after, window);
        let last: Vec<Conversation> = transaction.query_json(Conversations::TABLE, statement).await?;
        let Some(last) = last.first() else { return Ok(cut(found, None)) };
        after = Some(Cursor::after(last, question));
        if read == 0
            && let Some(condition) = few(transaction, &plan).await?
        {
            let statement = plan.gather(transaction, &condition, cursor, limit + 1);
            return Ok(cut(transaction.query_json(Conversations::TABLE, statement).await?, None));
        }
        read += window;
        if read >= ROWS_READ_MAX {
            return Ok(cut(found, after));
        }
        window = ROWS_READ_MAX - read;
    }
}

/// A condition that leaves few, if there is one.
async fn few(transaction: &mut Transaction, plan: &Plan<'_>) -> Result<Option<Condition>, Error> {
    for condition in &plan.narrow {
        let statement = plan.probe(transaction, condition, FEW + 1);
        if transaction.number(statement).await? <= FEW as u64 {
            return Ok(Some(condition.clone()));
        }
    }
    let Some(rarest) = rarest(transaction, plan).await? else { return Ok(None) };
    let statement = plan.probe(transaction, &rarest, FEW_MESSAGES + 1);
    let is_few = transaction.number(statement).await? <= FEW_MESSAGES as u64;
    Ok(is_few.then_some(rarest))
}

/// The term that the fewest conversations have. The index is queried only for that one: it finds all messages with a
/// word before it returns the first.
async fn rarest(transaction: &mut Transaction, plan: &Plan<'_>) -> Result<Option<Condition>, Error> {
    let said: Vec<&Condition> = plan.rest.iter().filter(|one| matches!(one, Condition::Said(_))).collect();
    if let [only] = said[..] {
        return Ok(Some(only.clone()));
    }
    let mut rarest = None;
    for condition in said {
        let statement = plan.sample(transaction, condition, SAMPLE);
        let count = transaction.number(statement).await?;
        if rarest.is_none_or(|(least, _)| count < least) {
            rarest = Some((count, condition));
        }
    }
    Ok(rarest.map(|(_, condition)| condition.clone()))
}

/// The query plan of a page: each statement that may be needed, with its steps.
pub(crate) async fn explain(
    transaction: &mut Transaction,
    livechat: &LivechatId,
    question: &Question,
    cursor: Option<Cursor>,
) -> Result<Vec<Vec<String>>, Error> {
    let plan = Plan::of(livechat, question);
    let mut statements: Vec<Statement> =
        vec![plan.page(transaction, cursor, FIRST_ROWS, 51), plan.last(transaction, cursor, ROWS_READ_MAX)];
    let said = plan.rest.iter().filter(|one| matches!(one, Condition::Said(_)));
    for condition in plan.narrow.iter().chain(said) {
        statements.push(plan.probe(transaction, condition, FEW + 1));
        statements.push(plan.gather(transaction, condition, cursor, 51));
    }
    let mut explained = vec![];
    for statement in statements {
        explained.push(transaction.explain(statement).await?);
    }
    Ok(explained)
}
