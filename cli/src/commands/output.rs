//! What commands show: a bar while they work, and a result.

use std::io::{self, Write};

use indicatif::{ProgressBar, ProgressStyle};

/// A bar on standard error, when that is a terminal.
pub(super) struct Bar {
    bar: ProgressBar,
    what: &'static str,
}

impl Bar {
    /// A bar that counts `what`.
    pub(super) fn of(what: &'static str) -> Self {
        let bar = ProgressBar::no_length();
        bar.set_style(style(&format!("{{elapsed_precise}} {{spinner}} {{human_pos}} {what} ({{per_sec}})")));
        Self { bar, what }
    }

    /// So many are done, of so many if that is known.
    pub(super) fn reached(&self, done: u64, all: Option<u64>) {
        if let Some(all) = all {
            if self.bar.length().is_none() {
                let what = self.what;
                self.bar.set_style(style(&format!(
                    "{{elapsed_precise}} [{{wide_bar}}] {{human_pos}}/{{human_len}} {what} ({{per_sec}})"
                )));
            }
            self.bar.set_length(all);
        }
        self.bar.set_position(done);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// Prints a result. The reader may have gone, which is no reason to panic.
pub(super) fn say(result: &str) -> io::Result<()> {
    writeln!(io::stdout(), "{result}")
}

/// Prints a text that ends its last line itself.
pub(super) fn print(text: &str) -> io::Result<()> {
    write!(io::stdout(), "{text}")
}
