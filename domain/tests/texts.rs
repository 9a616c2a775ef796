//! Names, lines, texts, addresses: what comes in is tidied, and refused where it shows nothing, forges a line or
//! turns a direction. One rule for every field of every command and section.

use pupitre_domain::settings::Section;
use pupitre_domain::settings::surveys::{Answer, Audience};
use pupitre_domain::text::{Address, Name, Text};
use pupitre_domain::{Action, ConversationAction, Rejection};
use serde_json::{Value, json};

use crate::support::{conversation, examples, operator_id};

/// Nobody can see anything in these.
const BLANK: &[&str] = &[
    "",
    " ",
    "\u{a0}",
    "\t\n",
    "\u{200b}",
    "\u{200d}\u{200c}\u{feff}",
    "\u{202e}\u{202c}",
    "\u{2067}\u{2069}",
    "\u{ad}",
    "\u{34f}",
    "\u{61c}",
    "\u{115f}\u{1160}",
    "\u{17b4}\u{17b5}",
    "\u{180e}",
    "\u{1d159}",
    "\u{1d173}",
    "\u{2028}\u{2029}",
    "\u{2060}\u{2064}",
    "\u{2800}\u{2800}",
    "\u{3000}",
    "\u{3164}",
    "\u{ffa0}",
    "\u{fe0f}",
    "\u{fffc}",
    "\u{e0041}\u{e007f}",
    "\u{e0100}",
    "\u{301}",
    "\u{20dd}",
    "\u{e000}",
    "\u{f8ff}",
    "\u{ffff}",
    "\u{1b}\u{7}\u{9b}",
    "\u{13441}",
];

/// Everybody can read these; they stay as they are.
const READABLE: &[&str] = &[
    "ok",
    ".",
    "é",
    "م",
    "👍",
    "👩\u{200d}🚀",
    "👨\u{200d}👩\u{200d}👧\u{200d}👦",
    "🏋🏽\u{200d}♀\u{fe0f}",
    "❤\u{fe0f}\u{200d}🔥",
    "1\u{fe0f}\u{20e3}",
    "🇫🇷",
    "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
    "می\u{200c}خواهم",
    "שָׁלוֹם",
    "ฉันต้องการขอเงินคืน",
    "က္ကို",
    "བོད་ཡིག",
    "र\u{94d}\u{200d}",
    "র\u{200d}্য",
    "ರ\u{200d}್ಯ",
    "ක්\u{200d}ෂ",
    "ശ്രീ ന്\u{200d}",
    "क्\u{200c}ष",
    "தமிழ்\u{200c}நாடு",
    "ស៊\u{200c}ី",
    "ه\u{200d}",
    "عل\u{650}ی\u{200c}رضا",
    "ᠬᠡᠯ\u{180e}ᠡ",
    "ᠭ\u{180c}ᠠ",
    "神\u{fe00}",
    "≨\u{fe00}",
    "☎\u{fe0e}",
    "👁\u{fe0f}\u{200d}🗨\u{fe0f}",
    "🏳\u{fe0f}\u{200d}🌈",
    "🧑🏿\u{200d}🤝\u{200d}🧑🏻",
    "#\u{fe0f}\u{20e3}",
    "שלום!\u{200f}",
    "\u{1112}\u{119e}\u{11ab}",
    "ᠮᠣᠩ\u{180b}",
    "葛\u{e0100}",
    "Tiếng Việt",
    "C’est « parfait »\u{a0}!",
    "李 小龍",
    "O’Neil-Łukasz",
    "⠓⠊⠀⠞",
    "\u{600}١٢",
];

fn written(text: &str) -> Result<String, Rejection> {
    let said = Action::Conversation(
        conversation("zoe"),
        ConversationAction::Write(serde_json::from_value(json!(text)).unwrap()),
    );
    let Action::Conversation(_, ConversationAction::Write(text)) = said.received()? else {
        panic!("another action")
    };
    Ok(text.to_string())
}

fn registered(profile: Value) -> Result<Action, Vec<(String, String)>> {
    let profile = Box::new(serde_json::from_value(profile).unwrap());
    named(Action::RegisterOperator(operator_id("alice"), profile))
}

