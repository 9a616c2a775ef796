//! The table of figures: each is defined once, here, with its unit, its source and its formula in words, beside
//! the function that computes it. `FIGURES.md` and `GET …/figures/definitions` are this table.

mod assignments;
mod contacts;
mod figure;
mod metrics;
mod surveys;
mod time;
mod waits;

pub(super) use figure::Slice;
pub use figure::{Figure, Per, Source, Unit, Words};

/// Every figure, in the order of answers and columns.
pub fn all() -> impl Iterator<Item = &'static Figure> {
    [
        contacts::FIGURES,
        metrics::FIGURES,
        waits::FIGURES,
        assignments::FIGURES,
        time::FIGURES,
        surveys::FIGURES,
    ]
    .into_iter()
    .flatten()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_figure_is_defined_once_and_its_name_says_seconds() {
        let names: BTreeSet<&str> = all().map(|figure| figure.name).collect();
        assert_eq!(names.len(), all().count());
        for figure in all() {
            assert_eq!(figure.unit == Unit::Seconds, figure.name.ends_with("_s"), "{}", figure.name);
            assert!(figure.per.contains(&Per::Livechat), "{}", figure.name);
            let of_operator = figure.of_operator.map_or(figure.formula, |words| words);
            let texts = [figure.label, figure.formula, of_operator];
            for text in texts.iter().flat_map(|words| [words.fr, words.en]) {
                assert!(!text.is_empty() && !text.contains('|'), "{}", figure.name);
            }
        }
    }

    #[test]
    fn a_figure_of_contacts_says_what_it_means_per_operator_or_is_not_split_so() {
        for figure in all() {
            let is_shared = figure.source == Source::Contacts && figure.per.contains(&Per::Operator);
            assert_eq!(figure.of_operator.is_some(), is_shared, "{}", figure.name);
        }
    }
}
