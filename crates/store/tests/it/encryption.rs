//! Encryption on the way to `PostgreSQL`: each `sslmode` against a real server.

use std::path::Path;

use noroshi_store::testkit::Cluster;
use noroshi_store::{Store, StoreError};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority() -> Authority {
    let mut own = CertificateParams::new(Vec::new()).unwrap();
    own.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(own, KeyPair::generate().unwrap()).unwrap()
}

fn refusal(url: &str) -> String {
    match Store::open_postgres(url).unwrap_err() {
        StoreError::Unavailable(reason) => reason,
        other => panic!("{other}"),
    }
}

fn write_pem(folder: &Path, name: &str, authority: &Authority) -> String {
    let path = folder.join(name);
    std::fs::write(&path, authority.pem()).unwrap();
    path.display().to_string()
}

#[test]
fn every_mode_encrypts_and_trusts_as_it_says() {
    let folder = tempfile::tempdir().unwrap();
    let (ours, other) = (authority(), authority());
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec!["localhost".to_owned()])
        .unwrap()
        .signed_by(&key, &ours)
        .unwrap();
    let cluster = Cluster::start();
    let by_address = cluster.create_database();
    let by_name = by_address.replace("127.0.0.1", "localhost");
    cluster.encrypt(&certificate.pem(), &key.serialize_pem());
    let right = format!(
        "&sslrootcert={}",
        write_pem(folder.path(), "ours.pem", &ours)
    );
    let wrong = format!(
        "&sslrootcert={}",
        write_pem(folder.path(), "other.pem", &other)
    );

    // It takes no connection in the clear.
    let clear = refusal(&format!("{by_name}?sslmode=disable"));
    assert!(clear.contains("no encryption"), "{clear}");
    for accepted in [
        by_name.clone(),
        format!("{by_address}?sslmode=require"),
        format!("{by_address}?sslmode=require{right}"),
        format!("{by_address}?sslmode=verify-ca{right}"),
        format!("{by_name}?sslmode=verify-full{right}"),
    ] {
        let store = Store::open_postgres(&accepted);
        store
            .unwrap_or_else(|refused| panic!("{accepted}: {refused}"))
            .ping()
            .unwrap();
    }
    for (mode, roots) in [
        ("require", wrong.as_str()),
        ("verify-ca", &wrong),
        ("verify-full", &wrong),
        // Nobody who vouches for sites in public vouches for it.
        ("verify-full", ""),
    ] {
        let refused = refusal(&format!("{by_name}?sslmode={mode}{roots}"));
        assert!(
            refused.contains("is not trusted: name the file"),
            "{refused}"
        );
    }
    let named = refusal(&format!("{by_address}?sslmode=verify-full{right}"));
    assert!(named.contains("is for another host"), "{named}");
}

#[test]
fn roots_that_can_not_be_read_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("empty.pem");
    std::fs::write(&path, "nothing").unwrap();
    for (path, reason) in [
        (path, "holds no certificate"),
        ("/nowhere.pem".into(), "nowhere"),
    ] {
        let url = format!(
            "postgres://db/page?sslmode=verify-full&sslrootcert={}",
            path.display()
        );
        let refused = refusal(&url);
        assert!(
            refused.contains("sslrootcert") && refused.contains(reason),
            "{refused}"
        );
    }
}
