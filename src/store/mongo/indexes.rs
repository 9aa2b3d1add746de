//! Bringing the indexes up to date: missing ones are created, a different TTL is changed, and what only a person can
//! decide is explained.

use std::fmt::Write as _;
use std::time::Duration;

use mongodb::bson::{Bson, Document, doc};
use mongodb::options::{CollationStrength, CommitQuorum, WriteConcern};
use mongodb::{Collection, IndexModel};

use super::db::{Db, Server};
use super::error::{ServerError, TIME_LIMIT_EXCEEDED, code, is_duplicate, reason};
use super::layout::{Wanted, wanted};
use crate::store::{Result, SchemaPart, SchemaState, StoreError};

/// How long building one index may take, and how long the members of a replica set may take to confirm it.
const BUILD: Duration = Duration::from_mins(30);
const CONFIRMATION: Duration = Duration::from_mins(1);

/// Error codes for an existing index with the same keys or name, but other options or keys.
const OPTIONS_CONFLICT: i32 = 85;
const KEYS_CONFLICT: i32 = 86;
/// The error code for a missing collection.
const NAMESPACE_NOT_FOUND: i32 = 26;
/// Error codes for a collection that others locked or changed at that moment.
const IN_THE_WAY: [i32; 3] = [24, 112, 117];
/// How often creating an index is tried when others are in the way, and the first pause, which doubles.
const TRIES: u32 = 6;
const PAUSE: Duration = Duration::from_millis(50);

/// The state of a wanted index.
struct Judged<'a> {
    collection: &'a Collection<Document>,
    wanted: Wanted,
    state: SchemaState,
    /// The name of the existing index, if only its TTL differs.
    other_age: Option<String>,
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

/// Looks for a wanted index among the existing ones: an equal one, otherwise one with the same name, otherwise one that
/// differs only in its TTL. In the last case, returns its name too.
fn compare(wanted: &Wanted, found: &[IndexModel]) -> (SchemaState, Option<String>) {
    let model = wanted.model();
    // An equal index does the same, whatever its name.
    if found.iter().any(|index| looks(index) == looks(&model)) {
        return (SchemaState::Current, None);
    }
    let age = |index: &IndexModel| {
        let options = index.options.as_ref();
        options.and_then(|options| options.expire_after)
    };
    let differs_in_age = |index: &IndexModel| {
        let mut aged = index.clone();
        if let Some(options) = &mut aged.options {
            options.expire_after = age(&model);
        }
        age(index).is_some() && age(&model).is_some() && looks(&aged) == looks(&model)
    };
    let of_other_age = found.iter().find(|index| differs_in_age(index));
    let same = of_other_age.or_else(|| found.iter().find(|index| name(index) == wanted.name));
    let state = same.map_or(SchemaState::Missing, |same| SchemaState::Different {
        found: looks(same),
        wanted: looks(&model),
    });
    (state, of_other_age.map(|index| name(index).to_owned()))
}

fn name(index: &IndexModel) -> &str {
    let options = index.options.as_ref();
    options
        .and_then(|options| options.name.as_deref())
        .unwrap_or_default()
}

/// Describes the relevant properties of an index.
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

/// Creates missing indexes and sets the TTL of others. Returns what was done or refused, one line each.
///
/// # Errors
/// [`StoreError::Refused`] if an index that is needed for correctness can't be created; the message says what to do.
/// For others, a warning is logged.
pub(super) async fn ensure(db: &Db, server: &Server) -> Result<Vec<String>> {
    let hello = db.hello().await?;
    let is_set = hello.contains_key("setName");
    let mut done = Vec::new();
    for judged in judge(db, server).await? {
        let called = format!("{}.{}", judged.collection.name(), judged.wanted.name);
        let why = match bring(db, &judged, is_set).await {
            Ok(did) => {
                done.extend(did.map(|did| format!("{did} {called}")));
                continue;
            }
            Err(StoreError::Unconfirmed(cause)) => cause.to_string(),
            Err(error) if judged.wanted.is_needed() => return Err(error),
            Err(StoreError::Denied(cause) | StoreError::Failed(cause)) => cause.to_string(),
            Err(StoreError::Refused(why)) => why,
            Err(error) => return Err(error),
        };
        let matters = consequence(&judged);
        tracing::warn!(
            index = called,
            why,
            "an index is not as expected; {matters}"
        );
        done.push(format!(
            "the index {called} was not changed: {why}; {matters}"
        ));
    }
    Ok(done)
}

