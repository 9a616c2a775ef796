//! What happened between the messages, one sentence per kind of line. The visitor is told the same as the
//! staff, without names and without what only the staff knows.

use domain::text::Language;
use projections::transcript::{Kind, Line};

use super::{colon, moment, pick, quoted, time, within};
use crate::transcript::{LineRenderer, size};

/// Whether the sentence leaves open who did it, so that the staff is told beside it.
pub(in crate::transcript) const fn leaves_author_open(kind: Kind) -> bool {
    match kind {
        Kind::Requested
        | Kind::RequestedAgain
        | Kind::Transferred
        | Kind::ImportanceMarked
        | Kind::HelpCalled
        | Kind::HelpTaken
        | Kind::HelpDone
        | Kind::FileRequested
        | Kind::FileSent
        | Kind::CopyMailed
        | Kind::SurveyAsked
        | Kind::SurveyOpened
        | Kind::SurveyCancelled
        | Kind::SurveyAnswered
        | Kind::SurveyClosed
        | Kind::Ended
        | Kind::Closed => true,
        Kind::Refused
        | Kind::Queued
        | Kind::QueueAdvanced
        | Kind::Assigned
        | Kind::Left
        | Kind::Released
        | Kind::PickedUp
        | Kind::Message
        | Kind::InternalMessage
        | Kind::VisitorPresence
        | Kind::PageChanged
        | Kind::AutoTransferred
        | Kind::AutoTransferFailed
        | Kind::ReturnedToQueue
        | Kind::FollowedUp
        | Kind::SearchNoticed
        | Kind::OperatorSearches
        | Kind::TimeoutAnnounced
        | Kind::KeptOpen => false,
    }
}