fn changed(section: Value) -> Result<Action, Vec<(String, String)>> {
    let section: Section = serde_json::from_value(section).unwrap();
    named(Action::ChangeSettings { section: Box::new(section), expected: None })
}

fn requested(request: Value) -> Result<Action, Vec<(String, String)>> {
    let request = Box::new(serde_json::from_value(request).unwrap());
    named(Action::Conversation(conversation("zoe"), ConversationAction::Request(request)))
}

fn named(action: Action) -> Result<Action, Vec<(String, String)>> {
    action.received().map_err(|rejection| {
        let Rejection::Invalid(errors) = rejection else { panic!("{rejection:?}") };
        errors.into_iter().map(|error| (error.field, error.allowed.to_string())).collect()
    })
}

fn fields(result: Result<Action, Vec<(String, String)>>) -> Vec<String> {
    result.err().unwrap_or_default().into_iter().map(|(field, _)| field).collect()
}

#[test]
fn nobody_says_or_is_called_what_nobody_can_see() {
    for blank in BLANK {
        assert!(written(blank).is_err(), "{blank:?}");
        assert!(Name::parse(*blank).is_err(), "{blank:?}");
        assert_eq!(fields(registered(json!({"name": blank}))), ["name"], "{blank:?}");
    }
}

#[test]
fn what_can_be_read_is_kept_as_it_is_in_every_script() {
    for text in READABLE {
        assert_eq!(written(text).as_deref(), Ok(*text), "{text:?}");
        assert_eq!(Name::parse(*text).map(|name| name.to_string()).as_deref(), Ok(*text), "{text:?}");
    }
}

#[test]
fn a_name_is_one_line_that_turns_nothing() {
    for bad in [
        "Zoe\n12:00:00  Alice",
        "Zoe\r",
        "Zoe\u{2028}Alice",
        "Zoe\u{2029}Alice",
        "Zoe\u{85}Alice",
        "Zoe\u{b}Alice",
        "Zoe\u{c}Alice",
        "a\tb",
        "\u{1b}[31mZoe",
        "\u{9b}31mZoe",
        "Zoe\u{7f}",
        "Zoe\u{202e}",
        "\u{202a}Zoe\u{202c}",
        "\u{2066}Zoe\u{2069}",
        "Zoe\u{e000}",
        "Zoe\u{fdd0}",
        "a\0b",
    ] {
        assert!(Name::parse(bad).is_err(), "{bad:?}");
    }
}

#[test]
fn a_name_is_tidied() {
    for (sent, kept) in [
        ("  Zoé   Martin ", "Zoé Martin"),
        ("Zoe\u{301}", "Zoé"),
        ("\u{3000}山田\u{3000}太郎\u{3000}", "山田\u{3000}太郎"),
        ("Al\u{200b}ice", "Alice"),
        ("Al\u{200d}ice\u{200c}", "Alice"),
        ("\u{feff}Ali\u{ad}ce", "Alice"),
        ("Zoe\u{200f}", "Zoe"),
        ("Zoe\u{200b}\u{301}", "Zoé"),
        ("Zoe\u{ad}\u{301}", "Zoé"),
        ("Zoe\u{34f}\u{301}", "Zoé"),
        ("Zoe\u{200d}\u{fe0f}\u{301}", "Zoé"),
        ("\u{1112}\u{200b}\u{1161}\u{200b}\u{11ab}", "한"),
        ("Alice\u{e0041}\u{e0042}", "Alice"),
        ("\u{301}Alice", "Alice"),
        ("Anne\u{a0}Marie", "Anne\u{a0}Marie"),
        // A variant of a character keeps its form.
        ("\u{fa19}", "\u{795e}\u{fe00}"),
    ] {
        assert_eq!(Name::parse(sent).unwrap().as_str(), kept, "{sent:?}");
    }
}

