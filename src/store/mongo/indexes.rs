//! The indexes that the layout has, beside those that are there: what is missing is made, another TTL is changed, and what
//! only a person can decide is explained.

use std::fmt::Write as _;
use std::time::Duration;

use mongodb::bson::{Bson, Document, doc};
use mongodb::options::{CollationStrength, IndexOptions, WriteConcern};
use mongodb::{Collection, IndexModel};

use super::db::{Db, Server};
use super::error::{ServerError, code, is_duplicate};
use super::out::OUT;
use super::user_documents::{DELETING, any_case};
use crate::store::{Result, SchemaPart, SchemaState, StoreError};

/// The answer when a collection is not there.
const NAMESPACE_NOT_FOUND: i32 = 26;

/// The server takes no greater age.
const MAX_AGE: Duration = Duration::from_secs(i32::MAX.unsigned_abs() as u64);

const DAY: Duration = Duration::from_hours(24);

/// One index as it has to be.
struct Wanted {
    name: &'static str,
    keys: Document,
    options: IndexOptions,
}

impl Wanted {
    fn new(name: &'static str, keys: Document) -> Self {
        Self {
            name,
            keys,
            options: IndexOptions::default(),
        }
    }

    fn unique(mut self) -> Self {
        self.options.unique = Some(true);
        self
    }

    fn sparse(mut self) -> Self {
        self.options.sparse = Some(true);
        self
    }

    fn any_case(mut self) -> Self {
        self.options.collation = Some(any_case());
        self
    }

    fn only(mut self, filter: Document) -> Self {
        self.options.partial_filter_expression = Some(filter);
        self
    }

    fn removes_after(mut self, age: Duration) -> Self {
        self.options.expire_after = Some(age);
        self
    }

    fn model(&self) -> IndexModel {
        let mut options = self.options.clone();
        options.name = Some(self.name.to_owned());
        IndexModel::builder()
            .keys(self.keys.clone())
            .options(options)
            .build()
    }

    /// Ours alone, so that it may be made anew.
    fn is_own(&self) -> bool {
        self.name.starts_with("regstack_")
    }
}

/// Every index of every collection: those of the Python package under its names, our own as `regstack_…`.
fn wanted<'a>(db: &'a Db, server: &Server) -> Vec<(&'a Collection<Document>, Vec<Wanted>)> {
    let index = Wanted::new;
    let newest = || doc! { "created_at": 1, "_id": 1 };
    let out = || index("regstack_out", doc! { format!("{OUT}.id"): 1 }).sparse();
    let expired = |name, field: &str| index(name, doc! { field: 1 }).removes_after(Duration::ZERO);
    let retention = (DAY * server.settings.events_retention_days).min(MAX_AGE);
    vec![
        (
            &db.users,
            vec![
                index("email_unique", doc! { "email": 1 }).unique(),
                index("regstack_email_ci", doc! { "email": 1 }).any_case(),
                index("regstack_newest", newest()),
                index("regstack_superusers", newest()).only(doc! { "is_superuser": true }),
                index("regstack_disabled", newest()).only(doc! { "is_active": false }),
                index("regstack_unverified", newest()).only(doc! { "is_verified": false }),
                out(),
                index(DELETING, doc! { DELETING: 1 }).sparse(),
            ],
        ),
        (
            &db.pending,
            vec![
                index("pending_email_unique", doc! { "email": 1 }).unique(),
                index("pending_token_unique", doc! { "token_hash": 1 }).unique(),
                expired("pending_ttl", "expires_at"),
                index("regstack_newest", doc! { "created_at": 1, "email": 1 }),
                out(),
            ],
        ),
        (
            &db.revoked,
            vec![
                index("jti_unique", doc! { "jti": 1 }).unique(),
                expired("exp_ttl", "exp"),
                out(),
            ],
        ),
        (
            &db.failures,
            vec![
                index("email_when", doc! { "email": 1, "when": 1 }),
                index("when_ttl", doc! { "when": 1 })
                    .removes_after(server.lockout_window.min(MAX_AGE)),
            ],
        ),
        (
            &db.codes,
            vec![
                index("user_kind_unique", doc! { "user_id": 1, "kind": 1 }).unique(),
                expired("mfa_ttl", "expires_at"),
            ],
        ),
        (
            &db.outbox,
            vec![
                index(
                    "regstack_due",
                    doc! { "state": 1, "receiver": 1, "not_before": 1, "_id": 1 },
                ),
                index("regstack_expiry", doc! { "state": 1, "expires_at": 1 }),
                index("regstack_oldest", doc! { "state": 1, "created_at": 1 }),
                index("regstack_newest", newest()),
                index("regstack_recipient", doc! { "recipient": 1 }).sparse(),
                index("regstack_user", doc! { "user_id": 1 }).sparse(),
                expired("regstack_done", "forget_at"),
            ],
        ),
        (
            &db.events,
            vec![
                index("regstack_newest", doc! { "at": 1, "_id": 1 }),
                index("regstack_user", doc! { "user_id": 1, "at": 1, "_id": 1 }),
                index("regstack_kind", doc! { "kind": 1, "at": 1, "_id": 1 }),
                index("regstack_retention", doc! { "at": 1 }).removes_after(retention),
            ],
        ),
        (
            &db.guard,
            vec![expired("regstack_ttl", "expires_at"), out()],
        ),
        (&db.budgets, vec![expired("regstack_ttl", "expires_at")]),
        (&db.caps, vec![expired("regstack_ttl", "expires_at")]),
    ]
}

