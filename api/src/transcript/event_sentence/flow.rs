//! How the conversation went on its way: requested, queued, given to an operator, transferred, ended.

use domain::event::{Cause, EndReason, RefusalReason, ReleaseReason, Target};
use domain::text::Language;
use domain::{Flow, OperatorId, SkillId};

use super::sentence::{Sentence, at_position, noted, with};
use crate::transcript::line_renderer::LineRenderer;
use crate::transcript::shown_line::{Move, ShownLine};
use crate::transcript::wording::{LIST, colon, date_and_time, pick, time, within};

pub(super) fn sentence(renderer: &LineRenderer, line: &ShownLine, fact: &Flow) -> Sentence {
    let language = renderer.language;
    let say = |fr, en| pick(language, fr, en);
    Sentence::complete(match fact {
        Flow::Requested(made) => return request(renderer, false, made.skill.as_ref()),
        Flow::RequestedAgain(made) => return request(renderer, true, made.skill.as_ref()),
        Flow::Refused { reason } => refused(*reason, language).to_owned(),
        Flow::Queued { position } => {
            at_position(say("Mise en file d’attente", "Waiting in the queue"), *position, language)
        }
        Flow::QueueAdvanced { position } => at_position(
            say("Avance dans la file d’attente", "Further ahead in the queue"),
            *position,
            language,
        ),
        Flow::Left if line.role == "system" => {
            say("L’internaute a quitté le site en attendant", "The visitor left the site while waiting")
                .to_owned()
        }
        Flow::Left => say("L’internaute a quitté la file d’attente", "The visitor left the queue").to_owned(),
        Flow::Released { reason } => released(*reason, language).to_owned(),
        Flow::Assigned | Flow::AssignedByHand { .. } => assigned(renderer, line),
        Flow::PickedUp => picked_up(renderer, line),
        Flow::Transferred { from, target, note, forced } => {
            let why = transfer_details(renderer, target, *forced);
            let passed = from_to(renderer, line, say("Transfert", "Transferred"), from, &why);
            return Sentence::by_author(noted(&passed, note.as_ref(), language));
        }
        Flow::AutoTransferred { from, cause, .. } => {
            let why = match cause {
                Cause::Disconnected => say(" (conseiller hors ligne)", " (operator offline)"),
                Cause::Inactive => say(" (conseiller inactif)", " (operator inactive)"),
            };
            from_to(renderer, line, say("Transfert automatique", "Automatically transferred"), from, why)
        }
        Flow::ReturnedToQueue { from, position } => {
            let from = within(renderer.operator(Some(from.as_str())));
            let back = at_position(back_in_queue(language), *position, language);
            format!("{back} ({from} {})", say("est hors ligne", "is offline"))
        }
        Flow::AutoTransferFailed { again_at } => {
            let failed = say(
                "Transfert automatique impossible, personne d’autre n’est disponible",
                "No automatic transfer, nobody else is available",
            );
            let again_at = again_at.map(|at| time(renderer.zone.wall_clock(at)));
            with(failed, say("nouvel essai à ", "tried again at "), again_at)
        }
        Flow::Ended { reason } => return Sentence::by_author(ended(*reason, language)),
        Flow::KeptOpen { until } => {
            let open = say(
                "L’internaute continue avec le chatbot\u{202f}; la conversation reste ouverte jusqu’au",
                "The visitor goes on with the chatbot; the conversation stays open until",
            );
            format!("{open} {}", date_and_time(renderer.zone.wall_clock(*until), language))
        }
        Flow::Closed => return Sentence::by_author(say("Conversation close", "Conversation closed")),
    })
}

/// A request for an operator, perhaps for one with a skill.
pub(super) fn request(renderer: &LineRenderer, again: bool, asked: Option<&SkillId>) -> Sentence {
    let language = renderer.language;
    let requested = if again {
        pick(language, "Nouvelle demande de livechat", "Livechat requested again")
    } else {
        pick(language, "Demande de livechat", "Livechat requested")
    };
    Sentence::by_author(with(requested, "", asked.map(|id| skill(id, renderer))))
}

/// Another operator has the conversation, or none, as the visitor reads it.
pub(super) fn moved(renderer: &LineRenderer, line: &ShownLine, how: Move) -> Sentence {
    let language = renderer.language;
    Sentence::complete(match how {
        Move::ReturnedToQueue => back_in_queue(language).to_owned(),
        Move::Transferred | Move::AutoTransferred => {
            let passed = pick(language, "Transfert à un autre conseiller", "Transferred to another operator");
            with(passed, "", renderer.introduced(line).map(within))
        }
    })
}