#[test]
fn what_does_nothing_makes_no_other_name() {
    for (sent, kept) in [
        ("Alice\u{fe0f}", "Alice"),
        ("A\u{e0100}lice", "Alice"),
        ("1\u{fe0f}2", "12"),
        ("Al\u{200e}ice", "Alice"),
        ("田\u{200d}中", "田中"),
        ("田\u{fe00}中", "田中"),
        ("ก\u{200d}ข", "กข"),
        ("Ա\u{200d}րամ", "Արամ"),
        ("გი\u{200d}ო", "გიო"),
        ("Ива\u{200c}н", "Иван"),
        ("1\u{200d}2", "12"),
        ("한\u{200c}글", "한글"),
        ("👍\u{200d}", "👍"),
        ("👍\u{200d}\u{200d}", "👍"),
        ("👩\u{200d}\u{200d}🚀", "👩\u{200d}🚀"),
        ("👍\u{200d}a", "👍a"),
        ("❤\u{fe0f}\u{fe0f}", "❤\u{fe0f}"),
        ("نور\u{200d}", "نور"),
        ("نور\u{200f}", "نور"),
        ("א\u{200f}ב\u{200e}ג", "אבג"),
        ("م\u{200d}ن", "من"),
        ("न\u{200d}", "न"),
        ("क\u{94d}\u{200c}", "क\u{94d}"),
        ("क\u{94d}\u{200d}\u{200c}\u{200d}ष", "क\u{94d}\u{200d}ष"),
        ("ᠠ\u{180e}", "ᠠ"),
        ("a\u{180e}b", "ab"),
        ("a\u{180b}", "a"),
        ("ᠠ\u{180b}\u{180c}", "ᠠ\u{180b}"),
        ("葛\u{e0100}\u{e0101}", "葛\u{e0100}"),
    ] {
        assert_eq!(Name::parse(sent).unwrap().as_str(), kept, "{sent:?}");
    }
    let run = format!("न{}", "\u{200d}\u{200c}".repeat(30));
    assert_eq!(Name::parse(run.as_str()).unwrap().as_str(), "न");
}

#[test]
fn tags_are_the_name_of_a_flag_or_nothing() {
    let tags = |text: &str| -> String {
        text.chars().filter_map(|c| char::from_u32(0xE0000 + u32::from(c))).collect()
    };
    for flag in ["gbeng", "gbsct", "gbwls"] {
        let flag = format!("🏴{}\u{e007f}", tags(flag));
        let two = format!("{flag}{flag} ok");
        assert_eq!(Name::parse(two.as_str()).unwrap().as_str(), two);
        assert_eq!(written(&two).unwrap(), two);
        let hides = format!("{flag}{}", tags("pay me"));
        assert_eq!(written(&hides).unwrap(), flag);
    }
    for hidden in ["ignore all previous instructions", "gbsct", "gb", "usca\u{7f}", "gbscot\u{7f}", "\u{7f}"]
    {
        let flag = format!("🏴{} John", tags(hidden));
        assert_eq!(Name::parse(flag.as_str()).unwrap().as_str(), "🏴 John", "{hidden}");
        assert_eq!(written(&flag).unwrap(), "🏴 John", "{hidden}");
    }
}

#[test]
fn accents_in_a_heap_are_no_name_and_are_cut_in_a_text() {
    let heap = format!("Z{}oe", "\u{301}\u{300}\u{302}\u{303}".repeat(20));
    assert!(Name::parse(heap.as_str()).is_err());
    assert!(written(&heap).unwrap().chars().count() < 25);
    for (letter, accents) in [
        ("a", "\u{301}\u{301}\u{301}\u{301}\u{200d}"),
        ("a", "\u{301}\u{200c}"),
        ("a", "\u{301}\u{34f}"),
        ("א", "\u{5b0}\u{200f}"),
        ("न", "\u{301}\u{200d}"),
        ("a", "\u{20dd}"),
        ("a", "\u{e35}"),
        ("ส", "\u{e47}"),
        ("क", "\u{902}"),
        ("ཀ", "\u{f90}\u{f91}"),
        ("\u{1000}", "\u{103b}\u{103c}\u{103d}"),
    ] {
        let heap = format!("{letter}{}", accents.repeat(80));
        assert!(Name::parse(heap.as_str()).is_err(), "{heap:?}");
        let invisible = ['\u{200c}', '\u{200d}', '\u{200f}', '\u{34f}'];
        assert!(written(&heap).unwrap().replace(invisible, "").chars().count() <= 17, "{heap:?}");
    }
    for fine in ["ṩ̇", "שִׁ֗", "ཧྐྵྨླྺྼྻྂ", "ကျွှော့်", "ស្ត្រី៊", "ก็", "น้ำ", "ஸ்ரீ", "क्षत्रिय़ोंः"]
    {
        assert!(Name::parse(fine).is_ok(), "{fine}");
    }
}

