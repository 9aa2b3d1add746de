//! Finishing what other processes began and did not complete.

use mongodb::bson::doc;

use super::db::Db;
use super::deletion;
use super::documents::if_readable;
use super::out::OUT;
use super::relay::copy;
use super::removal::{self, REMOVED};
use crate::store::Result;

/// How many documents of a collection one round handles.
const ROUND: i64 = 50;

/// Copies effects that were left behind in documents, and continues deletions.
pub(super) async fn repair(db: &Db) -> Result<()> {
    let hosts = [
        &db.users,
        &db.pending,
        &db.guard,
        &db.revoked,
        &db.service_keys,
        &db.signing_keys,
        &db.identities,
    ];
    let [users, pending, guard, revoked, service, signing, identities] = hosts.map(|host| {
        let left = host.find(doc! { format!("{OUT}.id"): { "$exists": true } });
        db.all(left.limit(ROUND))
    });
    let (users, pending, guard, revoked, service, signing, identities) =
        tokio::try_join!(users, pending, guard, revoked, service, signing, identities)?;
    let documents = [users, pending, guard, revoked, service, signing, identities];
    for (host, documents) in hosts.into_iter().zip(documents) {
        for document in documents {
            if_readable(copy(db, host, &document).await)?;
        }
    }
    for host in [&db.service_keys, &db.signing_keys] {
        let marked = host.find(doc! { REMOVED: true }).limit(ROUND);
        for document in db.all(marked).await? {
            if_readable(removal::finish(db, host, &document).await)?;
        }
    }
    Box::pin(deletion::finish_deletions(db)).await
}
