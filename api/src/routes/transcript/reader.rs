//! One reader of a transcript: page by page, what they may know of it, and the names in it.

use std::collections::{BTreeMap, BTreeSet};

use domain::{ConversationId, Livechat, OperatorId};
use journal::Position;
use projections::Page;
use projections::operator_names::OperatorName;
use projections::participation::Part;
use projections::transcript::Line;

use crate::app::App;
use crate::auth::{Caller, Role};
use crate::http::problem::Problem;
use crate::transcript::redaction::{self, IntroducedOperators};
use crate::transcript::{LineRenderer, ShownLine};

/// One reader of a conversation.
#[derive(Clone)]
pub(super) struct TranscriptReader {
    pub(super) app: App,
    pub(super) caller: Caller,
    pub(super) id: ConversationId,
    /// What the caller may read of it.
    pub(super) part: Part,
    /// The last position that is read.
    pub(super) until: Position,
    pub(super) renderer: LineRenderer,
    pub(super) introduced: IntroducedOperators,
}

impl TranscriptReader {
    /// Finds out which operators were introduced to a visitor before the lines that are asked for.
    pub(super) async fn meet(&mut self, after: Position) -> Result<(), Problem> {
        if self.caller.role != Role::Visitor {
            return Ok(());
        }
        let mut next = (after > 0).then_some(0);
        while let Some(from) = next {
            let until = self.until;
            self.until = after.min(until);
            let page = self.page(from).await;
            self.until = until;
            next = page?.next.filter(|next| *next < after);
        }
        Ok(())
    }

    /// The lines after a position, as the reader may know them, and the context needed to put them into words.
    pub(super) async fn page(&mut self, after: Position) -> Result<Page<ShownLine>, Problem> {
        let Some(after) = self.part.skip_to(i64::try_from(after).unwrap_or(i64::MAX)) else {
            return Ok(Page { items: vec![], next: None });
        };
        let after = after.unsigned_abs();
        let Page { mut items, mut next } =
            self.app.views.transcript(&self.caller.livechat, self.id, after).await?;
        items.retain(|line| self.part.contains(line.position));
        let is_before_end =
            |line: &Line| u64::try_from(line.position).is_ok_and(|position| position <= self.until);
        if items.last().is_some_and(|last| !is_before_end(last)) {
            items.retain(is_before_end);
            next = None;
        }
        let items = self.redact(items).await?;
        self.renderer.surveys.add(&self.app.views, &self.caller.livechat, &items).await?;
        Ok(Page { items, next })
    }

    /// The lines as the reader may know them, under the settings as they are now; and the names in them.
    async fn redact(&mut self, lines: Vec<Line>) -> Result<Vec<ShownLine>, Problem> {
        let (role, livechat, language) = (self.caller.role, &self.caller.livechat, self.renderer.language);
        let is_visitor = role == Role::Visitor;
        let named = if is_visitor { BTreeSet::new() } else { redaction::operators(&lines) };
        let introduced = &mut self.introduced;
        let look = |state: &Livechat| {
            let settings = state.settings();
            let lines = redaction::redact(role, settings, lines, introduced);
            let name = |id: &String| {
                let operator = state.operator(&OperatorId::parse(id).ok()?)?;
                Some((id.clone(), operator.profile.name.to_string()))
            };
            let operators: Vec<_> = named.iter().filter_map(name).collect();
            (lines, operators, settings.skills.names(language))
        };
        let (lines, operators, skills) = self.app.journal.peek(livechat, look).await?;
        self.renderer.operators.extend(operators);
        self.renderer.skills = skills;
        if is_visitor {
            // By the names that the operators had then.
            self.renderer.introduced = self.heard().await?;
        }
        // The names of operators who were removed are in the tables only.
        for id in named {
            if !self.renderer.operators.contains_key(&id)
                && let Some(name) = self.app.views.operator_name(&self.caller.livechat, &id).await?
            {
                self.renderer.operators.insert(id, name);
            }
        }
        Ok(lines)
    }

    /// The operators heard in which line, by the names that the visitor was shown.
    async fn heard(&self) -> Result<BTreeMap<i64, String>, Problem> {
        let mut names: BTreeMap<&str, Vec<OperatorName>> = BTreeMap::new();
        let mut heard = BTreeMap::new();
        for (at, id) in &self.introduced.speakers {
            if !names.contains_key(id.as_str()) {
                let found = self.app.views.operator_names(&self.caller.livechat, id).await;
                names.insert(id, found?);
            }
            let then = names.get(id.as_str()).and_then(|names| OperatorName::at(names, *at));
            heard.extend(then.map(|name| (*at, name.to_owned())));
        }
        Ok(heard)
    }
}
