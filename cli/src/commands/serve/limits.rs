//! The limits of a server, as options.

use api::{connections, rates};

/// How many connections there may be, and how many live feeds.
#[derive(Clone, Copy, Debug, clap::Args)]
#[group(skip)]
pub(super) struct ConnectionOptions {
    /// Connections at once. Where there is no room for another, the one that has been waiting the longest for a
    /// request makes room; where all are in use, a new one is answered 503. 0: as many as the files that the process
    /// may open allow (`ulimit -n`), at most 40000.
    #[arg(long, env = "PUPITRE_CONNECTIONS", default_value_t = 0)]
    connections: u32,
    /// Connections from one address (of version 6, one /64), and live feeds for it where it comes through a trusted
    /// proxy; those of the proxies themselves and of programs on the same machine are not limited so. Set
    /// --trusted-proxies, or all visitors are one address. 0: no limit.
    #[arg(long, env = "PUPITRE_CONNECTIONS_PER_ADDRESS", default_value_t = connections::Limits::default().connections_per_address)]
    connections_per_address: u32,
    /// Live feeds (sockets and event streams) of one visitor at once; the first makes room for another. 0: no limit.
    #[arg(long, env = "PUPITRE_VISITOR_FEEDS", default_value_t = connections::Limits::default().visitor_feeds)]
    visitor_feeds: u32,
    /// Live feeds of one operator, supervisor or program at once; the first makes room for another. 0: no limit.
    #[arg(long, env = "PUPITRE_STAFF_FEEDS", default_value_t = connections::Limits::default().staff_feeds)]
    staff_feeds: u32,
}

impl From<ConnectionOptions> for connections::Limits {
    fn from(options: ConnectionOptions) -> Self {
        let ConnectionOptions { connections, connections_per_address, visitor_feeds, staff_feeds } = options;
        Self { connections, connections_per_address, visitor_feeds, staff_feeds }
    }
}

/// How many of each there may be a minute; 0 is no limit.
#[derive(Clone, Copy, Debug, clap::Args)]
#[group(skip)]
pub(super) struct RateOptions {
    /// Messages of one visitor (of one conversation) a minute, whatever else a visitor's page records (pages of the
    /// site, answers), and frames that mean nothing; all at once or one by one. More are refused with 429 and
    /// `Retry-After`. 0: no limit, here and below.
    #[arg(long, env = "PUPITRE_VISITOR_MESSAGES", default_value_t = rates::Limits::default().visitor_messages)]
    visitor_messages: u32,
    /// The same of one operator.
    #[arg(long, env = "PUPITRE_OPERATOR_MESSAGES", default_value_t = rates::Limits::default().operator_messages)]
    operator_messages: u32,
    /// Requests of one visitor a minute: with tokens of one conversation, or of one identifier at one address before
    /// there is one.
    #[arg(long, env = "PUPITRE_VISITOR_REQUESTS", default_value_t = rates::Limits::default().visitor_requests)]
    visitor_requests: u32,
    /// Requests a minute of one operator, supervisor, administrator, analyst or integration.
    #[arg(long, env = "PUPITRE_STAFF_REQUESTS", default_value_t = rates::Limits::default().staff_requests)]
    staff_requests: u32,
    /// Live feeds (sockets and event streams) that one visitor, operator or program may open a minute.
    #[arg(long, env = "PUPITRE_FEEDS_OPENED", default_value_t = rates::Limits::default().feeds_opened)]
    feeds_opened: u32,
    /// Requests a minute from one address (of version 6, one /64) by all its visitors together, and as many without
    /// a token, preflights and wrong methods with them.
    #[arg(long, env = "PUPITRE_ADDRESS_REQUESTS", default_value_t = rates::Limits::default().address_requests)]
    address_requests: u32,
    /// Requests a minute with a wrong token, or where one is missing, from one address.
    #[arg(long, env = "PUPITRE_WRONG_TOKENS", default_value_t = rates::Limits::default().wrong_tokens)]
    wrong_tokens: u32,
}

impl From<RateOptions> for rates::Limits {
    fn from(options: RateOptions) -> Self {
        let RateOptions {
            visitor_messages,
            operator_messages,
            visitor_requests,
            staff_requests,
            feeds_opened,
            address_requests,
            wrong_tokens,
        } = options;
        Self {
            visitor_messages,
            operator_messages,
            visitor_requests,
            staff_requests,
            feeds_opened,
            address_requests,
            wrong_tokens,
        }
    }
}