/// How one wanted index is.
struct Judged<'a> {
    collection: &'a Collection<Document>,
    wanted: Wanted,
    state: SchemaState,
    /// Only its age differs.
    other_age: bool,
}

async fn judge<'a>(db: &'a Db, server: &Server) -> Result<Vec<Judged<'a>>> {
    let collections = wanted(db, server);
    let mut judged = Vec::new();
    for (collection, indexes) in collections {
        let found = there(db, collection).await?;
        for wanted in indexes {
            let (state, other_age) = compare(&wanted, &found);
            judged.push(Judged {
                collection,
                wanted,
                state,
                other_age,
            });
        }
    }
    Ok(judged)
}

async fn there(db: &Db, collection: &Collection<Document>) -> Result<Vec<IndexModel>> {
    let list = async {
        let mut cursor = match collection.list_indexes().await {
            Ok(cursor) => cursor,
            Err(error) if code(&error) == Some(NAMESPACE_NOT_FOUND) => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut indexes = Vec::new();
        while cursor.advance().await? {
            indexes.push(cursor.deserialize_current()?);
        }
        Ok(indexes)
    };
    db.read(list).await
}

fn compare(wanted: &Wanted, found: &[IndexModel]) -> (SchemaState, bool) {
    let model = wanted.model();
    let same = found.iter().find(|index| name(index) == wanted.name);
    let Some(same) = same else {
        // Whatever it is called, a unique index on the address does what ours would.
        let adopted = found
            .iter()
            .any(|index| wanted.options.unique == Some(true) && looks(index) == looks(&model));
        let state = if adopted {
            SchemaState::Current
        } else {
            SchemaState::Missing
        };
        return (state, false);
    };
    if looks(same) == looks(&model) {
        return (SchemaState::Current, false);
    }
    let age = |index: &IndexModel| {
        index
            .options
            .as_ref()
            .and_then(|options| options.expire_after)
    };
    let mut of_same_age = same.clone();
    if let Some(options) = &mut of_same_age.options {
        options.expire_after = age(&model);
    }
    let other_age =
        age(same).is_some() && age(&model).is_some() && looks(&of_same_age) == looks(&model);
    let state = SchemaState::Different {
        found: looks(same),
        wanted: looks(&model),
    };
    (state, other_age)
}

fn name(index: &IndexModel) -> &str {
    let options = index.options.as_ref();
    options
        .and_then(|options| options.name.as_deref())
        .unwrap_or_default()
}

/// What matters of an index, in words.
fn looks(index: &IndexModel) -> String {
    let whole = |value: &Bson| match value {
        Bson::Double(number) => format!("{number:.0}"),
        other => other.to_string(),
    };
    let keys: Vec<String> = index
        .keys
        .iter()
        .map(|(field, order)| format!("{field} {}", whole(order)))
        .collect();
    let mut looks = format!("({})", keys.join(", "));
    let Some(options) = &index.options else {
        return looks;
    };
    if options.unique == Some(true) {
        looks += " unique";
    }
    if options.sparse == Some(true) {
        looks += " sparse";
    }
    if let Some(age) = options.expire_after {
        let _ = write!(looks, " removing after {} s", age.as_secs());
    }
    if let Some(filter) = &options.partial_filter_expression {
        let _ = write!(looks, " where {filter}");
    }
    if let Some(collation) = &options.collation
        && let Some(strength) = collation.strength
    {
        looks += match strength {
            CollationStrength::Secondary => " in any case",
            _ => " by a collation",
        };
    }
    looks
}

/// Makes the indexes that are missing and gives removal its age; what was done, one line each.
///
/// # Errors
/// [`StoreError::Refused`] when an index that correctness needs cannot be made, with what to do.
pub(super) async fn ensure(db: &Db, server: &Server) -> Result<Vec<String>> {
    let mut done = Vec::new();
    for judged in judge(db, server).await? {
        let Judged {
            collection,
            wanted,
            state,
            other_age,
        } = judged;
        let called = format!("{}.{}", collection.name(), wanted.name);
        match state {
            SchemaState::Current => {}
            SchemaState::Missing => {
                create(collection, &wanted).await?;
                done.push(format!("made the index {called}"));
            }
            SchemaState::Different { .. } if other_age => {
                change_age(db, collection, &wanted).await?;
                done.push(format!("changed the age at which {called} removes"));
            }
            SchemaState::Different { .. } if wanted.is_own() => {
                db.write(collection.drop_index(wanted.name)).await?;
                create(collection, &wanted).await?;
                done.push(format!("made the index {called} anew"));
            }
            SchemaState::Different {
                found,
                wanted: needed,
            } => {
                return Err(StoreError::Refused(format!(
                    "the index {called} is {found}, and has to be {needed}: drop it in MongoDB, then run `regstack db migrate`"
                )));
            }
        }
    }
    Ok(done)
}

async fn create(collection: &Collection<Document>, wanted: &Wanted) -> Result<()> {
    // As long as it takes, where there are many documents.
    let made = collection
        .create_index(wanted.model())
        .write_concern(WriteConcern::majority());
    match made.await.err() {
        None => Ok(()),
        Some(error) if is_duplicate(&error) => Err(StoreError::Refused(format!(
            "the unique index {} cannot be made on {}: two documents have the same {}; remove one of them, then run `regstack db migrate`",
            wanted.name,
            collection.name(),
            wanted
                .keys
                .keys()
                .cloned()
                .collect::<Vec<_>>()
                .join(" and "),
        ))),
        Some(error) => Err(ServerError::Driver(error).into()),
    }
}

async fn change_age(db: &Db, collection: &Collection<Document>, wanted: &Wanted) -> Result<()> {
    let age = wanted.options.expire_after.unwrap_or_default().as_secs();
    let age = i64::try_from(age).unwrap_or(i64::MAX);
    let command = doc! {
        "collMod": collection.name(),
        "index": { "name": wanted.name, "expireAfterSeconds": age },
    };
    db.write(db.database.run_command(command)).await?;
    Ok(())
}

/// Every index beside how it is.
pub(super) async fn inspect(db: &Db, server: &Server) -> Result<Vec<SchemaPart>> {
    let judged = judge(db, server).await?;
    let part = |judged: Judged<'_>| SchemaPart {
        name: format!("index {}.{}", judged.collection.name(), judged.wanted.name),
        state: judged.state,
    };
    Ok(judged.into_iter().map(part).collect())
}
