//! A command on a terminal of its own, and what that terminal shows.

use std::{
    io::{Read, Write},
    num::NonZeroU16,
    sync::mpsc::{Receiver, channel},
    thread,
    time::Instant,
};

use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};
use vt100::{Parser, Screen};

use crate::server::PATIENCE;

/// A terminal with a command on it.
pub(crate) struct Tty {
    parser: Parser,
    /// All that was ever written to it.
    written: Vec<u8>,
    output: Receiver<Vec<u8>>,
    keys: Box<dyn Write + Send>,
    master: Box<dyn MasterPty + Send>,
    child: Box<dyn Child + Send + Sync>,
    /// How its lines were set before.
    settings: String,
}

fn cells(count: u16) -> NonZeroU16 {
    NonZeroU16::new(count).unwrap()
}

fn size(columns: u16, rows: u16) -> PtySize {
    PtySize { rows, cols: columns, ..PtySize::default() }
}

impl Tty {
    /// Runs `aizuchi` with these arguments and variables.
    pub(crate) fn run(
        columns: u16,
        rows: u16,
        arguments: &[&str],
        variables: &[(&str, &str)],
    ) -> Self {
        let pty = native_pty_system().openpty(size(columns, rows)).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_aizuchi"));
        command.args(arguments);
        command.env_clear();
        for (name, value) in [("TERM", "xterm-256color"), ("TZ", "UTC")].iter().chain(variables) {
            command.env(name, value);
        }
        let settings = format!("{:?}", pty.master.get_termios());
        let child = pty.slave.spawn_command(command).unwrap();
        let mut reader = pty.master.try_clone_reader().unwrap();
        let (told, output) = channel();
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            // The end of the command is an error here, on Linux.
            while let Ok(count @ 1..) = reader.read(&mut buffer)
                && told.send(buffer[..count].to_vec()).is_ok()
            {}
        });
        Self {
            parser: Parser::new(cells(rows), cells(columns), 0),
            written: Vec::new(),
            output,
            keys: pty.master.take_writer().unwrap(),
            master: pty.master,
            child,
            settings,
        }
    }

    /// Presses keys: text, or what a terminal sends for them.
    pub(crate) fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    /// Pastes, as a terminal does on whose screen that is wanted.
    pub(crate) fn paste(&mut self, text: &str) {
        assert!(self.parser.screen().bracketed_paste());
        self.press(&format!("\u{1b}[200~{text}\u{1b}[201~"));
    }

    pub(crate) fn resize(&mut self, columns: u16, rows: u16) {
        self.parser.set_size(cells(rows), cells(columns));
        self.master.resize(size(columns, rows)).unwrap();
    }

    /// Another program writes over the screen.
    pub(crate) fn spoil(&mut self) {
        self.parser.process(b"\x1b[2J\x1b[H");
    }

    /// Asks the command to stop.
    pub(crate) fn terminate(&self) {
        let id = self.child.process_id().and_then(|id| Pid::from_raw(id.try_into().unwrap()));
        kill_process(id.unwrap(), Signal::TERM).unwrap();
    }

    /// What it shows.
    pub(crate) fn shown(&self) -> String {
        self.parser.screen().contents()
    }

    /// All that was ever written to it.
    pub(crate) fn written(&self) -> String {
        String::from_utf8_lossy(&self.written).into_owned()
    }

    /// Waits until it shows what is meant.
    #[track_caller]
    pub(crate) fn wait_until(&mut self, is_meant: impl Fn(&str) -> bool) {
        self.wait_until_screen(|screen| is_meant(&screen.contents()));
    }

    /// Waits until its state is what is meant.
    #[track_caller]
    pub(crate) fn wait_until_screen(&mut self, is_meant: impl Fn(&Screen) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !is_meant(self.parser.screen()) {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.output.recv_timeout(left) {
                Ok(bytes) => self.take(&bytes),
                Err(_) => panic!("it shows:\n{}", self.shown()),
            }
        }
    }

    /// Waits until it shows this text.
    #[track_caller]
    pub(crate) fn wait_for(&mut self, text: &str) {
        self.wait_until(|shown| shown.contains(text));
    }

    /// Waits for the command's end, and checks that the terminal is as it was before.
    pub(crate) fn end(mut self) -> (ExitStatus, String) {
        let status = self.child.wait().unwrap();
        assert_eq!(format!("{:?}", self.master.get_termios()), self.settings);
        drop(self.keys);
        drop(self.master);
        while let Ok(bytes) = self.output.recv_timeout(PATIENCE) {
            self.parser.process(&bytes);
        }
        let screen = self.parser.screen();
        assert!(!screen.alternate_screen() && !screen.bracketed_paste() && !screen.hide_cursor());
        (status, screen.contents())
    }

    fn take(&mut self, bytes: &[u8]) {
        self.parser.process(bytes);
        self.written.extend_from_slice(bytes);
    }
}