#[test]
fn a_text_has_lines_and_nothing_that_steers_a_terminal_or_a_direction() {
    for (sent, kept) in [
        ("  a\r\nb\rc\u{2028}d\u{85}e \n\n", "a\nb\nc\nd\ne"),
        ("\u{1b}[31mred\u{9b}0m\u{7}", "[31mred0m"),
        ("a\tb", "a\tb"),
        ("invoice\u{202e}fdp.exe", "invoicefdp.exe"),
        ("\u{2067}אב\nc\u{2069}", "\u{2067}אב\u{2069}\nc"),
        ("call \u{2068}+33 6\u{2069} now", "call \u{2068}+33 6\u{2069} now"),
        ("hidden\u{e0068}\u{e0069}", "hidden"),
    ] {
        assert_eq!(written(sent).as_deref(), Ok(kept), "{sent:?}");
    }
    assert!(written("a\0b").is_err());
}

#[test]
fn an_address_is_one_mailbox() {
    for bad in [
        "",
        " ",
        "@",
        "alice@",
        "@example.org",
        "a@b@c",
        "alice",
        "alice@example",
        "alice@example.org ",
        " alice@example.org",
        "alice@example.org\t",
        "alice@exa mple.org",
        "alice@example.org\nBcc: thief@example.net",
        "alice@example.org\r\nSubject: x",
        "alice@example.org\u{2028}x",
        "alice@example.org,thief@example.net",
        "alice@example.org;thief@example.net",
        "alice@example.org thief@example.net",
        "Alice <alice@example.org>",
        "<alice@example.org>",
        "\"Alice\" alice@example.org",
        "\"a b\"@example.org",
        "\"a@b.org,\"@example.org",
        "alice(comment)@example.org",
        "alice@example.org (Alice)",
        "mailto:alice@example.org",
        "alice@[127.0.0.1]",
        "alice@127.0.0.1",
        "alice@-example.org",
        "alice@example..org",
        ".alice@example.org",
        "alice.@example.org",
        "al..ice@example.org",
        "alice@example.org.",
        "al\u{200b}ice@example.org",
        "alice\u{202e}@example.org",
        "alice@exam\u{ad}ple.org",
        "alice@example.org%0ABcc:x@y.org",
        "\u{301}@x.org",
        "a.\u{301}@x.org",
        "\u{903}a@x.org",
        "=?utf-8?q?a?=@x.org",
        "a=?utf-8?b?YQ==?=@x.org",
        "a?cc=b@x.org",
        "thief%example.net@x.org",
        "example.net!thief@x.org",
        "|rm@x.org",
        "a`b`@x.org",
        "-oQ@x.org",
        "--help@x.org",
        "/etc/passwd@x.org",
        "a＠b@x.org",
        "ａ@x.org",
        "ﬁ@x.org",
        "a@ｘ.org",
        "a@x．y.org",
        "a@x。y.org",
        "👍@x.org",
    ] {
        assert!(Address::parse(bad).is_err(), "{bad:?}");
    }
    let long = format!("{}@example.org", "a".repeat(65));
    assert!(Address::parse(long).is_err());
    for good in [
        "alice@example.org",
        "alice.b+desk@mail.example.org",
        "élise@example.org",
        "O'Neil@example.co.uk",
        "a@exämple.org",
        "用户@例え.jp",
        "a_b-c@xn--bcher-kva.example",
        "_a@x.org",
        "a=b@x.org",
        "1/2@x.org",
        "अ@उदाहरण.भारत",
        "क्ष@x.org",
    ] {
        assert_eq!(Address::parse(good).unwrap().as_str(), good);
    }
}

