//! `keniki bundle …` as two people call it, one in each network: the real binary.

use std::path::Path;
use std::process::Command;

use keniki_tests::{TestDatabase, binary};

use super::{noted, texts};
use crate::search::world::World;

struct Side {
    database: TestDatabase,
}

impl Side {
    fn run(&self, words: &[&str]) -> (Option<i32>, String) {
        let mut command = Command::new(binary());
        command.args(["--database", &self.database.url]).args(words);
        let output = command.output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8(said).unwrap())
    }

    fn ok(&self, words: &[&str]) -> String {
        let (code, said) = self.run(words);
        assert_eq!(code, Some(0), "{words:?}: {said}");
        said
    }

    fn refused(&self, words: &[&str]) -> String {
        let (code, said) = self.run(words);
        assert_eq!(code, Some(1), "{words:?}: {said}");
        said
    }
}

#[cfg(unix)]
fn mode(file: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(file).unwrap().permissions().mode() & 0o777
}

#[tokio::test]
async fn two_people_carry_a_directory_from_one_network_into_the_other() {
    let [outside, inside] =
        [TestDatabase::sqlite(), TestDatabase::sqlite()].map(|database| Side { database });
    World::of(8).fill(&outside.database.open().await).await;
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (key, public, bundle) = (path("key"), path("key.pub"), path("1.zip"));

    let said = inside.refused(&["bundle", "import", &bundle]);
    assert!(said.contains("がありません"), "a mistyped database: {said}");
    inside.ok(&["migrate"]);

    let copy = path("copy.db");
    outside.ok(&["backup", &copy]);
    #[cfg(unix)]
    assert_eq!(mode(Path::new(&copy)), 0o600, "its owner's alone");

    let said = outside.ok(&["bundle", "key", "--out", &key]);
    let text = std::fs::read_to_string(&public).unwrap();
    assert!(said.starts_with(&text), "{said}");
    #[cfg(unix)]
    assert_eq!(mode(Path::new(&key)), 0o600);
    let private = std::fs::read_to_string(&key).unwrap();
    assert!(!said.contains(private.split(' ').next_back().unwrap().trim()));
    let said = outside.refused(&["bundle", "key", "--out", &key]);
    assert!(said.contains("上書きはしません"), "{said}");
    assert_eq!(std::fs::read_to_string(&key).unwrap(), private);

    let said = outside.ok(&["bundle", "export", "--key", &key, "--out", &bundle]);
    assert!(
        said.contains("束 1 番") && said.contains("サービス 8"),
        "{said}"
    );
    let said = outside.refused(&[
        "bundle",
        "export",
        "--key",
        &public,
        "--out",
        &path("2.zip"),
    ]);
    assert!(said.contains("束の鍵のファイルではありません"), "{said}");
    let said = inside.refused(&["bundle", "import", &bundle]);
    assert!(said.contains("信用していない鍵"), "{said}");
    let said = inside.refused(&["bundle", "trust", &key]);
    assert!(
        said.contains("束の鍵のファイルではありません"),
        "a private key is not taken: {said}"
    );

    let said = inside.ok(&["bundle", "trust", &public, "--name", "外の網"]);
    assert!(said.starts_with(&text), "{said}");
    let said = inside.ok(&["bundle", "import", &bundle]);
    assert!(
        said.contains("束 1 番を取り込みました。サービス 8（新しいもの 8）"),
        "{said}"
    );
    let said = inside.refused(&["bundle", "import", &bundle]);
    assert!(said.contains("この束は 1 番です。もう 1 番まで"), "{said}");
    let said = inside.ok(&["bundle", "keys"]);
    assert!(
        said.contains("外の網（") && said.contains("最後の束 1 番"),
        "{said}"
    );
    let (_, said) = inside.run(&["doctor"]);
    assert!(said.contains("もう一方の網からの束: 1 番"), "{said}");
    assert!(said.contains("拠点 8、サービス 8"), "{said}");
    let (_, said) = outside.run(&["doctor"]);
    assert!(!said.contains("もう一方の網からの束"), "{said}");

    inside.ok(&["bundle", "distrust", "1"]);
    outside.ok(&["bundle", "export", "--key", &key, "--out", &path("2.zip")]);
    let said = inside.refused(&["bundle", "import", &path("2.zip")]);
    assert!(said.contains("信用していない鍵"), "{said}");
    inside.ok(&["audit", "verify"]);
    let (outside, inside) = (outside.database.open().await, inside.database.open().await);
    assert_eq!(noted(&outside, "bundle.key").await, ["done|0|-"]);
    assert_eq!(
        noted(&outside, "bundle.export").await,
        ["done|1|-", "done|2|-"]
    );
    assert_eq!(
        noted(&inside, "bundle.trust").await,
        ["done|1|trusted", "done|1|distrusted"]
    );
    assert_eq!(noted(&inside, "bundle.import").await.len(), 4);
    assert_eq!(texts(&inside, "count(*)", "from service").await, ["8"]);
}
