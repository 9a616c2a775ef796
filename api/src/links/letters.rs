//! What stands in the mails with a link, in the language of the account.

use accounts::Account;
use accounts::link::{Kind, Link};
use domain::bilingual::{Bilingual, both};
use domain::both;

use crate::mail::Letter;

/// The letter that brings this link to the holder of the account.
pub(super) fn letter(account: &Account, link: &Link, base: &str) -> Letter {
    let (subject, text) = match link.kind {
        Kind::Invitation => invitation(account, link, base),
        Kind::Reset => reset(account, link, base),
    };
    Letter {
        address: account.address.reveal().clone(),
        name: account.name.reveal().clone(),
        subject: subject.text(account.language).to_owned(),
        text: text.text(account.language).to_owned(),
    }
}

fn invitation(account: &Account, link: &Link, base: &str) -> (Bilingual, Bilingual) {
    let (name, address, until) = (account.name.reveal(), link.address(base), until(link));
    (
        both("Your account on Pupitre", "Votre compte Pupitre"),
        both!(
            "Hello {name},\n\nYou have an account on {base}.\nPlease choose your password here:\n\n{address}\n\n\
             The link can be used once, until {until}. If it has expired, ask your administrator for another one.\n\n\
             If you did not expect this mail, you need not do anything.\n",
            "Bonjour {name},\n\nVous avez un compte sur {base}.\nVeuillez choisir votre mot de passe ici\u{a0}:\n\n{address}\n\n\
             Le lien sert une seule fois, jusqu’au {until}. S’il a expiré, demandez-en un autre à votre administrateur.\n\n\
             Si vous n’attendiez pas ce courriel, vous n’avez rien à faire.\n"
        ),
    )
}

fn reset(account: &Account, link: &Link, base: &str) -> (Bilingual, Bilingual) {
    let (name, address, until) = (account.name.reveal(), link.address(base), until(link));
    (
        both("Your password on Pupitre", "Votre mot de passe Pupitre"),
        both!(
            "Hello {name},\n\nA new password was asked for, for your account on {base}.\nPlease choose it here:\n\n{address}\n\n\
             The link can be used once, until {until}.\n\n\
             If it was not you, you need not do anything: your password stays as it is.\n",
            "Bonjour {name},\n\nUn nouveau mot de passe a été demandé pour votre compte sur {base}.\n\
             Veuillez le choisir ici\u{a0}:\n\n{address}\n\nLe lien sert une seule fois, jusqu’au {until}.\n\n\
             Si la demande ne vient pas de vous, vous n’avez rien à faire\u{a0}: votre mot de passe reste le même.\n"
        ),
    )
}

fn until(link: &Link) -> String {
    link.expires.format("%Y-%m-%d %H:%M UTC").to_string()
}