fn back_in_queue(language: Language) -> &'static str {
    pick(language, "Retour en file d’attente", "Back in the queue")
}

fn skill(id: &SkillId, renderer: &LineRenderer) -> String {
    let (language, name) = (renderer.language, within(renderer.skill(id)));
    format!("{}{}{name}", pick(language, "compétence", "skill"), colon(language))
}

fn assigned(renderer: &LineRenderer, line: &ShownLine) -> String {
    let language = renderer.language;
    if !renderer.to_staff {
        return pick(language, "Un conseiller a été trouvé", "An operator was found").to_owned();
    }
    let to = within(renderer.operator(line.operator.as_deref()));
    format!("{} {to}", pick(language, "Attribuée à", "Given to"))
}

fn picked_up(renderer: &LineRenderer, line: &ShownLine) -> String {
    let language = renderer.language;
    let operator = if renderer.to_staff {
        Some(renderer.operator(line.operator.as_deref()))
    } else {
        renderer.introduced(line)
    };
    let operator = operator.map_or_else(|| pick(language, "Un conseiller", "An operator").to_owned(), within);
    let does = pick(language, "prend la conversation en charge", "takes the conversation in charge");
    format!("{operator} {does}")
}

/// Which skill was asked for, and whether it was forced.
fn transfer_details(renderer: &LineRenderer, target: &Target, forced: bool) -> String {
    let skilled = match target {
        Target::Skill(id) => Some(skill(id, renderer)),
        Target::Operator(_) => None,
    };
    let forced = forced.then(|| pick(renderer.language, "forcé", "forced").to_owned());
    let details: Vec<String> = skilled.into_iter().chain(forced).collect();
    if details.is_empty() { String::new() } else { format!(" ({})", details.join(LIST)) }
}

/// From one operator to another, and why.
fn from_to(renderer: &LineRenderer, line: &ShownLine, what: &str, from: &OperatorId, why: &str) -> String {
    let to = within(renderer.operator(line.operator.as_deref()));
    let from = within(renderer.operator(Some(from.as_str())));
    format!("{what}{}{from}\u{a0}→ {to}{why}", colon(renderer.language))
}

fn refused(reason: RefusalReason, language: Language) -> &'static str {
    match reason {
        RefusalReason::QueueFull => {
            pick(language, "Refusée\u{a0}: la file d’attente est pleine", "Refused: the queue is full")
        }
        RefusalReason::QueueClosed => pick(
            language,
            "Refusée\u{a0}: la file d’attente est fermée, le service se termine bientôt",
            "Refused: the queue is closed, the service ends soon",
        ),
        RefusalReason::LivechatClosed => {
            pick(language, "Refusée\u{a0}: le livechat est fermé", "Refused: the livechat is closed")
        }
        RefusalReason::OutsideHours => pick(
            language,
            "Refusée\u{a0}: en dehors des heures d’ouverture",
            "Refused: outside the opening hours",
        ),
        RefusalReason::NoOperator => {
            pick(language, "Refusée\u{a0}: aucun conseiller disponible", "Refused: no operator available")
        }
    }
}

fn released(reason: ReleaseReason, language: Language) -> &'static str {
    match reason {
        ReleaseReason::LivechatClosed => pick(
            language,
            "Le service a été fermé par un administrateur",
            "The service was closed by an administrator",
        ),
        ReleaseReason::Closing => pick(
            language,
            "Le service a fermé avant que quelqu’un réponde",
            "The service closed before anybody answered",
        ),
        ReleaseReason::Unanswered => {
            pick(language, "Personne n’a répondu à temps", "Nobody answered in time")
        }
    }
}

fn ended(reason: EndReason, language: Language) -> &'static str {
    match reason {
        EndReason::Visitor => pick(language, "Fin du livechat par l’internaute", "Ended by the visitor"),
        EndReason::Supervisor => {
            pick(language, "Fin du livechat par un superviseur", "Ended by a supervisor")
        }
        EndReason::Timeout => pick(
            language,
            "Fin du livechat\u{a0}: l’internaute ne répondait plus",
            "Ended: the visitor did not answer any more",
        ),
        EndReason::Operator => pick(language, "Fin du livechat par le conseiller", "Ended by the operator"),
    }
}