/// The sentence of a line that is no message.
pub(in crate::transcript) fn event_sentence(renderer: &LineRenderer, line: &Line) -> String {
    let language = renderer.language;
    let say = |fr, en| pick(language, fr, en).to_owned();
    let data = Data(line);
    match line.kind {
        Kind::Requested => with_skill(say("Demande de livechat", "Livechat requested"), &data, renderer),
        Kind::RequestedAgain => {
            with_skill(say("Nouvelle demande de livechat", "Livechat requested again"), &data, renderer)
        }
        Kind::Refused => refused(data.text("reason"), language).to_owned(),
        Kind::Queued => at_position(say("Mise en file d’attente", "Waiting in the queue"), &data, language),
        Kind::QueueAdvanced => {
            at_position(say("Avance dans la file d’attente", "Further ahead in the queue"), &data, language)
        }
        Kind::Left if line.role == "system" => {
            say("L’internaute a quitté le site en attendant", "The visitor left the site while waiting")
        }
        Kind::Left => say("L’internaute a quitté la file d’attente", "The visitor left the queue"),
        Kind::Released if data.text("reason") == "livechat_closed" => {
            say("Le service a été fermé par un administrateur", "The service was closed by an administrator")
        }
        Kind::Released if data.text("reason") == "closing" => say(
            "Le service a fermé avant que quelqu’un réponde",
            "The service closed before anybody answered",
        ),
        Kind::Released => say("Personne n’a répondu à temps", "Nobody answered in time"),
        Kind::Assigned => assigned(renderer, line),
        Kind::PickedUp => picked_up(renderer, line),
        Kind::Transferred => transferred(renderer, line, &data),
        Kind::AutoTransferred => auto_transferred(renderer, line, &data),
        Kind::ReturnedToQueue => returned(renderer, &data),
        Kind::AutoTransferFailed => {
            let failed = say(
                "Transfert automatique impossible, personne d’autre n’est disponible",
                "No automatic transfer, nobody else is available",
            );
            with(
                failed,
                pick(language, "nouvel essai à ", "tried again at "),
                data.clock(renderer, "again_at"),
            )
        }
        Kind::VisitorPresence => present(data.text("presence"), language).to_owned(),
        Kind::PageChanged => page(&data, language),
        Kind::FollowedUp => say("L’internaute ne répond pas", "The visitor does not answer"),
        Kind::SearchNoticed => say("La recherche dure encore", "The search goes on"),
        Kind::OperatorSearches if data.is("searching") => {
            say("Le conseiller recherche des informations", "The operator is looking for information")
        }
        Kind::OperatorSearches => say(
            "Le conseiller ne recherche plus d’informations",
            "The operator has stopped looking for information",
        ),
        Kind::TimeoutAnnounced => {
            let warned =
                say("L’internaute est prévenu de la fin du livechat", "The visitor is warned of the end");
            with(warned, pick(language, "à ", "at "), data.clock(renderer, "ends_at"))
        }
        Kind::ImportanceMarked if data.is("important") => {
            say("Conversation marquée comme importante", "Conversation marked as important")
        }
        Kind::ImportanceMarked => {
            say("La conversation n’est plus importante", "Conversation not important any more")
        }
        Kind::HelpCalled => noted(say("Appel au superviseur", "Call for help"), &data, language),
        Kind::HelpTaken => say("Appel au superviseur pris en charge", "Call for help taken"),
        Kind::HelpDone => say("Appel au superviseur réglé", "Call for help settled"),
        Kind::FileRequested => {
            noted(say("Fichier demandé à l’internaute", "File asked of the visitor"), &data, language)
        }
        Kind::FileSent => file(line, &data, language),
        Kind::CopyMailed => say("Copie envoyée par e-mail au conseiller", "Copy mailed to the operator"),
        Kind::SurveyAsked => titled(renderer, line, asked(&data, language)),
        Kind::SurveyOpened => opened(&data, language).to_owned(),
        Kind::SurveyCancelled => say("Questionnaire remis à plus tard", "Survey put off"),
        Kind::SurveyAnswered => titled(renderer, line, answered(&data, language)),
        Kind::SurveyClosed => titled(renderer, line, closed(&data, language)),
        Kind::Ended => ended(data.text("reason"), language).to_owned(),
        Kind::KeptOpen => {
            let open = say(
                "L’internaute continue avec le chatbot\u{202f}; la conversation reste ouverte jusqu’au",
                "The visitor goes on with the chatbot; the conversation stays open until",
            );
            let until = renderer.wall_clock(data.text("until")).map(|until| moment(until, language));
            format!("{open} {}", until.unwrap_or_default())
        }
        Kind::Closed => say("Conversation close", "Conversation closed"),
        // These are set as what was said.
        Kind::Message | Kind::InternalMessage => String::new(),
    }
}

/// What a line carries.
struct Data<'a>(&'a Line);

impl Data<'_> {
    fn text(&self, key: &str) -> &str {
        self.0.data.as_ref().and_then(|data| data[key].as_str()).unwrap_or_default()
    }

    fn is(&self, key: &str) -> bool {
        self.0.data.as_ref().is_some_and(|data| data[key] == true)
    }

    fn number(&self, key: &str) -> Option<u64> {
        self.0.data.as_ref()?[key].as_u64()
    }

    fn clock(&self, renderer: &LineRenderer, key: &str) -> Option<String> {
        renderer.wall_clock(self.text(key)).map(time)
    }
}

fn with(sentence: String, before: &str, what: Option<String>) -> String {
    match what {
        Some(what) => format!("{sentence}, {before}{what}"),
        None => sentence,
    }
}

fn at_position(sentence: String, data: &Data<'_>, language: Language) -> String {
    let place = data.number("position").map(|position| position.to_string());
    with(sentence, pick(language, "en position ", "at position "), place)
}

fn skill(id: &str, renderer: &LineRenderer) -> String {
    let (language, name) = (renderer.language, within(renderer.skill(id)));
    format!("{}{}{name}", pick(language, "compétence", "skill"), colon(language))
}

