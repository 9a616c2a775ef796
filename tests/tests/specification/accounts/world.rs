//! An account in a database of its own, in each of the two databases, with what signs it in.

use std::net::IpAddr;
use std::sync::Arc;

use accounts::second_factor::SecondFactors;
use accounts::sessions::{
    NewSession, ProgramTokens, Session, SessionKind, SessionOptions, Sessions, Token, Tokens,
};
use accounts::{AccountId, Actor, By, Database, ServerKey, ServerKeys};
use domain::Timestamp;
use pupitre_tests::store::{StoreUnderTest, each_store};
use sqlx::Row;
use uuid::Uuid;

/// The address of the client in these tests.
pub(super) const CLIENT: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 7));

/// See the module.
pub(super) struct World {
    store: StoreUnderTest,
    pub(super) database: Database,
    pub(super) sessions: Sessions,
    pub(super) factors: SecondFactors,
    pub(super) zoe: AccountId,
    pub(super) max: AccountId,
}

/// Runs the same test on each database, with two accounts.
pub(super) async fn on_each(test: impl AsyncFn(World)) {
    each_store(async |store| {
        let mut world = World::open(store, &[1]).await;
        world.zoe = world.account().await;
        world.max = world.account().await;
        test(world).await;
    })
    .await;
}

/// A moment of the test: so many milliseconds after its beginning.
pub(super) fn at(millis: i64) -> Timestamp {
    Timestamp::from_timestamp_millis(1_800_000_000_000 + millis).unwrap()
}

/// The holder of the account, at this moment.
pub(super) fn by(account: AccountId, now: Timestamp) -> By {
    By { actor: Actor::Account(account), at: now, network_address: Some(CLIENT) }
}

fn keys(bytes: &[u8]) -> Arc<ServerKeys> {
    let key = |byte: &u8| ServerKey::new(format!("key {byte}"), [*byte; 32]).unwrap();
    Arc::new(ServerKeys::new(bytes.iter().map(key).collect()).unwrap())
}

impl World {
    async fn open(store: StoreUnderTest, bytes: &[u8]) -> Self {
        let database = Database::beside(store.url()).await.unwrap();
        let sessions = Sessions::of(database.clone(), keys(bytes), SessionOptions::default());
        let factors = SecondFactors::of(database.clone(), keys(bytes));
        let nobody = AccountId(Uuid::nil());
        Self { store, database, sessions, factors, zoe: nobody, max: nobody }
    }

    /// The same after a restart of the server.
    pub(super) async fn restarted(self) -> Self {
        self.restarted_with(&[1]).await
    }

    /// The same after a restart with these keys, the current one first.
    pub(super) async fn restarted_with(self, bytes: &[u8]) -> Self {
        self.database.close().await;
        let (zoe, max) = (self.zoe, self.max);
        Self { zoe, max, ..Self::open(self.store, bytes).await }
    }

    /// An account that may sign in.
    pub(super) async fn account(&self) -> AccountId {
        let id = AccountId(Uuid::now_v7());
        let insert = "INSERT INTO account (id, address, address_key, name, name_key, search_key, language, \
             server_administrator, created_at) VALUES ($1, $1, $1, 'Zoé', 'zoe', 'zoe', 'fr', 0, 0)";
        let mut transaction = self.database.write().await.unwrap();
        sqlx::query(insert).bind(id.to_string()).execute(&mut *transaction).await.unwrap();
        transaction.commit().await.unwrap();
        id
    }

