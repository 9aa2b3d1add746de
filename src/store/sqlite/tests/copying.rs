//! That nothing is forgotten in copies, and what becomes of the file.

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt as _;

use super::*;
use crate::store::conformance::copying::copy;
use crate::store::sqlite::schema;

/// The columns of every table that the migrations make, as `table.column`; of the search's index, the index alone.
fn columns() -> BTreeSet<String> {
    let db = Connection::open_in_memory().unwrap();
    for (_, step) in schema::MIGRATIONS {
        db.execute_batch(step).unwrap();
    }
    let sql = "select t.name || '.' || c.name from pragma_table_list t, pragma_table_info(t.name) c
         where t.schema = 'main' and t.name not glob 'sqlite_*' and t.type <> 'shadow'";
    let mut statement = db.prepare(sql).unwrap();
    let columns = statement.query_map([], |row| row.get(0)).unwrap();
    columns.collect::<rusqlite::Result<_>>().unwrap()
}

#[test]
fn every_column_is_copied_or_left_out_for_a_reason() {
    let tables = Theme::ALL.iter().flat_map(|theme| theme.tables());
    let copied: BTreeSet<String> = tables
        .flat_map(|table| {
            let columns = table.columns.iter();
            columns.map(|column| format!("{}.{column}", table.name))
        })
        .collect();
    let left_out = |name: &String| {
        let table = name.split('.').next().unwrap();
        let mut names = LEFT_OUT.iter().map(|(name, _)| *name);
        names.any(|left| left == name || left == table)
    };
    let there = columns();
    for name in &there {
        assert!(
            copied.contains(name) != left_out(name),
            "{name}: name it in a table of src/store/copying/tables.rs (and in src/store/mongo/copying/), or in LEFT_OUT with a reason"
        );
    }
    let unknown: Vec<_> = copied.difference(&there).collect();
    assert_eq!(unknown, Vec::<&String>::new(), "there are no such columns");
}

#[tokio::test]
async fn a_new_file_can_be_read_by_its_owner_alone_and_one_of_another_program_stays_as_it_is() {
    let (source, target) = (fresh(), fresh());
    copy(&source.sqlite().await, &*target.begin_copy().await).await;
    for suffix in ["", "-wal", "-shm"] {
        if let Ok(file) = std::fs::metadata(beside(&target.path(), suffix)) {
            assert_eq!(file.permissions().mode() & 0o777, 0o600, "{suffix}");
        }
    }
    let other = fresh();
    other.raw().execute_batch("create table t (n)").unwrap();
    let before = std::fs::read(other.path()).unwrap();
    let refused = other.try_begin_copy().await.err().unwrap().to_string();
    assert!(refused.contains("another program"), "{refused}");
    assert_eq!(std::fs::read(other.path()).unwrap(), before);
}

#[tokio::test]
async fn a_copy_is_of_one_moment_however_much_is_written_meanwhile() {
    let (source, target) = (fresh(), fresh());
    let store = source.sqlite().await;
    for number in 0..50 {
        let new = user(&format!("n{number}@example.com"));
        store.create_user(new, Effects::default()).await.unwrap();
    }
    let view = store.view().await.unwrap();
    store
        .create_user(user("late@example.com"), Effects::default())
        .await
        .unwrap();
    let all = view.records(Theme::Accounts, None, 100).await.unwrap();
    assert_eq!((all.records.len(), view.is_of_one_moment()), (50, true));
    drop(view);
    copy(&store, &*target.begin_copy().await).await;
    let counts = target.sqlite().await.counts(at(0)).await.unwrap();
    assert_eq!(counts.total_users, 51);
}
