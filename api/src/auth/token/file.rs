//! The file with the keys: read only while nobody else may open it, and replaced as a whole.

use std::fs::{File, Metadata, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};

use super::document;
use super::error::KeyError;
use super::file_rights::check_rights;
use super::key::{KeyId, random_secret};
use super::ring::{Ring, Rotation};
use crate::limits::KEY_FILE_BYTES_MAX;

/// The rights of a file that is for its owner alone.
const PRIVATE: u32 = 0o600;

/// A file with keys.
#[derive(Clone, Debug)]
pub struct KeyFile(PathBuf);

/// What a file contains.
pub(super) struct Content {
    /// Its keys.
    pub(super) ring: Ring,
    /// Several keys or one, in a document; else the bytes of one key, which nothing tells from any other bytes.
    pub(super) is_document: bool,
}

/// What tells that a file is another than before, or was written or given other rights since.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    file: (u64, u64),
    bytes: u64,
    written: (i64, i64),
    changed: (i64, i64),
}

impl KeyFile {
    /// The file at this path, whether it is there or not.
    pub fn at(path: &Path) -> Self {
        Self(path.to_owned())
    }

    /// Creates it with a new random key, readable by its owner only, when it is not there.
    ///
    /// # Errors
    /// When it cannot be created.
    pub(super) fn create_if_missing(&self) -> Result<(), KeyError> {
        let failed = KeyError::file(&self.0);
        match create(&self.0) {
            Ok(mut file) => file.write_all(&random_secret()).map_err(failed),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
            Err(error) => Err(failed(error)),
        }
    }

    /// Its keys.
    ///
    /// # Errors
    /// When it cannot be read, others may open it ([`KeyError::Open`]), a key in it has fewer than 32 bytes, or it is
    /// damaged.
    pub fn read(&self) -> Result<Ring, KeyError> {
        self.content().map(|content| content.ring)
    }

    /// What it contains.
    ///
    /// # Errors
    /// As [`KeyFile::read`].
    pub(super) fn content(&self) -> Result<Content, KeyError> {
        let file = File::open(&self.0).map_err(KeyError::file(&self.0))?;
        self.content_of(&file)
    }

    /// Tells it from the same file as it was or will be; none if it is not a regular file, which is read once.
    ///
    /// # Errors
    /// When it is not there, or not within reach.
    pub(super) fn stamp(&self) -> io::Result<Option<Stamp>> {
        let about = std::fs::metadata(&self.0)?;
        Ok(about.is_file().then(|| Stamp {
            file: (about.dev(), about.ino()),
            bytes: about.len(),
            written: (about.mtime(), about.mtime_nsec()),
            changed: (about.ctime(), about.ctime_nsec()),
        }))
    }

    /// Why it cannot be read.
    pub(super) fn failed(&self, error: io::Error) -> KeyError {
        KeyError::file(&self.0)(error)
    }

    /// It is not a regular file.
    pub(super) fn not_a_file(&self) -> KeyError {
        KeyError::NotAFile(self.0.display().to_string())
    }

    /// Adds a new key, which signs from now on; the one before goes on checking for `keep`. Keys whose time is over are
    /// dropped. A server that runs takes the keys over within a second.
    ///
    /// # Errors
    /// As [`KeyFile::read`]; [`KeyError::Full`]; when the file cannot be replaced, it is as it was.
    pub fn rotate(&self, keep: TimeDelta) -> Result<Rotation, KeyError> {
        self.change(|ring| {
            let rotation = ring.rotated(keep, Utc::now())?;
            Ok((rotation.ring.clone(), rotation))
        })
    }

    /// Drops a key whose time is over; `at_once`, whether it is over or not.
    ///
    /// # Errors
    /// As [`KeyFile::read`]; [`KeyError::Signs`], [`KeyError::Unknown`], [`KeyError::Checks`]; when the file cannot be
    /// replaced, it is as it was.
    pub fn retire(&self, id: &KeyId, at_once: bool) -> Result<(), KeyError> {
        self.change(|ring| Ok((ring.without(id, at_once, Utc::now())?, ())))
    }

    /// Replaces the ring while nobody else does.
    fn change<T>(&self, change: impl FnOnce(Ring) -> Result<(Ring, T), KeyError>) -> Result<T, KeyError> {
        let failed = KeyError::file(&self.0);
        // What a link leads to is replaced, not the link.
        let file = Self(self.0.canonicalize().map_err(&failed)?);
        if file.stamp().map_err(&failed)?.is_none() {
            return Err(self.not_a_file());
        }
        let locked = file.locked().map_err(&failed)?;
        let before = locked.metadata().map_err(&failed)?;
        let (ring, told) = change(file.content_of(&locked)?.ring)?;
        let text = document::text(&ring).map_err(KeyError::replace(&file.0))?;
        if text.len() as u64 > KEY_FILE_BYTES_MAX {
            return Err(KeyError::Long(file.0.display().to_string()));
        }
        file.replace(&before, text.as_bytes()).map_err(KeyError::replace(&file.0))?;
        Ok(told)
    }

