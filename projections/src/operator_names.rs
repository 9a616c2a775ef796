//! Answers: what was the name of an operator at a position of the log, as visitors saw it then?
//!
//! One row each time that an operator is registered under another name than before. The operator on the floor emits it.

use domain::{Fact, LivechatId, OperatorFact};
use journal::Record;
use serde::{Deserialize, Serialize};

use crate::database::{Select, Transaction};
use crate::encoding;
use crate::error::Error;
use crate::floor::OperatorRow;
use crate::projection::{HistoryRow, OperatorKey, Table};

row! {
    table "operator_names", key [livechat, position];

    /// The name of an operator from a position on.
    #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
    pub struct OperatorName {
        /// In which livechat.
        pub livechat: String,
        /// The position in the log from which on it holds.
        pub position: i64,
        /// Who.
        pub operator: String,
        /// The name visitors saw.
        pub name: String,
    }
}

impl HistoryRow for OperatorName {
    const TABLE: Table = Self::TABLE;
}

impl OperatorName {
    /// The history row if the event gives an operator another name. An operator registered again after a removal is
    /// another operator.
    pub(crate) fn from_event(
        before: Option<&OperatorRow>,
        key: &OperatorKey,
        event: &Record,
    ) -> Option<Self> {
        let Fact::Operator { fact: OperatorFact::Registered { profile }, .. } = &event.event.fact else {
            return None;
        };
        let known = before.filter(|row| row.removed_at.is_none());
        let is_new = known.is_none_or(|row| row.name != profile.name.as_str());
        is_new.then(|| Self {
            livechat: key.livechat.to_string(),
            position: encoding::position(event.position),
            operator: key.operator.to_string(),
            name: profile.name.to_string(),
        })
    }

    /// The one of these, oldest first, that held at a position.
    pub fn at(names: &[Self], position: i64) -> Option<&str> {
        let until_then = names.partition_point(|name| name.position <= position);
        names[..until_then].last().map(|name| name.name.as_str())
    }
}

/// All names an operator ever had, oldest first.
pub(crate) async fn of(
    transaction: &mut Transaction,
    livechat: &LivechatId,
    operator: &str,
) -> Result<Vec<OperatorName>, Error> {
    let asked = Select::from(OperatorName::TABLE).equal("livechat", livechat).equal("operator", &operator);
    transaction.select(asked.order("position")).await
}
