//! What the vault refuses, and what it never says.

use std::{fs, marker::PhantomData, os::unix::fs::PermissionsExt, path::Path};

use pretty_assertions::assert_eq;
use proptest::prelude::*;
use secrecy::{ExposeSecret, SecretString};
use switchboard_domain::id::TenantId;
use uuid::Uuid;

use super::*;

const SECRET: &str = "marked-secret-7f3a";
const ROW: Uuid = Uuid::from_u128(0x51);

fn vault() -> (tempfile::TempDir, Vault) {
    let dir = tempfile::tempdir().unwrap();
    let (ring, created) = KeyRing::load_or_create(&keys_of(&dir), &[]).unwrap();
    assert!(created.is_some());
    (dir, Vault::new(ring))
}

fn keys_of(dir: &tempfile::TempDir) -> KeySource {
    KeySource::dir(dir.path().join("keys"))
}

fn tenant(n: u128) -> KeyOwner {
    KeyOwner::Tenant(TenantId::from_uuid(Uuid::from_u128(n)))
}

fn secret() -> SecretString {
    SecretString::from(SECRET)
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_secret_comes_back() {
    let (_dir, vault) = vault();
    for owner in [KeyOwner::Platform, tenant(1)] {
        let (key, wrapped) = vault.new_data_key(owner).unwrap();
        let sealed = Sealed::<PanelApiKey>::seal(&key, ROW, &secret()).unwrap();
        let stored = Sealed::<PanelApiKey>::from_bytes(sealed.as_bytes().to_vec()).unwrap();
        let reopened = vault
            .unwrap_data_key(owner, &WrappedDataKey::from_bytes(wrapped.as_bytes()).unwrap())
            .unwrap();
        assert_eq!(stored.open(&reopened, ROW).unwrap().expose_secret(), SECRET);
        assert_eq!(stored.data_key_id(), reopened.id());
    }
}

#[test]
fn a_value_opens_for_nothing_else_than_it_was_sealed_for() {
    let (_dir, vault) = vault();
    let (key, wrapped) = vault.new_data_key(tenant(1)).unwrap();
    let sealed = Sealed::<PanelApiKey>::seal(&key, ROW, &secret()).unwrap();

    let elsewhere = sealed.open(&key, Uuid::from_u128(0x52));
    assert!(matches!(elsewhere, Err(VaultError::Refused)), "another row");

    let as_token = Sealed::<ChatAccountBotToken>::from_bytes(sealed.as_bytes().to_vec()).unwrap();
    assert!(
        matches!(as_token.open(&key, ROW), Err(VaultError::Refused)),
        "another purpose"
    );

    let (other, _) = vault.new_data_key(tenant(2)).unwrap();
    assert!(
        matches!(sealed.open(&other, ROW), Err(VaultError::OtherDataKey { .. })),
        "another tenant's key"
    );

    // The data key's id rewritten to that of the other key: only the cipher stands in the way.
    let mut forged = sealed.as_bytes().to_vec();
    forged[1..17].copy_from_slice(other.id().uuid().as_bytes());
    let forged = Sealed::<PanelApiKey>::from_bytes(forged).unwrap();
    assert!(matches!(forged.open(&other, ROW), Err(VaultError::Refused)));

    for owner in [tenant(2), KeyOwner::Platform] {
        let taken = vault.unwrap_data_key(owner, &wrapped);
        assert!(
            matches!(taken, Err(VaultError::Refused)),
            "{owner} took over a data key"
        );
    }
}

#[test]
fn the_platform_is_not_the_nil_tenant() {
    let (_dir, vault) = vault();
    let (_, wrapped) = vault.new_data_key(KeyOwner::Platform).unwrap();
    assert!(matches!(
        vault.unwrap_data_key(tenant(0), &wrapped),
        Err(VaultError::Refused)
    ));
}

#[test]
fn the_owner_is_bound_into_the_value_itself() {
    // One data key under two owners cannot arise through the vault; the value refuses all the same.
    let id = DataKeyId::from_bytes([7; 16]);
    let key = DataKey::from_secret(id, tenant(1), &[9; 32]);
    let sealed = Sealed::<PanelApiKey>::seal(&key, ROW, &secret()).unwrap();
    for owner in [tenant(2), KeyOwner::Platform] {
        let same_key = DataKey::from_secret(id, owner, &[9; 32]);
        assert!(
            matches!(sealed.open(&same_key, ROW), Err(VaultError::Refused)),
            "{owner}"
        );
    }
}

#[test]
fn two_sealings_of_one_secret_differ() {
    let (_dir, vault) = vault();
    let (key, _) = vault.new_data_key(tenant(1)).unwrap();
    let one = Sealed::<PanelApiKey>::seal(&key, ROW, &secret()).unwrap();
    let two = Sealed::<PanelApiKey>::seal(&key, ROW, &secret()).unwrap();
    assert_ne!(one.as_bytes(), two.as_bytes());
}

#[test]
fn every_changed_bit_is_noticed() {
    let (_dir, vault) = vault();
    let (key, wrapped) = vault.new_data_key(tenant(1)).unwrap();
    let sealed = Sealed::<PanelApiKey>::seal(&key, ROW, &secret()).unwrap();
    for bit in 0..sealed.as_bytes().len() * 8 {
        let mut bytes = sealed.as_bytes().to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let opened = Sealed::<PanelApiKey>::from_bytes(bytes).and_then(|sealed| sealed.open(&key, ROW));
        assert!(opened.is_err(), "bit {bit} of a sealed value");
    }
    for bit in 0..wrapped.as_bytes().len() * 8 {
        let mut bytes = wrapped.as_bytes().to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let opened =
            WrappedDataKey::from_bytes(&bytes).and_then(|wrapped| vault.unwrap_data_key(tenant(1), &wrapped));
        assert!(opened.is_err(), "bit {bit} of a wrapped key");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_bytes_come_back(plain in prop::collection::vec(any::<u8>(), 0..400), row in any::<u128>()) {
        let (_dir, vault) = vault();
        let (key, _) = vault.new_data_key(tenant(1)).unwrap();
        let row = Uuid::from_u128(row);
        let sealed = Sealed::<PanelApiKey>::seal_bytes(&key, row, &plain).unwrap();
        prop_assert_eq!(&*sealed.open_bytes(&key, row).unwrap(), &plain);
        // A cut-off value is refused, wherever it was cut.
        let cut = plain.len() / 2;
        let short = sealed.as_bytes()[..sealed.as_bytes().len() - 1 - cut].to_vec();
        prop_assert!(Sealed::<PanelApiKey>::from_bytes(short).and_then(|s| s.open_bytes(&key, row)).is_err());
    }

    #[test]
    fn garbage_is_refused_and_never_panics(mut bytes in prop::collection::vec(any::<u8>(), 0..160), formatted: bool) {
        let (_dir, vault) = vault();
        let (key, _) = vault.new_data_key(tenant(1)).unwrap();
        if let (true, Some(first)) = (formatted, bytes.first_mut()) {
            *first = 1;
        }
        if let (true, Some(id)) = (formatted, bytes.get_mut(1..17)) {
            id.copy_from_slice(key.id().uuid().as_bytes());
        }
        prop_assert!(
            WrappedDataKey::from_bytes(&bytes).and_then(|w| vault.unwrap_data_key(tenant(1), &w)).is_err()
        );
        prop_assert!(Sealed::<PanelApiKey>::from_bytes(bytes).and_then(|s| s.open(&key, ROW)).is_err());
    }

    #[test]
    fn no_text_is_a_key_by_accident(text in ".{0,80}") {
        if let Err(error) = key_file::parse(&text, "SWITCHBOARD_KEY") {
            let said = error.to_string();
            prop_assert!(text.trim().len() < 12 || !said.contains(text.trim()));
        }
    }
}

#[test]
fn rotation_keeps_every_value_readable() {
    let (dir, vault_before) = vault();
    let (key, wrapped) = vault_before.new_data_key(tenant(1)).unwrap();
    let sealed = Sealed::<PanelApiKey>::seal(&key, ROW, &secret()).unwrap();
    let old = vault_before.ring().active_id();
    assert_eq!(vault_before.rewrap(tenant(1), &wrapped).unwrap(), None);

    let created = KeyRing::create(dir.path().join("keys")).unwrap();
    let ring = KeyRing::load(&keys_of(&dir)).unwrap();
    assert_eq!(ring.active_id(), created.key_id);
    assert_eq!(ring.ids().count(), 2);
    let vault = Vault::new(ring);
    let rewrapped = vault
        .rewrap(tenant(1), &wrapped)
        .unwrap()
        .expect("it was under the old key");
    assert_eq!(rewrapped.key_id(), created.key_id);
    assert_eq!(rewrapped.data_key_id(), wrapped.data_key_id());
    assert!(matches!(
        vault.rewrap(tenant(2), &wrapped),
        Err(VaultError::Refused)
    ));

    // The old key is no longer needed, the value is untouched, and what was derived stays the same.
    fs::remove_file(dir.path().join(format!("keys/{old}.key"))).unwrap();
    let vault = Vault::new(KeyRing::load(&keys_of(&dir)).unwrap());
    let reopened = vault.unwrap_data_key(tenant(1), &rewrapped).unwrap();
    assert_eq!(sealed.open(&reopened, ROW).unwrap().expose_secret(), SECRET);
    assert_eq!(reopened.mac("hook", b"1"), key.mac("hook", b"1"));
}

#[test]
fn rows_without_their_key_refuse_the_start_and_name_it() {
    let (dir, vault_before) = vault();
    let (_, wrapped) = vault_before.new_data_key(tenant(1)).unwrap();
    let needed = [NeededKey {
        key_id: wrapped.key_id(),
        needed_by: "the data keys of 3 tenants".into(),
    }];
    vault_before.ring().require(&needed).unwrap();

    // The database survived alone: no new key is made over it.
    fs::remove_dir_all(dir.path().join("keys")).unwrap();
    let error = KeyRing::load_or_create(&keys_of(&dir), &needed).unwrap_err();
    let said = error.to_string();
    assert!(matches!(error, VaultError::MissingKey { .. }));
    assert!(
        said.contains(&wrapped.key_id().to_string()) && said.contains("3 tenants"),
        "{said}"
    );
    assert!(!dir.path().join("keys").exists());

    // A different key does not help.
    KeyRing::create(dir.path().join("keys")).unwrap();
    let error = KeyRing::load_or_create(&keys_of(&dir), &needed).unwrap_err();
    assert!(matches!(error, VaultError::MissingKey { .. }));
    let vault = Vault::new(KeyRing::load(&keys_of(&dir)).unwrap());
    let error = vault.unwrap_data_key(tenant(1), &wrapped).unwrap_err();
    assert!(matches!(error, VaultError::MissingKey { key_id, .. } if key_id == wrapped.key_id()));
}

#[test]
fn key_files_are_for_their_owner_only() {
    let (dir, vault) = vault();
    let keys = dir.path().join("keys");
    assert_eq!(mode(&keys), 0o700);
    let file = keys.join(format!("{}.key", vault.ring().active_id()));
    assert_eq!(mode(&file), 0o600);
    assert_eq!(mode(&keys.join("active")), 0o600);

    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let error = KeyRing::load(&keys_of(&dir)).unwrap_err();
    assert!(
        matches!(error, VaultError::Exposed { mode: 0o644, .. }),
        "{error}"
    );
    assert!(error.to_string().contains("chmod 600"), "{error}");
}

#[test]
fn a_configured_key_is_active_and_the_folder_stays_readable() {
    let (dir, vault_before) = vault();
    let (_, wrapped) = vault_before.new_data_key(tenant(1)).unwrap();
    let configured = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
    let older = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
    let text = SecretString::from(format!("{configured},{older}\n"));
    let source = KeySource {
        key: Some(text.clone()),
        ..keys_of(&dir)
    };
    let ring = KeyRing::load(&source).unwrap();
    assert_ne!(ring.active_id(), wrapped.key_id());
    assert_eq!(ring.ids().count(), 3);
    Vault::new(ring).unwrap_data_key(tenant(1), &wrapped).unwrap();

    let file = dir.path().join("key.txt");
    fs::write(&file, format!("# comment\n{configured}\n{older}\n")).unwrap();
    let from_file = KeySource {
        key_file: Some(file.clone()),
        ..keys_of(&dir)
    };
    assert_eq!(
        KeyRing::load(&from_file).unwrap().active_id(),
        KeyRing::load(&source).unwrap().active_id()
    );

    let both = KeySource {
        key: Some(text),
        key_file: Some(file),
        ..keys_of(&dir)
    };
    assert!(matches!(KeyRing::load(&both), Err(VaultError::TwoSources)));
}

#[test]
fn a_bad_key_text_is_named_by_place_and_not_repeated() {
    let dir = tempfile::tempdir().unwrap();
    for text in [
        "",
        " \n# only a comment",
        "short",
        &"0".repeat(63),
        &"g".repeat(64),
        "AQEBAQEBAQEBAQEBAQEBAQ==",
    ] {
        let source = KeySource {
            key: Some(SecretString::from(text)),
            ..keys_of(&dir)
        };
        let error = KeyRing::load(&source).unwrap_err();
        let said = format!("{error} {error:?}");
        assert!(matches!(error, VaultError::NotAKey { .. }), "{said}");
        assert!(said.contains("SWITCHBOARD_KEY"), "{said}");
        assert!(text.len() < 5 || !said.contains(text), "{said}");
    }
}

#[test]
fn a_muddled_folder_is_refused_with_its_reason() {
    let (dir, vault) = vault();
    let keys = dir.path().join("keys");
    let file = keys.join(format!("{}.key", vault.ring().active_id()));
    let copy = keys.join("kek_0000000000000000.key");
    fs::copy(&file, &copy).unwrap();
    assert!(matches!(
        KeyRing::load(&keys_of(&dir)),
        Err(VaultError::Misnamed { .. })
    ));
    fs::remove_file(&copy).unwrap();

    KeyRing::create(&keys).unwrap();
    fs::remove_file(keys.join("active")).unwrap();
    assert!(matches!(
        KeyRing::load(&keys_of(&dir)),
        Err(VaultError::ActiveUnclear { .. })
    ));
    fs::write(keys.join("active"), "kek_ffffffffffffffff").unwrap();
    assert!(matches!(
        KeyRing::load(&keys_of(&dir)),
        Err(VaultError::ActiveAbsent { .. })
    ));
    // A key pasted there by mistake is not repeated.
    let pasted = fs::read_to_string(&file)
        .unwrap()
        .lines()
        .last()
        .unwrap()
        .to_owned();
    fs::write(keys.join("active"), &pasted).unwrap();
    let error = KeyRing::load(&keys_of(&dir)).unwrap_err();
    assert!(!format!("{error} {error:?}").contains(&pasted));
}

#[test]
fn nothing_tells_a_secret() {
    let (dir, vault) = vault();
    let (key, wrapped) = vault.new_data_key(tenant(1)).unwrap();
    let sealed = Sealed::<PanelApiKey>::seal(&key, ROW, &secret()).unwrap();
    let refused = sealed.open(&key, Uuid::nil()).unwrap_err();
    let kek = fs::read_to_string(dir.path().join(format!("keys/{}.key", vault.ring().active_id()))).unwrap();
    let kek = kek.lines().last().unwrap().to_owned();
    let source = KeySource {
        key: Some(SecretString::from(kek.clone())),
        ..keys_of(&dir)
    };
    let said = format!(
        "{vault:?} {:?} {key:?} {wrapped:?} {sealed:?} {refused} {refused:?} {source:?} {}",
        vault.ring(),
        CreatedKey {
            key_id: wrapped.key_id(),
            path: "keys".into()
        },
    );
    assert_eq!(
        format!("{sealed:?} {key:?}"),
        format!(
            "Sealed(panel.api_key) DataKey {{ id: {}, owner: {:?}, .. }}",
            key.id(),
            key.owner()
        )
    );
    let cipher_text = hex::encode(&sealed.as_bytes()[17..]);
    for marked in [SECRET, &kek, &hex::encode(SECRET), &cipher_text] {
        assert!(!said.contains(marked), "{marked} in {said}");
    }
    // Nor does either half on its own hold it.
    assert!(
        !sealed
            .as_bytes()
            .windows(SECRET.len())
            .any(|window| window == SECRET.as_bytes())
    );
}

#[test]
fn derived_secrets_differ_by_label_data_and_owner() {
    let (_dir, vault) = vault();
    let (one, _) = vault.new_data_key(tenant(1)).unwrap();
    let (two, _) = vault.new_data_key(tenant(2)).unwrap();
    let all = [
        one.mac("hook", b"a"),
        one.mac("hook", b"b"),
        one.mac("hooka", b""),
        one.mac("hoo", b"ka"),
        one.mac("poll", b"a"),
        two.mac("hook", b"a"),
    ];
    for (i, left) in all.iter().enumerate() {
        assert_eq!(*left == one.mac("hook", b"a"), i == 0);
    }
    assert_eq!(
        all.iter().collect::<std::collections::HashSet<_>>().len(),
        all.len()
    );
}

/// `true` if the type implements the trait: the inherent constant wins over the trait's.
macro_rules! implements {
    ($type:ty: $bound:path) => {{
        #[allow(dead_code)]
        trait Absent {
            const YES: bool = false;
        }
        impl<T: ?Sized> Absent for T {}
        #[allow(dead_code)]
        struct Ask<T: ?Sized>(PhantomData<T>);
        #[allow(dead_code)]
        impl<T: ?Sized + $bound> Ask<T> {
            const YES: bool = true;
        }
        <Ask<$type>>::YES
    }};
}

#[test]
fn secrets_cannot_be_serialized() {
    assert!(implements!(String: serde::Serialize), "the check itself works");
    assert!(!implements!(Sealed<PanelApiKey>: serde::Serialize));
    assert!(!implements!(DataKey: serde::Serialize));
    assert!(!implements!(DataKey: Clone));
    assert!(!implements!(WrappedDataKey: serde::Serialize));
    assert!(!implements!(KeyRing: serde::Serialize));
    assert!(!implements!(Vault: serde::Serialize));
    assert!(!implements!(KeySource: serde::Serialize));
}