/// Returns the consequence of an index that can't be changed.
fn consequence(judged: &Judged<'_>) -> &'static str {
    match (&judged.state, judged.wanted.options.expire_after) {
        (SchemaState::Different { .. }, Some(_)) => {
            "until it is changed, MongoDB removes documents at the age in the index"
        }
        (_, Some(_)) => "only regstack serve removes expired data",
        _ => "some requests are slower without it",
    }
}

/// Makes one index what it has to be, and returns what was done.
async fn bring(db: &Db, judged: &Judged<'_>, is_set: bool) -> Result<Option<&'static str>> {
    let Judged {
        collection, wanted, ..
    } = judged;
    match (&judged.state, &judged.other_age) {
        (SchemaState::Current, _) => Ok(None),
        (SchemaState::Missing, _) => {
            create(collection, wanted, is_set).await?;
            Ok(Some("created the index"))
        }
        (SchemaState::Different { .. }, Some(name)) => {
            change_age(db, collection, name, wanted).await?;
            Ok(Some("changed the TTL of the index"))
        }
        (SchemaState::Different { .. }, None) if wanted.is_own() => {
            db.write(collection.drop_index(wanted.name)).await?;
            create(collection, wanted, is_set).await?;
            Ok(Some("recreated the index"))
        }
        (
            SchemaState::Different {
                found,
                wanted: needed,
            },
            None,
        ) => Err(StoreError::Refused(format!(
            "the index {}.{} is {found}, but has to be {needed}: drop it in MongoDB, then run `regstack db migrate`",
            collection.name(),
            wanted.name,
        ))),
    }
}

async fn create(collection: &Collection<Document>, wanted: &Wanted, is_set: bool) -> Result<()> {
    let make = || {
        let mut confirmed = WriteConcern::majority();
        confirmed.w_timeout = Some(CONFIRMATION);
        let made = collection
            .create_index(wanted.model())
            .max_time(BUILD)
            .write_concern(confirmed);
        if is_set {
            // Don't wait for members that are down.
            made.commit_quorum(CommitQuorum::Majority)
        } else {
            made
        }
    };
    let mut tries = 1;
    let error = loop {
        match make().await {
            Ok(_) => return Ok(()),
            Err(error)
                if tries < TRIES && code(&error).is_some_and(|code| IN_THE_WAY.contains(&code)) =>
            {
                tokio::time::sleep(PAUSE * 2_u32.pow(tries - 1)).await;
                tries += 1;
            }
            Err(error) => break error,
        }
    };
    let cannot = |why: &str| {
        let fields: Vec<_> = wanted.keys.keys().cloned().collect();
        let why = why.replace("{fields}", &fields.join(" and "));
        let (name, place) = (wanted.name, collection.name());
        StoreError::Refused(format!(
            "the unique index {name} can't be created on {place}: {why}, then run `regstack db migrate`"
        ))
    };
    Err(match code(&error) {
        _ if is_duplicate(&error) => {
            cannot("two documents have the same {fields}; remove one of them")
        }
        Some(OPTIONS_CONFLICT | KEYS_CONFLICT) if wanted.is_needed() => cannot(&format!(
            "{}; drop the index in MongoDB that it names",
            reason(&error)
        )),
        Some(TIME_LIMIT_EXCEEDED) => StoreError::Failed(Box::new(ServerError::Driver(error))),
        _ => ServerError::Driver(error).into(),
    })
}

async fn change_age(
    db: &Db,
    collection: &Collection<Document>,
    name: &str,
    wanted: &Wanted,
) -> Result<()> {
    let age = wanted.options.expire_after.unwrap_or_default().as_secs();
    let age = i64::try_from(age).unwrap_or(i64::MAX);
    let command = doc! {
        "collMod": collection.name(),
        "index": { "name": name, "expireAfterSeconds": age },
    };
    db.write(db.database.run_command(command)).await?;
    Ok(())
}

/// Returns the state of every index.
pub(super) async fn inspect(db: &Db, server: &Server) -> Result<Vec<SchemaPart>> {
    let judged = judge(db, server).await?;
    let part = |judged: Judged<'_>| SchemaPart {
        name: format!("index {}.{}", judged.collection.name(), judged.wanted.name),
        is_needed: judged.wanted.is_needed(),
        state: judged.state,
    };
    Ok(judged.into_iter().map(part).collect())
}
