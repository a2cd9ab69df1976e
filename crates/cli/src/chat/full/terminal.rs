//! The terminal, taken for a while and always given back.

use std::{
    io::{self, Stdout, Write, stdout},
    panic,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use crossterm::{
    cursor::Show,
    event::{DisableBracketedPaste, DisableFocusChange, EnableBracketedPaste, EnableFocusChange},
    execute,
    terminal::{EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode},
};
use ratatui::{Frame, Terminal, backend::CrosstermBackend};
use rustix::process::{Signal, kill_current_process_group};
use tokio::{
    signal::unix::{SignalKind, signal},
    time::timeout,
};

/// Far longer than a process takes to stop when it is told to.
const STANDS_WITHIN: Duration = Duration::from_secs(1);

/// Whether the terminal is ours. One for all, as the terminal is, and so that
/// a panic anywhere can give it back.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// The whole screen. It is given back when this is dropped, and when anything
/// panics, so that what the panic says can be read.
pub(super) struct Screen {
    terminal: Terminal<CrosstermBackend<Stdout>>,
}

impl Screen {
    pub(super) fn take() -> io::Result<Self> {
        let then = panic::take_hook();
        panic::set_hook(Box::new(move |panicked| {
            give_back();
            then(panicked);
        }));
        take()?;
        let terminal = Terminal::new(CrosstermBackend::new(stdout()));
        match terminal {
            Ok(terminal) => Ok(Self { terminal }),
            Err(error) => {
                give_back();
                Err(error)
            }
        }
    }

    pub(super) fn draw(&mut self, draw: impl FnOnce(&mut Frame<'_>)) -> io::Result<()> {
        self.terminal.draw(draw)?;
        Ok(())
    }

    /// Columns and rows.
    pub(super) fn size(&self) -> io::Result<(u16, u16)> {
        let size = self.terminal.size()?;
        Ok((size.width, size.height))
    }

    /// Whatever is on the screen, the next drawing replaces all of it.
    pub(super) fn forget(&mut self) -> io::Result<()> {
        // `Terminal::clear` asks the terminal where its cursor is, and the answer
        // would be read as keys.
        let size = self.terminal.size()?;
        self.terminal.resize(size.into())
    }

    /// Calls for attention.
    pub(super) fn ring(&mut self) -> io::Result<()> {
        stdout().write_all(b"\x07")?;
        stdout().flush()
    }

    /// Stops this process until it is told to go on, the terminal its shell's meanwhile.
    pub(super) async fn suspend(&mut self) -> io::Result<()> {
        let mut goes_on = signal(SignalKind::from_raw(Signal::CONT.as_raw()))?;
        give_back();
        kill_current_process_group(Signal::TSTP)?;
        // The signal may reach another thread first, and this one must not take
        // the terminal back before all stand. Without a shell that could wake
        // it a process does not stop, and no more is lost than this moment.
        let _ = timeout(STANDS_WITHIN, goes_on.recv()).await;
        take()?;
        self.forget()
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        give_back();
    }
}

fn take() -> io::Result<()> {
    enable_raw_mode()?;
    TAKEN.store(true, Ordering::SeqCst);
    let entered = execute!(stdout(), EnterAlternateScreen, EnableBracketedPaste, EnableFocusChange);
    entered.inspect_err(|_| give_back())
}

fn give_back() {
    if !TAKEN.swap(false, Ordering::SeqCst) {
        return;
    }
    // Where the terminal is gone there is nothing left to give back.
    let _ =
        execute!(stdout(), DisableFocusChange, DisableBracketedPaste, LeaveAlternateScreen, Show);
    let _ = disable_raw_mode();
    let _ = stdout().flush();
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use portable_pty::{CommandBuilder, PtySize, native_pty_system};

    use super::*;

    const INSIDE: &str = "AIZUCHI_TEST_PANICS_ON_A_SCREEN";

    #[test]
    fn a_panic_gives_the_terminal_back_before_it_speaks() {
        if std::env::var_os(INSIDE).is_some() {
            let _screen = Screen::take().unwrap();
            panic!("what happened");
        }
        let pty = native_pty_system().openpty(PtySize::default()).unwrap();
        let mut command = CommandBuilder::new(std::env::current_exe().unwrap());
        let name = "a_panic_gives_the_terminal_back_before_it_speaks";
        command.args([name, "--nocapture", "--test-threads=1"]);
        command.env(INSIDE, "1");
        let before = pty.master.get_termios().unwrap();
        let mut child = pty.slave.spawn_command(command).unwrap();
        drop(pty.slave);
        let mut reader = pty.master.try_clone_reader().unwrap();
        let mut said = Vec::new();
        // At the end of its other side a terminal gives an error, on Linux.
        let mut buffer = [0; 4096];
        while let Ok(count @ 1..) = reader.read(&mut buffer) {
            said.extend_from_slice(&buffer[..count]);
        }
        assert!(!child.wait().unwrap().success());
        assert_eq!(pty.master.get_termios().unwrap(), before);
        let said = String::from_utf8_lossy(&said);
        let entered = said.find("\u{1b}[?1049h").expect("it was entered");
        let left = said.find("\u{1b}[?1049l").expect("it was left");
        let spoke = said.find("what happened").expect("it spoke");
        assert!(entered < left && left < spoke, "{said}");
        assert_eq!(said.matches("\u{1b}[?2004l").count(), 1, "once: {said}");
    }
}
