//! Which installed PostgreSQL to run.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::EmbeddedError;

const OLDEST: u32 = 15;

#[derive(Debug, Clone)]
pub(super) struct Binaries {
    pub(super) major: u32,
    bin: PathBuf,
}

impl Binaries {
    /// The newest installed version, or exactly the one that made the database in `folder`.
    pub(super) fn find(root: &Path, folder: &Path) -> Result<Self, EmbeddedError> {
        let installed = fs::read_dir(root)
            .into_iter()
            .flatten()
            .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok())
            .filter(|major| *major >= OLDEST)
            .map(|major| Self {
                major,
                bin: root.join(major.to_string()).join("bin"),
            })
            .filter(|found| found.initdb().is_file() && found.postgres().is_file());
        match made_by(folder)? {
            Some(major) => installed
                .into_iter()
                .find(|found| found.major == major)
                .ok_or_else(|| EmbeddedError::WrongMajor {
                    folder: folder.to_owned(),
                    major,
                }),
            None => installed
                .max_by_key(|found| found.major)
                .ok_or_else(|| EmbeddedError::NoBinaries {
                    looked_in: root.to_owned(),
                }),
        }
    }

    pub(super) fn initdb(&self) -> PathBuf {
        self.bin.join("initdb")
    }

    pub(super) fn postgres(&self) -> PathBuf {
        self.bin.join("postgres")
    }
}

/// The major version in `PG_VERSION`; `None` if there is no database yet.
fn made_by(folder: &Path) -> Result<Option<u32>, EmbeddedError> {
    let path = folder.join("PG_VERSION");
    match fs::read_to_string(&path) {
        Ok(text) => match text.trim().parse() {
            Ok(major) => Ok(Some(major)),
            Err(_) => Err(EmbeddedError::BadVersionFile { path }),
        },
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(EmbeddedError::File {
            path,
            action: "read",
            source,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn install(root: &Path, major: &str) {
        let bin = root.join(major).join("bin");
        fs::create_dir_all(&bin).unwrap();
        fs::write(bin.join("initdb"), "").unwrap();
        fs::write(bin.join("postgres"), "").unwrap();
    }

    #[test]
    fn the_newest_is_taken_unless_a_database_exists() {
        let dir = tempfile::tempdir().unwrap();
        let (root, folder) = (dir.path().join("lib"), dir.path().join("pg"));
        fs::create_dir_all(&folder).unwrap();
        let none = Binaries::find(&root, &folder).unwrap_err();
        assert!(
            none.to_string().contains("apt-get install postgresql-15"),
            "{none}"
        );

        for major in ["9", "14", "15", "17", "common"] {
            install(&root, major);
        }
        // A client-only package leaves a folder without a server.
        fs::create_dir_all(root.join("18/bin")).unwrap();
        assert_eq!(Binaries::find(&root, &folder).unwrap().major, 17);

        fs::write(folder.join("PG_VERSION"), "15\n").unwrap();
        assert_eq!(Binaries::find(&root, &folder).unwrap().major, 15);

        fs::write(folder.join("PG_VERSION"), "16\n").unwrap();
        let wrong = Binaries::find(&root, &folder).unwrap_err();
        assert!(
            wrong.to_string().contains("apt-get install postgresql-16"),
            "{wrong}"
        );

        fs::write(folder.join("PG_VERSION"), "").unwrap();
        assert!(matches!(
            Binaries::find(&root, &folder),
            Err(EmbeddedError::BadVersionFile { .. })
        ));
    }
}