fn with_skill(sentence: String, data: &Data<'_>, renderer: &LineRenderer) -> String {
    let asked = Some(data.text("skill")).filter(|id| !id.is_empty());
    with(sentence, "", asked.map(|id| skill(id, renderer)))
}

fn noted(sentence: String, data: &Data<'_>, language: Language) -> String {
    match data.text("note") {
        "" => sentence,
        note => format!("{sentence}{}{}", colon(language), quoted(note, language)),
    }
}

fn assigned(renderer: &LineRenderer, line: &Line) -> String {
    let language = renderer.language;
    if !renderer.to_staff {
        return pick(language, "Un conseiller a été trouvé", "An operator was found").to_owned();
    }
    let to = within(renderer.operator(line.operator.as_deref()));
    format!("{} {to}", pick(language, "Attribuée à", "Given to"))
}

fn picked_up(renderer: &LineRenderer, line: &Line) -> String {
    let language = renderer.language;
    let who = if renderer.to_staff {
        Some(renderer.operator(line.operator.as_deref()))
    } else {
        renderer.introduced(line)
    };
    let who = who.map_or_else(|| pick(language, "Un conseiller", "An operator").to_owned(), within);
    let does = pick(language, "prend la conversation en charge", "takes the conversation in charge");
    format!("{who} {does}")
}

fn transferred(renderer: &LineRenderer, line: &Line, data: &Data<'_>) -> String {
    let language = renderer.language;
    let skilled = line.data.as_ref().and_then(|data| data["target"]["skill"].as_str());
    let forced = data.is("forced").then(|| pick(language, "forcé", "forced").to_owned());
    let why: Vec<String> = skilled.map(|id| skill(id, renderer)).into_iter().chain(forced).collect();
    let why = if why.is_empty() { String::new() } else { format!(" ({})", why.join(super::LIST)) };
    let sentence = from_to(renderer, line, data, pick(language, "Transfert", "Transferred"), &why);
    if renderer.to_staff { noted(sentence, data, language) } else { sentence }
}

fn auto_transferred(renderer: &LineRenderer, line: &Line, data: &Data<'_>) -> String {
    let language = renderer.language;
    let why = match data.text("cause") {
        "disconnected" => pick(language, " (conseiller hors ligne)", " (operator offline)"),
        _ => pick(language, " (conseiller inactif)", " (operator inactive)"),
    };
    let what = pick(language, "Transfert automatique", "Automatically transferred");
    from_to(renderer, line, data, what, why)
}

/// From whom to whom, and why. The visitor is told to whom.
fn from_to(renderer: &LineRenderer, line: &Line, data: &Data<'_>, what: &str, why: &str) -> String {
    let language = renderer.language;
    if !renderer.to_staff {
        let passed = pick(language, "Transfert à un autre conseiller", "Transferred to another operator");
        return with(passed.to_owned(), "", renderer.introduced(line).map(within));
    }
    let to = within(renderer.operator(line.operator.as_deref()));
    let from = within(renderer.operator(Some(data.text("from"))));
    format!("{what}{}{from}\u{a0}→ {to}{why}", colon(language))
}

fn returned(renderer: &LineRenderer, data: &Data<'_>) -> String {
    let language = renderer.language;
    let back = pick(language, "Retour en file d’attente", "Back in the queue").to_owned();
    let back = at_position(back, data, language);
    if !renderer.to_staff {
        return back;
    }
    let from = within(renderer.operator(Some(data.text("from"))));
    format!("{back} ({from} {})", pick(language, "est hors ligne", "is offline"))
}

fn refused(reason: &str, language: Language) -> &'static str {
    match reason {
        "queue_full" => {
            pick(language, "Refusée\u{a0}: la file d’attente est pleine", "Refused: the queue is full")
        }
        "queue_closed" => pick(
            language,
            "Refusée\u{a0}: la file d’attente est fermée, le service se termine bientôt",
            "Refused: the queue is closed, the service ends soon",
        ),
        "livechat_closed" => {
            pick(language, "Refusée\u{a0}: le livechat est fermé", "Refused: the livechat is closed")
        }
        "outside_hours" => pick(
            language,
            "Refusée\u{a0}: en dehors des heures d’ouverture",
            "Refused: outside the opening hours",
        ),
        _ => pick(language, "Refusée\u{a0}: aucun conseiller disponible", "Refused: no operator available"),
    }
}