    /// Opens it, when nobody else has it locked any more. Whoever had it locked has put another in its place.
    fn locked(&self) -> io::Result<File> {
        loop {
            let file = File::open(&self.0)?;
            file.lock()?;
            let (here, there) = (file.metadata()?, std::fs::metadata(&self.0)?);
            if (here.dev(), here.ino()) == (there.dev(), there.ino()) {
                return Ok(file);
            }
        }
    }

    fn content_of(&self, file: &File) -> Result<Content, KeyError> {
        let (path, failed) = (&self.0, KeyError::file(&self.0));
        let about = file.metadata().map_err(&failed)?;
        check_rights(&about, path)?;
        let mut bytes = vec![];
        file.take(KEY_FILE_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(&failed)?;
        if bytes.len() as u64 > KEY_FILE_BYTES_MAX {
            return Err(KeyError::Long(path.display().to_string()));
        }
        let written_at = about.modified().map_or_else(|_| Utc::now(), DateTime::from);
        let is_document = document::is_document(&bytes);
        Ok(Content { ring: document::parse(&bytes, path, written_at)?, is_document })
    }

    /// Puts a file with this content in its place, with the same owner, group and rights: whoever reads meanwhile, and
    /// whoever comes after a crash, finds the old one or the new one, whole.
    fn replace(&self, before: &Metadata, content: &[u8]) -> io::Result<()> {
        let temporary = self.temporary()?;
        let replaced = write(&temporary, before, content).and_then(|()| std::fs::rename(&temporary, &self.0));
        if replaced.is_err() {
            // It says why already.
            let _ = std::fs::remove_file(&temporary);
            return replaced;
        }
        let folder = self.0.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
    }

    /// Where the next content is written: beside the file, since only there it can take its place at once.
    fn temporary(&self) -> io::Result<PathBuf> {
        let mut name = std::ffi::OsString::from(".");
        name.push(self.0.file_name().ok_or(ErrorKind::IsADirectory)?);
        name.push(".new");
        Ok(self.0.with_file_name(name))
    }
}

/// Writes a new file to the disk, for its owner alone until it has the owner and the rights of the one before.
fn write(path: &Path, before: &Metadata, content: &[u8]) -> io::Result<()> {
    // Of a change that was interrupted; whoever holds the lock is alone.
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = create(path)?;
    file.write_all(content)?;
    let own = file.metadata()?;
    if (own.uid(), own.gid()) != (before.uid(), before.gid()) {
        fchown(&file, Some(before.uid()), Some(before.gid()))?;
    }
    file.set_permissions(Permissions::from_mode(before.mode() & 0o777))?;
    file.sync_all()
}

fn create(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(PRIVATE).open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEEP: TimeDelta = TimeDelta::hours(24);

    /// A key file in a folder of its own, which is gone in the end.
    struct Scratch {
        folder: PathBuf,
        file: KeyFile,
    }

    impl Scratch {
        fn new() -> Self {
            let folder = std::env::temp_dir().join(format!("pupitre-key-{}", uuid::Uuid::now_v7()));
            std::fs::create_dir(&folder).unwrap();
            let file = KeyFile::at(&folder.join("key"));
            Self { folder, file }
        }

        fn with(content: &[u8], mode: u32) -> Self {
            let scratch = Self::new();
            std::fs::write(&scratch.file.0, content).unwrap();
            std::fs::set_permissions(&scratch.file.0, Permissions::from_mode(mode)).unwrap();
            scratch
        }

        fn mode(&self) -> u32 {
            std::fs::metadata(&self.file.0).unwrap().mode() & 0o777
        }

        fn names(&self) -> Vec<String> {
            let entries = std::fs::read_dir(&self.folder).unwrap();
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }

    fn ids(ring: &Ring) -> Vec<KeyId> {
        ring.keys().map(|key| key.id().clone()).collect()
    }

    #[test]
    fn the_file_is_made_once_and_private() {
        let scratch = Scratch::new();
        scratch.file.create_if_missing().unwrap();
        let first = ids(&scratch.file.read().unwrap());
        scratch.file.create_if_missing().unwrap();
        assert_eq!(ids(&scratch.file.read().unwrap()), first);
        assert_eq!(scratch.mode(), PRIVATE);
    }

    #[test]
    fn the_bytes_of_one_secret_become_the_first_of_two_keys() {
        let scratch = Scratch::with(&[7; 48], 0o400);
        let only = ids(&scratch.file.read().unwrap());
        let first = scratch.file.rotate(KEEP).unwrap();
        assert_eq!(ids(&first.ring)[..1], only);
        let second = scratch.file.rotate(KEEP).unwrap();
        assert_eq!(ids(&second.ring)[..2], ids(&first.ring));
        let read = scratch.file.read().unwrap();
        assert_eq!(ids(&read), ids(&second.ring));
        assert_eq!(read.former()[0].key.secret(), [7; 48]);
        assert_eq!((scratch.names(), scratch.mode()), (vec!["key".to_owned()], 0o400));
        scratch.file.retire(&only[0], true).unwrap();
        assert_eq!(ids(&scratch.file.read().unwrap()), ids(&second.ring)[1..]);
    }

    #[test]
    fn what_a_crash_left_before_the_exchange_changes_nothing_and_is_in_nobody_s_way() {
        let scratch = Scratch::with(&[7; 48], PRIVATE);
        let before = scratch.file.rotate(KEEP).unwrap();
        std::fs::write(scratch.folder.join(".key.new"), "{\"pupitre_keys\": 1, half of").unwrap();
        assert_eq!(ids(&scratch.file.read().unwrap()), ids(&before.ring));
        let after = scratch.file.rotate(KEEP).unwrap();
        assert_eq!(ids(&after.ring)[..2], ids(&before.ring));
        assert_eq!(scratch.names(), ["key"]);
    }

    #[test]
    fn a_file_that_cannot_be_exchanged_is_as_it_was() {
        let scratch = Scratch::with(&[7; 48], PRIVATE);
        // In the place of the new one is what cannot be removed as a file.
        std::fs::create_dir_all(scratch.folder.join(".key.new/full")).unwrap();
        assert!(matches!(scratch.file.rotate(KEEP), Err(KeyError::Replace(..))));
        assert_eq!(std::fs::read(&scratch.file.0).unwrap(), [7; 48]);
    }

    #[test]
    fn two_that_rotate_at_once_add_a_key_each() {
        let scratch = Scratch::with(&[7; 48], PRIVATE);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| scratch.file.rotate(KEEP).unwrap());
            }
        });
        assert_eq!(scratch.file.read().unwrap().keys().count(), 9);
        assert_eq!(scratch.names(), ["key"]);
    }

    #[test]
    fn the_file_that_a_link_leads_to_is_changed_and_the_link_stays() {
        let scratch = Scratch::with(&[7; 48], PRIVATE);
        let link = scratch.folder.join("link");
        std::os::unix::fs::symlink("key", &link).unwrap();
        KeyFile::at(&link).rotate(KEEP).unwrap();
        assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(scratch.file.read().unwrap().keys().count(), 2);
    }

    #[test]
    fn what_others_may_open_is_neither_read_nor_changed() {
        let scratch = Scratch::with(&[7; 48], 0o660);
        for done in [scratch.file.read().map(|_| ()), scratch.file.rotate(KEEP).map(|_| ())] {
            assert!(matches!(done, Err(KeyError::Open(_, 0o660))));
        }
        assert_eq!(std::fs::read(&scratch.file.0).unwrap(), [7; 48]);
    }

    #[test]
    fn a_file_that_is_none_or_missing_or_too_large_is_refused() {
        let scratch = Scratch::new();
        assert!(matches!(scratch.file.rotate(KEEP), Err(KeyError::File(..))));
        assert_eq!(scratch.names(), [""; 0]);
        assert!(matches!(KeyFile::at(&scratch.folder).rotate(KEEP), Err(KeyError::NotAFile(_))));
        let large = Scratch::with(&vec![7; 64 * 1024 + 1], PRIVATE);
        assert!(matches!(large.file.read(), Err(KeyError::Long(_))));
        // Its document would be larger than itself.
        let almost = Scratch::with(&vec![7; 64 * 1024], PRIVATE);
        assert!(matches!(almost.file.rotate(KEEP), Err(KeyError::Long(_))));
        assert_eq!(almost.file.read().unwrap().keys().count(), 1);
    }

    #[test]
    fn a_stamp_tells_every_change() {
        let scratch = Scratch::with(&[7; 48], PRIVATE);
        let stamp = || scratch.file.stamp().unwrap().unwrap();
        let before = stamp();
        assert_eq!(stamp(), before);
        scratch.file.rotate(KEEP).unwrap();
        let rotated = stamp();
        assert_ne!(rotated, before);
        std::fs::set_permissions(&scratch.file.0, Permissions::from_mode(0o400)).unwrap();
        assert_ne!(stamp(), rotated);
    }
}