#[test]
fn every_field_of_a_request_is_looked_at_and_named() {
    let wrong = requested(json!({
        "visitor": {"id": "zoe", "name": "Zoe\nAlice", "email": "zoe@"},
        "language": "en",
        "card": {"page_url": "a\nb", "page_title": "a\u{2028}b", "browser": "\u{1b}", "system": "\u{202e}x",
            "referrer": "a\tb", "country": "\u{7}", "variables": {"basket": "a\0b", "a\nb": "x"}},
        "history": [{"author": "bot", "text": "hello"}, {"author": "visitor", "text": "\u{200b}"}]
    }));
    assert_eq!(
        fields(wrong),
        [
            "visitor.name",
            "visitor.email",
            "card.page_url",
            "card.page_title",
            "card.browser",
            "card.system",
            "card.referrer",
            "card.country",
            "card.variables",
            "card.variables.basket",
            "history[1].text",
        ]
    );
    let Ok(Action::Conversation(_, ConversationAction::Request(request))) = requested(json!({
        "visitor": {"id": "zoe", "name": " Zoé "}, "language": "en",
        "card": {"page_title": "\u{200b}", "variables": {"basket": "2 shoes\n1 hat\n"}}
    })) else {
        panic!("refused")
    };
    assert_eq!(request.visitor.name.unwrap().reveal().as_str(), "Zoé");
    assert_eq!(request.card.page_title.unwrap().reveal(), "");
    assert_eq!(request.card.variables["basket"].reveal(), "2 shoes\n1 hat");
}

#[test]
fn every_text_of_every_section_is_looked_at_and_named() {
    let hours = json!({"exceptions": [{"date": "2027-12-25", "label": "a\nb"}]});
    let blank = "\u{2800}";
    for (section, named) in [
        (json!({"opening_hours": hours}), vec!["exceptions[0].label"]),
        (json!({"phrases": {"welcome": {"text": {"fr": blank}}}}), vec!["welcome.text.fr"]),
        (json!({"visitor_card": ["name", {"variable": "a\tb"}]}), vec!["visitor_card[1].variable"]),
        (
            json!({"knowledge": [{"id": "a", "title": blank, "body": blank, "theme": "a\nb"}]}),
            vec!["knowledge[0].title", "knowledge[0].body", "knowledge[0].theme"],
        ),
        (
            json!({"canned_replies": [{"id": "a", "title": "\u{202e}x", "text": {"en": blank}, "theme": blank}]}),
            vec!["canned_replies[0].title", "canned_replies[0].text.en", "canned_replies[0].theme"],
        ),
        (
            json!({"skills": [{"id": "a", "name": {"fr": "a\nb"}, "hours": hours}]}),
            vec!["skills[0].name.fr", "skills[0].hours.exceptions[0].label"],
        ),
        (
            json!({"surveys": [{"id": "s", "name": blank, "title": {"en": "a\nb"}, "audience": "visitor", "fields": [
                {"id": "f", "label": {"en": blank}, "kind": "single_choice", "choices": [
                    {"id": "x", "label": {"en": "\u{3164}"}}, {"id": "y", "label": {"en": "no"}}]}]}]}),
            vec![
                "surveys[0].name",
                "surveys[0].title.en",
                "surveys[0].fields[0].label.en",
                "surveys[0].fields[0].choices[0].label.en",
            ],
        ),
    ] {
        assert_eq!(fields(changed(section.clone())), named, "{section}");
    }
}

#[test]
fn all_other_faults_of_a_section_are_named_too() {
    let skills = json!({"skills": [{"id": "a", "name": {"fr": "\u{200b}"}, "queue_capacity": 5_000}]});
    assert_eq!(fields(changed(skills)), ["skills[0].name.fr", "skills[0].queue_capacity"]);
}

#[test]
fn titles_and_labels_keep_their_typography_and_their_icons() {
    let Ok(Action::ChangeSettings { section, .. }) = changed(json!({"surveys": [{
        "id": "s", "name": " Avis ", "title": {"fr": "Votre avis\u{a0}?"}, "audience": "visitor",
        "fields": [{"id": "f", "label": {"fr": "\u{e001} Êtes-vous satisfait\u{202f}?"}, "kind": "rating"}]}]}))
    else {
        panic!("refused")
    };
    let Section::Surveys(surveys) = *section else { panic!("another section") };
    assert_eq!(surveys.0[0].name, "Avis");
    assert_eq!(surveys.0[0].title.values().next().unwrap(), "Votre avis\u{a0}?");
    assert_eq!(
        surveys.0[0].fields[0].label.values().next().unwrap(),
        "\u{e001} Êtes-vous satisfait\u{202f}?"
    );
}