fn ended(reason: &str, language: Language) -> &'static str {
    match reason {
        "visitor" => pick(language, "Fin du livechat par l’internaute", "Ended by the visitor"),
        "supervisor" => pick(language, "Fin du livechat par un superviseur", "Ended by a supervisor"),
        "timeout" => pick(
            language,
            "Fin du livechat\u{a0}: l’internaute ne répondait plus",
            "Ended: the visitor did not answer any more",
        ),
        _ => pick(language, "Fin du livechat par le conseiller", "Ended by the operator"),
    }
}

fn present(presence: &str, language: Language) -> &'static str {
    match presence {
        "away" => pick(language, "L’internaute ne regarde plus la page", "The visitor is away from the page"),
        "left_site" => pick(language, "L’internaute a quitté le site", "The visitor has left the site"),
        _ => pick(language, "L’internaute est de retour sur la page", "The visitor is back on the page"),
    }
}

fn page(data: &Data<'_>, language: Language) -> String {
    let known: Vec<String> =
        [data.text("title"), data.text("url")].into_iter().map(within).filter(|t| !t.is_empty()).collect();
    if known.is_empty() {
        return pick(language, "L’internaute change de page", "The visitor went to another page").to_owned();
    }
    let what = pick(language, "L’internaute va à la page", "The visitor went to the page");
    format!("{what}{}{}", colon(language), known.join(" — "))
}

fn file(line: &Line, data: &Data<'_>, language: Language) -> String {
    let whose = if line.voice.as_deref() == Some("visitor") {
        pick(language, "Fichier de l’internaute", "File from the visitor")
    } else {
        pick(language, "Fichier du conseiller", "File from the operator")
    };
    let size = size::told(data.number("bytes").unwrap_or_default(), language);
    let (name, media_type) = (within(data.text("name")), within(data.text("media_type")));
    format!("{whose}{}{name} ({size}, {media_type})", colon(language))
}

/// What became of a survey, with the title of it.
fn titled(renderer: &LineRenderer, line: &Line, what: &str) -> String {
    let language = renderer.language;
    format!("{what}{}{}", colon(language), quoted(&renderer.surveys.title(line, language), language))
}

fn asked(data: &Data<'_>, language: Language) -> &'static str {
    match data.text("audience") {
        "visitor" => pick(language, "Questionnaire proposé à l’internaute", "Survey for the visitor"),
        _ => pick(language, "Questionnaire proposé au conseiller", "Survey for the operator"),
    }
}

fn opened(data: &Data<'_>, language: Language) -> &'static str {
    match data.text("audience") {
        "visitor" => pick(language, "L’internaute ouvre le questionnaire", "The visitor opens the survey"),
        _ => pick(language, "Le conseiller ouvre le questionnaire", "The operator opens the survey"),
    }
}

fn answered(data: &Data<'_>, language: Language) -> &'static str {
    match data.text("audience") {
        "visitor" => {
            pick(language, "Questionnaire rempli par l’internaute", "Survey answered by the visitor")
        }
        _ => pick(language, "Questionnaire rempli par le conseiller", "Survey answered by the operator"),
    }
}

fn closed(data: &Data<'_>, language: Language) -> &'static str {
    match data.text("closing") {
        "expired" => pick(language, "Questionnaire resté sans réponse", "Survey left unanswered"),
        "replaced" => {
            pick(language, "Questionnaire passé au conseiller suivant", "Survey passed to the next operator")
        }
        _ => pick(language, "Questionnaire fermé sans réponse", "Survey closed without an answer"),
    }
}
