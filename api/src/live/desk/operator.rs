//! The operator, as their own desk shows them.

use std::collections::BTreeMap;

use domain::settings::Status;
use domain::text::Language;
use domain::{Livechat, OperatorId, SkillId};
use projections::SkillNames;
use serde::Serialize;
use utoipa::ToSchema;

/// The operator of a desk.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeskOperator {
    #[schema(value_type = String)]
    pub(super) id: OperatorId,
    pub(super) name: String,
    /// What the operator can be asked about.
    pub(super) skills: Vec<SkillId>,
    /// What these skills are called, by identifier, in the language of the reader.
    pub(super) skill_names: BTreeMap<String, String>,
    pub(super) status: Status,
    /// Conversations at once.
    pub(super) capacity: usize,
    /// Conversations now.
    pub(super) load: usize,
}

impl DeskOperator {
    /// As the livechat knows the operator.
    pub(super) fn of(state: &Livechat, me: &OperatorId, language: Language) -> Self {
        let known = state.operator(me);
        let names = SkillNames::new(&state.settings().skills, language);
        let skills = known.iter().flat_map(|known| known.profile.skills.iter().map(SkillId::as_str));
        Self {
            id: me.clone(),
            name: known.map(|known| known.profile.name.to_string()).unwrap_or_default(),
            skills: known.map(|known| known.profile.skills.iter().cloned().collect()).unwrap_or_default(),
            skill_names: names.all(skills),
            status: known.map(|known| known.status).unwrap_or_default(),
            capacity: known.map_or(0, |known| known.capacity(&state.settings().capacity)),
            load: known.map_or(0, domain::state::Operator::load),
        }
    }
}
