//! The alternate screen of the terminal, which is given back however the program goes on from there.

use std::io::{self, Write};

use crossterm::cursor::{Hide, MoveTo, Show};
use crossterm::style::Print;
use crossterm::terminal::{
    Clear, ClearType, DisableLineWrap, EnableLineWrap, EnterAlternateScreen, LeaveAlternateScreen,
};
use crossterm::{execute, queue};

/// While it lives, the terminal shows its alternate screen, without a cursor. When it is dropped (at the end, after an
/// error, in a panic) the first screen comes back as it was.
#[derive(Debug)]
pub struct Screen(());

impl Screen {
    /// Takes the alternate screen.
    ///
    /// # Errors
    /// When the terminal cannot be written to.
    pub fn open() -> io::Result<Self> {
        let screen = Self(());
        execute!(io::stdout(), EnterAlternateScreen, Hide, DisableLineWrap)?;
        Ok(screen)
    }

    /// Replaces what is on the screen. Each line is drawn over the one before, so that nothing flickers; the page has
    /// to fit (see [`page`](super::size::page)).
    ///
    /// # Errors
    /// When the terminal cannot be written to.
    pub fn show(&self, page: &str) -> io::Result<()> {
        let mut drawn = Vec::with_capacity(page.len());
        queue!(drawn, MoveTo(0, 0))?;
        for (row, line) in (0..).zip(page.lines()) {
            queue!(drawn, MoveTo(0, row), Print(line), Clear(ClearType::UntilNewLine))?;
        }
        queue!(drawn, Clear(ClearType::FromCursorDown))?;
        let mut out = io::stdout().lock();
        out.write_all(&drawn)?;
        out.flush()
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        // A terminal that is gone needs nothing back.
        execute!(io::stdout(), EnableLineWrap, Show, LeaveAlternateScreen).ok();
    }
}
