//! The phrases there are, when each is said, and its ready-made texts: one entry per phrase.
//!
//! French follows French typography: ’ and not ', a no-break space (U+00A0) before a colon and between a number and its
//! unit, a narrow one (U+202F) before ! ? and ;. They are written as escapes here, so that they can be seen.

use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantArray};

use crate::text::Language;

macro_rules! phrases {
    ($($(#[$doc:meta])* $phrase:ident { fr: $fr:literal, en: $en:literal, },)*) => {
        /// When a phrase is said.
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, IntoStaticStr,
            VariantArray,
        )]
        #[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
        #[serde(rename_all = "snake_case")]
        #[strum(serialize_all = "snake_case", const_into_str)]
        pub enum Phrase {
            $($(#[$doc])* $phrase,)*
        }

        impl Phrase {
            /// The ready-made text.
            pub const fn ready_made(self, language: Language) -> &'static str {
                match (self, language) {
                    $((Self::$phrase, Language::Fr) => $fr,
                    (Self::$phrase, Language::En) => $en,)*
                }
            }
        }
    };
}

// In the order of the settings page.
phrases! {
    /// At pick-up.
    Welcome {
        fr: "Bonjour, {operator} est à votre écoute.",
        en: "Hello, you are now talking to {operator}.",
    },
    /// On entering the queue.
    Queued {
        fr: "Tous nos conseillers sont occupés. Vous êtes en position {position}.",
        en: "All our advisers are busy. You are number {position} in the queue.",
    },
    /// While waiting, when the position has become 1, 2, 3, 5, 10, 20, 50 or 100.
    QueueProgress {
        fr: "Vous êtes maintenant en position {position}. Attente estimée\u{a0}: {wait}\u{a0}min.",
        en: "You are now number {position} in the queue. Estimated wait: {wait} min.",
    },
    /// After a manual transfer.
    Transferred {
        fr: "Votre conversation est confiée à {operator}.",
        en: "Your conversation has been passed to {operator}.",
    },
    /// After a transfer by rule.
    AutoTransferred {
        fr: "{operator} prend le relais et va vous répondre.",
        en: "{operator} is taking over and will answer you.",
    },
    /// The visitor has not replied for a while.
    FollowUp {
        fr: "Avez-vous pu lire notre message\u{202f}? Nous attendons votre réponse.",
        en: "Did you see our message? We are waiting for your reply.",
    },
    /// The operator is still looking for information.
    StillSearching {
        fr: "{operator} recherche toujours l’information. Merci de patienter.",
        en: "{operator} is still looking for the information. Thank you for waiting.",
    },
    /// The operator has put the conversation on hold, and again while that lasts.
    OnHold {
        fr: "{operator} vous a mis en attente et revient vers vous. Merci de patienter.",
        en: "{operator} has put you on hold and will be back. Thank you for waiting.",
    },
    /// Shortly before the end by inactivity.
    TimeoutWarning {
        fr: "Êtes-vous toujours là\u{202f}? Sans réponse de votre part, la conversation va bientôt se terminer.",
        en: "Are you still there? Without an answer from you the conversation will end soon.",
    },
    /// The operator's connection is lost.
    OperatorDisconnected {
        fr: "La connexion de votre conseiller est interrompue.",
        en: "Your adviser’s connection has been interrupted.",
    },
    /// The operator ended the livechat.
    EndedByOperator {
        fr: "La conversation est terminée. Merci de votre visite.",
        en: "The conversation has ended. Thank you for your visit.",
    },
    /// The livechat ended by inactivity.
    EndedAutomatically {
        fr: "Sans nouvelles de votre part, la conversation est terminée.",
        en: "As we have not heard from you, the conversation has ended.",
    },
    /// The livechat ended, and the conversation goes on with the bot (`behaviour.keep_open`): in place of the two
    /// before, and when the visitor ended it.
    KeptOpen {
        fr: "L’échange avec {operator} est terminé. Vous continuez avec notre assistant.",
        en: "Your exchange with {operator} has ended. You go on with our assistant.",
    },
    /// Nobody may receive conversations, or nobody answered.
    NoOperator {
        fr: "Aucun conseiller n’est disponible pour le moment.",
        en: "No adviser is available at the moment.",
    },
    /// The queue is full.
    QueueFull {
        fr: "Trop de personnes attendent déjà. Merci de réessayer dans quelques minutes.",
        en: "Too many people are waiting. Please try again in a few minutes.",
    },
    /// Outside the opening hours, or closing time.
    OutsideHours {
        fr: "Notre service est fermé pour le moment. Merci de revenir aux heures d’ouverture.",
        en: "Our service is closed at the moment. Please come back during opening hours.",
    },
    /// The service closes soon, and nobody new enters the queue.
    QueueClosed {
        fr: "Notre service ferme bientôt et ne prend plus de nouvelles demandes. Merci de revenir aux heures d’ouverture.",
        en: "Our service closes soon and takes no new requests. Please come back during opening hours.",
    },
    /// An administrator has closed the livechat: requests are refused, waiting visitors are released.
    LivechatClosed {
        fr: "Notre service de discussion est fermé jusqu’à nouvel ordre.",
        en: "Our live chat is closed until further notice.",
    },
}

impl Phrase {
    /// Every phrase, in the order of the settings page.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// Its key in the settings.
    pub const fn key(self) -> &'static str {
        self.into_str()
    }
}