    pub(super) fn new_session(account: AccountId, kind: SessionKind) -> NewSession<'static> {
        let (network_address, user_agent) = (Some(CLIENT), "Mozilla/5.0 (X11)");
        NewSession { account, kind, network_address, user_agent, second_factor: false }
    }

    /// Signs in on a page.
    pub(super) async fn page(&self, account: AccountId, now: Timestamp) -> (Session, Token) {
        let new = Self::new_session(account, SessionKind::Page);
        match self.sessions.start(new, now).await.unwrap() {
            (session, Tokens::Page(token)) => (session, token),
            (_, Tokens::Program(_)) => panic!("a page has one token"),
        }
    }

    /// Signs in on so many pages.
    pub(super) async fn pages(&self, account: AccountId, count: usize, now: Timestamp) {
        let mut transaction = self.database.write().await.unwrap();
        for _ in 0..count {
            let new = Self::new_session(account, SessionKind::Page);
            drop(self.sessions.start_in(&mut transaction, new, now).await.unwrap());
        }
        transaction.commit().await.unwrap();
    }

    /// Signs in on a program.
    pub(super) async fn program(&self, account: AccountId, now: Timestamp) -> (Session, ProgramTokens) {
        let new = Self::new_session(account, SessionKind::Program);
        match self.sessions.start(new, now).await.unwrap() {
            (session, Tokens::Program(tokens)) => (session, tokens),
            (_, Tokens::Page(_)) => panic!("a program has two tokens"),
        }
    }

    /// Is this token good now?
    pub(super) async fn knows(&self, token: &Token, now: Timestamp) -> bool {
        self.sessions.check(&token.reveal(), now).await.is_ok()
    }

    /// How many rows a table has.
    pub(super) async fn count(&self, table: &str) -> i64 {
        let query = format!("SELECT COUNT(*) FROM {table}");
        sqlx::query_scalar(&query).fetch_one(self.database.read()).await.unwrap()
    }

    /// What is in the audit trail, as `action details`.
    pub(super) async fn trail(&self) -> Vec<String> {
        let query = "SELECT action, details FROM account_audit ORDER BY sequence";
        let rows: Vec<(String, String)> =
            sqlx::query_as(query).fetch_all(self.database.read()).await.unwrap();
        rows.into_iter().map(|(action, details)| format!("{action} {details}")).collect()
    }

    /// Every byte that is stored: of all files of SQLite, or of all rows of PostgreSQL, in which bytes are hexadecimal.
    pub(super) async fn stored_bytes(&self) -> Vec<u8> {
        if let Some(log) = self.store.url().strip_prefix("sqlite://") {
            let folder = std::path::Path::new(log).parent().unwrap();
            let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
            return files.flat_map(|file| std::fs::read(file).unwrap()).collect();
        }
        let mut bytes = vec![];
        for table in ["account_audit", "session", "session_token", "second_factor", "recovery_code"] {
            let query = format!("SELECT CAST({table} AS TEXT) AS line FROM {table}");
            for row in sqlx::query(&query).fetch_all(self.database.read()).await.unwrap() {
                bytes.extend(row.get::<String, _>("line").into_bytes());
            }
        }
        bytes
    }

    /// Fails when any of these secrets is stored, as text, as bytes or in hexadecimal.
    pub(super) async fn assert_not_stored(&self, secrets: &[String]) {
        let stored = self.stored_bytes().await;
        assert!(contains(&stored, self.zoe.to_string().as_bytes()), "what is stored is found at all");
        for secret in secrets {
            // A token without its prefix, which is the same for all.
            let bare = if secret.starts_with("pup_") { &secret["pup_s_".len()..] } else { secret };
            for form in forms(bare) {
                assert!(!contains(&stored, &form), "a secret is stored");
            }
        }
    }
}

/// A secret as it may be written down: as it is, the bytes that it stands for, and those in hexadecimal.
fn forms(secret: &str) -> Vec<Vec<u8>> {
    let plain = secret.replace('-', "");
    let mut forms = vec![secret.as_bytes().to_vec(), plain.as_bytes().to_vec()];
    let decoders = [data_encoding::BASE64URL_NOPAD, data_encoding::BASE32_NOPAD];
    for text in [secret, plain.as_str()] {
        for bytes in decoders.iter().filter_map(|decoder| decoder.decode(text.as_bytes()).ok()) {
            forms.push(data_encoding::HEXLOWER.encode(&bytes).into_bytes());
            forms.push(bytes);
        }
    }
    forms
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}
