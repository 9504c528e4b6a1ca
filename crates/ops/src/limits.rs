//! What is bounded at the door, and what happens at the bound.

/// How many commands of one priority may wait at a page; one more is answered "busy".
pub const MAILBOX_COMMANDS_MAX: usize = 1_024;
/// How many commands go into one transaction.
pub const BATCH_COMMANDS_MAX: usize = 64;
/// How often a batch is decided again after another node was faster; then "busy".
pub const CONFLICT_RETRIES_MAX: u32 = 8;
/// For how long a batch is decided again, in milliseconds; then "busy".
pub const CONFLICT_MS_MAX: u64 = 2_000;
/// How far the record may be ahead of this machine's clock, in seconds; further refuses writes.
pub const CLOCK_BEHIND_S_MAX: i64 = 120;
/// How long a caller waits for an answer, in milliseconds.
pub const ANSWER_MS_MAX: u64 = 10_000;
/// After how long without work a page's thread ends, in milliseconds.
pub const MAILBOX_IDLE_MS: u64 = 10_000;
/// How many journal entries are read at once.
pub const JOURNAL_CHUNK: u32 = 1_000;
/// How often a page is verified anew when others wrote to it meanwhile and it did not fit.
pub const VERIFY_TRIES_MAX: u32 = 5;
/// How many missed entries are applied one by one; beyond, the state is loaded anew.
pub const CATCH_UP_ENTRIES_MAX: i64 = 500;
/// How many clock steps one call of `clock::step` makes on one page.
pub const STEPS_PER_PAGE_MAX: usize = 100;
/// How many private records one key may lead to; more are not found by it.
pub const KEYED_RECORDS_MAX: u32 = 1_000;
/// How many records one list gives at most.
pub const LISTED_RECORDS_MAX: u32 = 10_000;
/// How many days of components one uptime report may count: a thousand components over a year.
pub const REPORT_DAYS_MAX: usize = 400_000;
/// How many rows one uptime report may have; more is refused: ask for fewer days, one component, or
/// longer periods.
pub const REPORT_ROWS_MAX: usize = 50_000;
/// Longest name of a token, a person or an invitation, in characters.
pub const NAME_CHARS_MAX: usize = 100;
/// How many API tokens may stand at once, revoked and expired ones too; one more is refused.
pub const TOKENS_MAX: i64 = 10_000;
/// How many pages one token may be for.
pub const TOKEN_PAGES_MAX: usize = 1_000;
/// Longest life of a token in days, where one is given.
pub const TOKEN_DAYS_MAX: i64 = 3_650;
/// How often a token's or a session's last use is written, in seconds.
pub const LAST_USED_S: i64 = 60;
/// How many accounts there may be, disabled ones too; one more is refused.
pub const USERS_MAX: i64 = 10_000;
/// Longest address of a person, in characters.
pub const EMAIL_CHARS_MAX: usize = 254;
/// Shortest password, in characters.
pub const PASSWORD_CHARS_MIN: usize = 10;
/// Longest password, in characters.
pub const PASSWORD_CHARS_MAX: usize = 1_000;
/// Memory that hashing a password takes, in KiB (argon2id); so much for each at once.
pub const PASSWORD_MEMORY_KIB: u32 = 19_456;
/// Passes over that memory.
pub const PASSWORD_PASSES: u32 = 2;
/// Lanes of it.
pub const PASSWORD_LANES: u32 = 1;
/// Life of a session, in seconds; then one signs in again.
pub const SESSION_S: i64 = 1_209_600;
/// How long a session may rest, in seconds; then one signs in again.
pub const SESSION_IDLE_S: i64 = 86_400;
/// Sessions of one person; one more ends the one that rested longest.
pub const SESSIONS_PER_USER_MAX: usize = 50;
/// How many ended sessions each sign-in forgets at most.
pub const SESSIONS_FORGOTTEN_MAX: u32 = 100;
/// How much is kept of what a browser calls itself, in characters.
pub const AGENT_CHARS_MAX: usize = 200;
/// Life of a link to the making of the first owner, in days; each start makes another.
pub const SETUP_LINK_DAYS: i64 = 7;
/// Life of an invitation, in days.
pub const INVITATION_DAYS: i64 = 7;
/// Life of a link that signs in from the host, in seconds.
pub const LOGIN_LINK_S: i64 = 600;
/// How long sign-ins that failed are counted, in seconds.
pub const TRIES_S: i64 = 900;
/// Failed sign-ins to one account from one address in that time; then it is refused unseen.
pub const TRIES_OF_BOTH_MAX: u32 = 10;
/// Failed sign-ins from one address.
pub const TRIES_OF_ADDRESS_MAX: u32 = 50;
/// Failed sign-ins to one account from anywhere.
pub const TRIES_OF_ACCOUNT_MAX: u32 = 100;
/// How many addresses and accounts are counted at once; more are told to come again.
pub const TRIES_KEPT_MAX: usize = 100_000;
/// How many signing keys one installation has in its life; one more is refused.
pub const KEYS_MAX: usize = 100;
/// How often a change of the signing key is tried when pages are written to meanwhile.
pub const KEY_TRIES_MAX: u32 = 5;
/// How long after a right password a code may be given, in seconds.
pub const CODE_ASKED_S: i64 = 300;
/// How many steps of half a minute a telephone's clock may be off, either way.
pub const CODE_STEPS_OFF: i64 = 1;
/// Wrong codes of one account in the time of `TRIES_S`; then none is looked at.
pub const TRIES_OF_CODE_MAX: u32 = 10;
/// How many recovery codes are given.
pub const RECOVERY_CODES: usize = 10;
/// How many templates a page may have; one more is refused.
pub const TEMPLATES_MAX: i64 = 1_000;
/// The soonest next update that a template promises, in seconds.
pub const TEMPLATE_PROMISE_S_MIN: i64 = 60;
/// The latest next update that a template promises, in seconds: as late as any may be promised.
pub const TEMPLATE_PROMISE_S_MAX: i64 = 7 * 86_400;
/// How many subscribers a page may have; one more is refused.
pub const SUBSCRIBERS_MAX: i64 = 200_000;
/// How many subscribers one list may bring in; a longer one is refused.
pub const IMPORTED_SUBSCRIBERS_MAX: usize = 20_000;
/// How often in a day one address is asked to confirm; then it is asked no more.
pub const CONFIRMATIONS_A_DAY: usize = 3;
/// How long somebody has to confirm, in seconds: seven days; then he is forgotten.
pub const CONFIRMATION_S: i64 = 7 * 86_400;
/// Longest address of a subscriber, in characters.
pub const SUBSCRIPTION_ADDRESS_CHARS_MAX: usize = 500;
/// How many components and groups one subscription may name.
pub const SUBSCRIPTION_PARTS_MAX: usize = 1_100;
/// How many people and groups of a page may see what is restricted, each; one more is refused.
pub const VIEWERS_MAX: i64 = 1_000;
/// How many metrics, and how many providers of them, a page may have; one more is refused.
pub const METRICS_MAX: i64 = 1_000;
/// How many channels the team of one page may have; one more is refused.
pub const CHANNELS_MAX: i64 = 200;
/// Longest of a channel's settings, in characters each.
pub const CHANNEL_FIELD_CHARS_MAX: usize = 10_000;
/// Longest of the mail server's settings, in characters each; its key and certificate excepted.
pub const MAIL_CHARS_MAX: usize = 500;
/// Longest key or certificate of a mail server, in characters.
pub const MAIL_KEY_CHARS_MAX: usize = 20_000;
/// How many points one request may bring; more are refused.
pub const POINTS_MAX: usize = 10_000;
/// How long a sign-in at the provider may take, in seconds.
pub const SIGN_ON_S: i64 = 600;
/// How many sign-ins at the provider one address may begin in the time of `TRIES_S` without ending
/// them; then it waits.
pub const SIGN_ONS_OF_ADDRESS_MAX: u32 = 200;
/// How many sign-ins that were not ended in time each new one forgets at most.
pub const SIGN_ONS_FORGOTTEN_MAX: u32 = 100;
/// How far the provider's clock may be off, in seconds, either way.
pub const ID_TOKEN_S_OFF: i64 = 60;
/// How old what a provider says may be, in seconds; older is not believed.
pub const ID_TOKEN_S_MAX: i64 = 600;
/// Longest name of a person at his provider, in characters; a longer one is not believed.
pub const SUBJECT_CHARS_MAX: usize = 255;
/// How many groups of one person are read; what comes after counts for nothing.
pub const GROUPS_READ_MAX: usize = 1_000;
/// How many groups may be given roles; one more is refused.
pub const GROUP_ROLES_MAX: usize = 500;
/// Longest of the provider's settings, in characters each.
pub const SIGN_ON_CHARS_MAX: usize = 500;
/// How many passkeys one person may have; one more is refused.
pub const PASSKEYS_OF_USER_MAX: usize = 20;
/// How long a passkey has to answer a question, in seconds.
pub const QUESTION_S: i64 = 300;
/// How many questions one address may be put in the time of `TRIES_S` without signing in; then it
/// waits.
pub const QUESTIONS_OF_ADDRESS_MAX: u32 = 200;
/// How many questions that were not answered in time each new one forgets at most.
pub const QUESTIONS_FORGOTTEN_MAX: u32 = 100;
/// Longest name of a passkey that the passkey gives itself, in bytes (`WebAuthn`).
pub const CREDENTIAL_BYTES_MAX: usize = 1_023;
/// Longest public key of a passkey, in bytes: one of RSA with 8192 bits.
pub const PUBLIC_KEY_BYTES_MAX: usize = 1_200;
/// Fields of one page that a file may say.
pub const OWNED_FIELDS_MAX: usize = 200_000;
/// Longest name of a file that says them, in characters.
pub const FILE_NAME_CHARS_MAX: usize = 1_000;
/// How many entries of an import one request may bring; more are refused.
pub const IMPORT_ENTRIES_MAX: usize = 64;
