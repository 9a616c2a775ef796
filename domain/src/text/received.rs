//! The texts of a request, one after the other: each is tidied in place, and every wrong one is named.

use std::collections::BTreeMap;
use std::sync::Arc;

use smol_str::SmolStr;

use super::rule::Rule;
use super::ruled::{Ruled, Written};
use super::{Address, Language, Name, Note, Text};
use crate::bilingual::Bilingual;
use crate::field::FieldError;
use crate::id;
use crate::limits::{MESSAGE_CHARACTERS_MAX, NAME_CHARACTERS_MAX, NOTE_CHARACTERS_MAX};
use crate::personal::Personal;

/// Reads what comes in.
#[derive(Debug, Default)]
pub(crate) struct Received {
    wrong: Vec<FieldError>,
}

impl Received {
    /// A text whose type says what it has to be.
    pub(crate) fn read<T: Ruled>(&mut self, field: &str, value: &mut T) {
        self.with(T::RULE, field, value);
    }

    /// The same, where it is known.
    pub(crate) fn read_if_any<T: Ruled>(&mut self, field: &str, value: &mut Option<T>) {
        if let Some(value) = value {
            self.read(field, value);
        }
    }

    /// A text of which the place says what it has to be.
    pub(crate) fn with(&mut self, rule: Rule, field: &str, value: &mut impl Written) {
        match rule.read(value.written()) {
            Some(tidy) if tidy == value.written() => {}
            Some(tidy) => {
                let tidy = tidy.into_owned();
                value.replace(tidy);
            }
            None => self.wrong.push(FieldError::new(field, rule.allowed())),
        }
    }

    /// A text per language.
    pub(crate) fn each<T: Written>(&mut self, rule: Rule, field: &str, texts: &mut BTreeMap<Language, T>) {
        for (language, text) in texts {
            self.with(rule, &format!("{field}.{}", language.code()), text);
        }
    }

    /// `condition` must hold for `field`.
    pub(crate) fn must(&mut self, condition: bool, field: &str, allowed: Bilingual) {
        if !condition {
            self.wrong.push(FieldError::new(field, allowed));
        }
    }

    /// An identifier that an administrator gives to something.
    pub(crate) fn identifier(&mut self, field: &str, id: &str) {
        self.must(!id::is_dots(id), field, id::ALLOWED);
    }

    /// All wrong fields.
    pub(crate) fn finish(self) -> Vec<FieldError> {
        self.wrong
    }
}

impl Written for String {
    fn written(&self) -> &str {
        self
    }

    fn replace(&mut self, tidy: String) {
        *self = tidy;
    }
}

impl Written for Arc<str> {
    fn written(&self) -> &str {
        self
    }

    fn replace(&mut self, tidy: String) {
        *self = tidy.into();
    }
}

impl<T: Written> Written for Personal<T> {
    fn written(&self) -> &str {
        self.0.written()
    }

    fn replace(&mut self, tidy: String) {
        self.0.replace(tidy);
    }
}

impl<T: Ruled> Ruled for Personal<T> {
    const RULE: Rule = T::RULE;
}

macro_rules! ruled {
    ($($name:ident: $rule:expr,)+) => {$(
        impl Written for $name {
            fn written(&self) -> &str {
                self.as_str()
            }

            fn replace(&mut self, tidy: String) {
                self.0 = SmolStr::from(tidy);
            }
        }

        impl Ruled for $name {
            const RULE: Rule = $rule;
        }
    )+};
}

ruled! {
    Text: Rule::text(MESSAGE_CHARACTERS_MAX),
    Name: Rule::name(NAME_CHARACTERS_MAX),
    Note: Rule::text(NOTE_CHARACTERS_MAX),
    Address: Rule::ADDRESS,
}
