//! New passwords, and the file that they are written to.

use std::{
    fs::{File, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use super::CognitoError;

/// What passwords are made of: nothing that is mistaken for another.
const LETTERS: &[u8; 57] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";
/// Characters of each of the groups.
const GROUP: usize = 5;
const GROUPS: usize = 4;

/// A file of names and passwords.
pub(crate) struct Passwords {
    path: PathBuf,
    file: Mutex<File>,
}

impl Passwords {
    /// The file at `path`, for its owner alone. What is in it stays.
    pub(crate) fn open(path: &Path) -> Result<Self, CognitoError> {
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        match options.open(path) {
            Ok(file) => Ok(Self { path: path.to_owned(), file: Mutex::new(file) }),
            Err(cause) => Err(CognitoError::Passwords { path: path.to_owned(), cause }),
        }
    }

    /// Writes down whose password it is, on disk.
    pub(super) fn write(&self, name: &str, password: &str) -> Result<(), CognitoError> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let written = writeln!(file, "{name}\t{password}").and_then(|()| file.sync_data());
        written.map_err(|cause| CognitoError::Passwords { path: self.path.clone(), cause })
    }
}

/// A password that nobody guesses: 116 bits, with letters of both cases, a
/// digit and a hyphen, as pools may ask for.
pub(super) fn random() -> Result<String, CognitoError> {
    loop {
        let mut random = [0; 4 * GROUP * GROUPS];
        getrandom::fill(&mut random)
            .map_err(|cause| CognitoError::Randomness(io::Error::other(cause)))?;
        // All are as likely as each other.
        let fair = random.into_iter().filter(|byte| usize::from(*byte) < LETTERS.len() * 4);
        let letters = fair.map(|byte| char::from(LETTERS[usize::from(byte) % LETTERS.len()]));
        let letters: Vec<char> = letters.take(GROUP * GROUPS).collect();
        let has = |of: fn(&char) -> bool| letters.iter().any(of);
        let mixed = has(char::is_ascii_uppercase)
            && has(char::is_ascii_lowercase)
            && has(char::is_ascii_digit);
        if letters.len() == GROUP * GROUPS && mixed {
            let groups: Vec<String> =
                letters.chunks(GROUP).map(|group| group.iter().collect()).collect();
            return Ok(groups.join("-"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_as_pools_ask_and_never_the_same() {
        let all: std::collections::HashSet<_> = (0..200).map(|_| random().unwrap()).collect();
        assert_eq!(all.len(), 200);
        for password in all {
            assert_eq!(password.len(), 23);
            assert_eq!(password.matches('-').count(), 3);
            assert!(password.bytes().any(|byte| byte.is_ascii_digit()));
            assert!(password.bytes().any(|byte| byte.is_ascii_uppercase()));
        }
    }

    #[test]
    fn what_is_in_the_file_stays() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("passwords");
        for name in ["ada", "bob"] {
            Passwords::open(&path).unwrap().write(name, "secret").unwrap();
        }
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "ada\tsecret\nbob\tsecret\n");
    }
}
