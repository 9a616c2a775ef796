//! The options of a load test.

use std::path::PathBuf;

/// What a load test does and reads, for the end of its help, wherever these options are used.
const HELP: &str = r#"The livechat is created, with operators who answer; each conversation of the file is
requested at its time, and both sides say their messages at their times, but never
before having received what was said before. At the end every transcript is read back
and compared with the file.

The file has one JSON object a line, sorted by `day` and `at`:

  {"id": "2024-01-31#7", "day": "2024-01-31", "at": 34200, "visitor": "Ann",
   "messages": [{"at": 34200, "text": "Hello", "from": "visitor"},
                {"at": 34212, "text": "Good morning!", "from": "operator"}]}

`at` is in seconds of the day. Also understood: `language` ("fr" or "en") and `skill`
of a conversation. `source`, `operators` and the `author` of messages may be there and
are not used: all operators of a conversation are played by the one who is assigned.
Empty messages are skipped. Time in which nobody of the file talks shrinks to 60 s."#;

/// Plays a file of conversations against a server and checks that every message arrived once, in order.
#[derive(Clone, Debug, clap::Args)]
#[command(after_long_help = HELP)]
pub struct Options {
    /// Address of the server.
    #[arg(long, value_name = "URL", env = "PUPITRE_SERVER", default_value = "http://127.0.0.1:8080")]
    pub server: String,

    /// File of the authorities in PEM that a server over TLS is believed by, beside those that browsers believe.
    #[arg(long, value_name = "FILE", env = "PUPITRE_CA_FILE")]
    pub ca_file: Option<PathBuf>,

    /// File of conversations (JSON Lines, see below).
    #[arg(long, value_name = "FILE")]
    pub conversations: PathBuf,

    /// Livechat to create or to use.
    #[arg(long, value_name = "ID", default_value = "loadtest")]
    pub livechat: String,

    /// Operators who answer, from `op-01` on.
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=1_000))]
    pub operators: u16,

    /// Conversations an operator handles at once.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=10))]
    pub capacity: u8,

    /// Visitors who may wait, for each operator.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u16).range(0..=100))]
    pub queue: u16,

    /// How many times faster than in the file.
    #[arg(long, default_value_t = 600.0, value_parser = positive)]
    pub speed: f64,

    /// How many times the file is played, one after the other.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub repeat: u32,

    /// Token of an administrator of the livechat.
    #[arg(long, value_name = "TOKEN", env = "PUPITRE_TOKEN", hide_env_values = true)]
    pub token: Option<String>,

    /// Token of an integration of the livechat, which requests the conversations.
    #[arg(long, value_name = "TOKEN", env = "PUPITRE_INTEGRATION_TOKEN", hide_env_values = true)]
    pub integration_token: Option<String>,
}

/// In whose name the livechat is set up and its visitors are handed over.
#[derive(Clone)]
pub struct Tokens {
    /// Of an administrator of the livechat.
    pub administrator: String,
    /// Of an integration of the livechat.
    pub integration: String,
}

impl Options {
    /// The tokens, when both are given.
    pub fn tokens(&self) -> Option<Tokens> {
        let administrator = self.token.clone()?;
        let integration = self.integration_token.clone()?;
        Some(Tokens { administrator, integration })
    }
}

fn positive(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(speed) if speed.is_finite() && speed > 0.0 => Ok(speed),
        Ok(_) | Err(_) => Err("a number above 0".into()),
    }
}