#[test]
fn a_file_has_a_name_that_shows_what_it_is() {
    let sent = |name: &str| {
        let file = json!({"name": name, "bytes": 5, "media_type": "application/pdf"});
        fields(named(Action::Conversation(
            conversation("zoe"),
            ConversationAction::SendFile(serde_json::from_value(file).unwrap()),
        )))
    };
    for bad in ["invoice\u{202e}fdp.exe", "   ", "..", ".", "a\nb.pdf", "\u{200b}", "...\u{200b}"] {
        assert!(sent(bad).contains(&"name".to_owned()), "{bad:?}");
    }
    for good in ["facture.pdf", "فاتورة ١.pdf", "請求書.pdf", ".bashrc", "Relevé d’août.pdf"] {
        assert!(sent(good).is_empty(), "{good:?}");
    }
}

#[test]
fn an_answer_of_a_survey_is_blank_when_nobody_can_see_it() {
    for blank in BLANK.iter().filter(|blank| !blank.is_empty()) {
        let answers = serde_json::from_value(json!({"why": {"text": blank}})).unwrap();
        let action = Action::Conversation(
            conversation("zoe"),
            ConversationAction::AnswerSurvey(Audience::Visitor.into(), Box::new(answers)),
        );
        let Ok(Action::Conversation(_, ConversationAction::AnswerSurvey(_, answers))) = action.received()
        else {
            panic!("{blank:?}")
        };
        assert!(answers.0.values().all(Answer::is_blank), "{blank:?}");
    }
}

#[test]
fn notes_pages_and_livechats_are_looked_at_too() {
    let note = || serde_json::from_value(json!("\u{200b}")).unwrap();
    assert_eq!(
        fields(named(Action::Conversation(
            conversation("zoe"),
            ConversationAction::CallManager(Some(note()))
        ))),
        ["note"]
    );
    assert_eq!(
        fields(named(Action::Conversation(
            conversation("zoe"),
            ConversationAction::RequestFile(Some(note()))
        ))),
        ["note"]
    );
    let page = serde_json::from_value(json!({"url": "a\nb", "title": "\u{202e}"})).unwrap();
    assert_eq!(
        fields(named(Action::Conversation(conversation("zoe"), ConversationAction::ChangePage(page)))),
        ["url", "title"]
    );
    let name = serde_json::from_value(json!("a\nb")).unwrap();
    let create = Action::CreateLivechat { name, language: pupitre_domain::text::Language::En };
    assert_eq!(fields(named(create)), ["name"]);
}

#[test]
fn tidying_twice_changes_nothing() {
    for text in READABLE.iter().chain(&["  a\r\nb\u{2028}c ", "\u{2067}אב\nc\u{2069}", "Zoe\u{301}"]) {
        let once = written(text).unwrap();
        assert_eq!(written(&once).unwrap(), once);
        assert_eq!(Text::parse(once.as_str()).unwrap().as_str(), once);
    }
    // Every three of what is hard, between letters.
    let hard = "ae\u{301}\u{34f}\u{200b}\u{200c}\u{200d}\u{200f}\u{fe0f}\u{e0100}\u{e0067}🏴👍ק\u{5b0}ن\u{94d}क\u{1161}ᠠ\u{180e} ";
    for one in hard.chars() {
        for two in hard.chars() {
            for three in hard.chars() {
                let sent = format!("e{one}{two}{three}\u{301}\u{1112}{one}\u{1161}");
                let Ok(once) = Name::parse(sent.as_str()) else { continue };
                assert_eq!(Name::parse(once.as_str()).as_ref(), Ok(&once), "{sent:?}");
                let once = written(&sent).unwrap();
                assert_eq!(written(&once).unwrap(), once, "{sent:?}");
            }
        }
    }
}

#[test]
fn a_log_with_what_is_refused_now_is_read_and_folded_as_it_is() {
    for event in examples::events() {
        let json =
            serde_json::to_string(&event).unwrap().replace("Alice Durand", "Ali\\u200bce\\nDurand\\u202e");
        let read: pupitre_domain::Event = serde_json::from_str(&json).unwrap();
        let again: Value = serde_json::to_value(&read).unwrap();
        assert_eq!(again, serde_json::from_str::<Value>(&json).unwrap());
    }
}
