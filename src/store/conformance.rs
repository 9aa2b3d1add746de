//! The behaviors that every store must have, one function each. Every engine's tests run the same list.
//!
//! This module knows the trait, but no engine. A behavior that is missing from the list in [`conformance`] is dead
//! code, and the compiler warns about it. Behaviors with races use two handles on one database, as two servers would.

pub(super) mod accounts;
pub(super) mod addresses;
pub(super) mod administer;
pub(super) mod announcements;
pub(super) mod attempts;
pub(super) mod audit;
pub(super) mod codes;
pub(super) mod copying;
pub(super) mod credentials;
pub(super) mod factors;
pub(super) mod identities;
pub(super) mod imports;
pub(super) mod limits;
pub(super) mod lists;
pub(super) mod login_method_lists;
pub(super) mod login_methods;
pub(super) mod moves;
pub(super) mod outbox;
pub(super) mod passkey_links;
pub(super) mod passkeys;
pub(super) mod pending;
pub(super) mod privacy;
pub(super) mod registration;
pub(super) mod rules;
pub(super) mod second_factor;
pub(super) mod service_keys;
pub(super) mod session_rows;
pub(super) mod sessions;
pub(super) mod signing_keys;
pub(super) mod sweep;
pub(super) mod undos;

use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use tokio::task::JoinSet;

use super::{
    Attempt, ChangeUser, CopyTarget, CreateUser, DeleteUser, Effects, IssueSession, MessageQueue,
    PutPending, Result, SessionIssue, SharedAnnouncer, SharedStore, Store,
};
use crate::clock::from_millis;
use crate::model::{
    CapPurpose, CodeKind, Email, Event, EventFilter, EventKind, FullName, Id, Language,
    LockoutRule, MessageFilter, MessageKind, NewSession, OwnMethod, Page, PageKey, PasswordHash,
    PendingRegistration, PhoneNumber, ProofHash, QueuedMessage, RecipientCap, Reservation,
    Revocation, User, UserChange,
};

/// A database of one engine, initially empty.
#[async_trait]
pub(super) trait Database: Send + Sync {
    /// Opens another handle on the database, as another process would.
    async fn open(&self) -> SharedStore;

    /// Opens a handle of a process that announces events.
    async fn open_announcing(&self, announcer: SharedAnnouncer) -> SharedStore;

    /// Begins a copy in it.
    async fn try_begin_copy(&self) -> Result<Box<dyn CopyTarget>>;

    /// The same, where it is empty or an unused copy.
    async fn begin_copy(&self) -> Box<dyn CopyTarget> {
        self.try_begin_copy().await.unwrap()
    }

    /// Opens it for use.
    async fn try_open(&self) -> Result<()>;

    /// Writes a pending registration also beside an account of its address, as another program may have left it.
    async fn plant(&self, pending: PendingRegistration);
}

/// Defines one test for each behavior, each with a fresh [`Database`] from `$fresh()`.
macro_rules! conformance {
    ($fresh:path) => {
        $crate::store::conformance::conformance! { $fresh;
            accounts::an_account_is_read_as_it_was_written
            accounts::a_taken_address_is_refused
            accounts::a_legacy_spelling_is_found_and_blocks
            accounts::parallel_creations_of_one_address_make_one_account
            accounts::an_account_takes_its_pending_registration_away
            accounts::a_change_changes_what_it_names
            accounts::a_change_to_what_is_so_writes_nothing
            audit::of_several_events_those_are_kept_that_took_place
            accounts::disabling_raises_the_cut_off
            accounts::the_cut_off_never_stands_still
            accounts::enabling_clears_the_lockout_and_revives_nothing
            accounts::the_last_active_superuser_is_protected
            accounts::parallel_acts_leave_one_superuser
            accounts::deletion_leaves_nothing_behind
            accounts::a_deleted_address_gets_another_id
            accounts::counts_follow_every_change
            accounts::effects_name_the_account
            accounts::refusals_write_no_effects
            administer::the_first_administrator_is_created_once
            administer::of_parallel_first_administrators_one_is_created
            administer::an_address_is_declared_proven_or_not
            administer::sessions_are_ended_on_demand
            administer::a_second_factor_is_switched_off_once
            imports::an_import_makes_accounts_and_changes_nobody_elses
            imports::people_are_linked_to_the_account_that_they_come_with
            imports::an_import_is_foreseen_and_nothing_changes
            imports::accounts_are_imported_in_their_order
            imports::of_parallel_imports_one_makes_each_account
            privacy::what_is_held_is_told_without_secrets
            moves::an_account_moves_to_an_address_that_nobody_has
            moves::a_move_takes_what_was_about_both_addresses_away
            moves::of_parallel_moves_to_one_address_one_takes_place
            moves::a_move_can_be_undone_unless_it_is_final
            administer::a_deletion_holds_to_the_password_it_was_proven_by
            administer::an_act_holds_to_the_filter_it_was_chosen_by
            administer::who_is_proven_meanwhile_is_not_deleted_as_unproven
            lists::pages_have_neither_gaps_nor_repeats
            lists::pages_are_found_by_their_place
            lists::accounts_of_one_moment_are_paged_by_id
            lists::a_search_finds_parts_in_any_case
            lists::a_search_takes_every_character_literally
            lists::filters_narrow_together
            lists::locked_out_addresses_are_listed
            login_method_lists::accounts_are_listed_by_their_ways_to_log_in
            login_method_lists::a_way_to_log_in_is_gone_when_its_last_key_is
            login_method_lists::accounts_are_listed_by_their_second_factor
            registration::a_pending_registration_is_read_until_it_expires
            registration::a_second_registration_replaces_the_first
            registration::an_address_with_an_account_cannot_wait
            registration::parallel_registrations_leave_one_live_proof
            registration::a_renewal_kills_the_older_link
            registration::a_renewal_of_nothing_counts_all_the_same
            registration::a_spent_cap_changes_nothing
            registration::a_spent_cap_leaves_one_link_that_works
            credentials::a_spent_cap_lets_a_link_through_where_none_works
            credentials::a_spent_cap_leaves_the_notice_out_and_changes_all_the_same
            registration::a_cap_looks_back_one_hour
            registration::a_proof_makes_the_account
            registration::a_proof_verifies_the_account_that_exists
            registration::a_proof_of_a_verified_account_is_used_up
            registration::parallel_uses_of_one_proof_make_one_account
            registration::verification_races_creation_to_one_account
            registration::no_registration_stays_beside_an_account
            pending::the_owner_of_a_taken_address_is_told
            pending::beyond_a_spent_cap_each_client_gets_one
            pending::an_account_is_verified_afterwards
            pending::pending_registrations_are_paged_newest_first
            pending::pending_registrations_are_found_as_accounts_are
            pending::a_promotion_needs_no_link
            pending::promotion_races_verification_to_one_account
            pending::a_deleted_registration_takes_its_link_along
            attempts::no_more_than_the_threshold_is_ever_evaluated
            attempts::a_lockout_ends_when_enough_failures_left_the_window
            attempts::reservations_go_stale
            attempts::a_clock_put_back_makes_no_wait_longer
            sweep::a_fast_clock_revives_nothing
            sweep::what_strangers_write_is_bounded
            outbox::a_clock_put_back_holds_no_message_up
            codes::a_clock_put_back_makes_no_budget_wait_longer
            attempts::a_reservation_fails_to_the_millisecond
            attempts::a_released_attempt_counts_no_more
            attempts::a_success_clears_failures_and_its_own_reservation
            attempts::addresses_do_not_share_failures
            attempts::the_lockout_is_recorded_once
            limits::no_window_holds_more_requests_than_its_limit
            limits::parallel_requests_to_several_servers_share_a_limit
            limits::clients_and_routes_are_counted_apart
            limits::a_clock_put_back_makes_no_client_wait_longer
            limits::counted_requests_expire_and_are_bounded
            rules::tokens_end_as_the_model_says
            rules::tokens_are_issued_as_the_model_says
            rules::links_are_accepted_as_the_model_says
            rules::a_change_makes_what_the_model_says
            signing_keys::keys_are_read_as_they_were_written
            signing_keys::of_two_next_keys_one_is_added
            signing_keys::a_key_is_sealed_anew_only_as_it_was_read
            service_keys::service_keys_are_read_as_they_were_written
            service_keys::a_name_has_one_service_key
            service_keys::a_removed_service_key_is_gone_at_once
            service_keys::the_last_use_of_a_service_key_only_moves_on
            service_keys::an_expired_service_key_stays_in_lists_for_a_while
            service_keys::a_service_key_and_a_session_are_read_together
            sessions::a_session_marks_the_account
            sessions::a_changed_hash_issues_no_session
            sessions::one_of_parallel_upgrades_wins
            sessions::a_disabled_or_missing_account_gets_no_session
            sessions::a_token_is_later_than_the_cut_off
            sessions::disabling_outruns_every_parallel_login
            sessions::a_token_is_revoked_once
            sessions::another_handle_sees_a_change_at_once
            sessions::revocations_are_listed_until_they_have_no_effect
            sessions::a_purge_takes_the_revocations_of_expired_tokens_only
            session_rows::a_session_is_read_as_it_was_written
            session_rows::sessions_are_paged_newest_first
            session_rows::sessions_of_all_accounts_are_found_by_address
            session_rows::a_revoked_session_is_gone_and_its_tokens_are_dead
            session_rows::a_change_of_the_account_ends_its_sessions
            session_rows::all_others_are_ended_and_one_is_kept
            session_rows::of_two_that_end_each_other_one_is_left
            session_rows::a_login_right_after_all_others_were_ended_works
            session_rows::a_session_goes_on_until_its_longest
            session_rows::what_ended_cannot_be_renewed
            session_rows::no_renewal_outlives_a_parallel_end
            session_rows::parallel_renewals_all_live
            session_rows::the_last_use_of_a_session_only_moves_on
            session_rows::sessions_are_swept_and_go_with_their_account
            credentials::a_link_is_queued_for_an_active_account
            credentials::a_link_needs_the_account_as_it_was_read
            credentials::a_link_sets_a_password_once
            credentials::parallel_uses_of_one_link_set_one_password
            credentials::parallel_changes_of_one_verified_password_make_one
            credentials::a_password_needs_a_proof_that_holds
            credentials::a_new_password_clears_the_failures_and_its_own_reservation
            credentials::a_login_never_outlives_a_parallel_password_change
            credentials::changes_within_one_millisecond_are_told_apart
            credentials::a_change_ends_links_of_a_clock_that_jumped_back
            credentials::one_change_ends_every_sibling
            credentials::a_change_drops_the_mail_that_dies_with_it
            addresses::a_proven_address_becomes_the_accounts
            addresses::an_address_needs_a_link_that_holds
            addresses::an_address_link_is_dead_after_there_and_back
            addresses::parallel_changes_to_one_address_give_it_to_one
            undos::a_change_is_undone_once_whatever_came_after
            undos::an_earlier_change_can_still_be_undone
            undos::an_undo_needs_a_proof_that_holds_and_a_free_address
            undos::parallel_undoings_are_one
            undos::the_first_changes_stay_and_what_expired_is_swept
            codes::a_right_code_issues_one_session
            codes::a_code_is_evaluated_only_so_often
            codes::parallel_codes_are_evaluated_only_so_often
            codes::a_right_code_in_parallel_issues_one_session
            codes::a_code_belongs_to_its_token
            codes::a_code_expires
            codes::a_new_code_does_not_refill_the_budget
            codes::a_right_code_and_an_unlock_give_the_budget_back
            codes::a_code_pays_the_cap_of_its_number
            codes::a_set_up_pays_a_cap_of_its_account
            codes::what_set_ups_cost_goes_by_itself
            codes::codes_and_wrong_ones_are_swept
            second_factor::a_code_needs_the_account_as_it_was_read
            second_factor::a_change_ends_every_login_under_way
            second_factor::ending_sessions_outruns_every_parallel_code
            second_factor::a_new_password_does_not_refill_the_budget
            second_factor::a_confirmed_number_becomes_the_second_factor
            second_factor::a_second_factor_is_switched_off_by_its_owner
            second_factor::an_account_takes_its_codes_away
            factors::factors_are_read_as_they_were_written
            factors::a_right_step_issues_one_session_and_counts_once
            factors::parallel_uses_of_one_code_issue_one_session
            factors::a_factor_is_evaluated_only_so_often
            factors::a_wait_needs_the_account_as_it_was_read
            factors::what_ends_one_way_ends_the_other
            factors::recovery_codes_are_made_once_and_replaced_on_demand
            factors::factors_go_one_by_one_and_recovery_codes_with_the_last
            factors::a_number_that_was_no_factor_does_not_become_one
            factors::a_removal_takes_every_factor
            factors::what_an_earlier_secret_seals_is_found_and_sealed_anew
            passkeys::passkeys_are_read_as_they_were_written
            passkeys::a_passkey_has_one_account
            passkeys::an_account_has_only_so_many_passkeys
            passkeys::what_asks_for_a_passkey_has_to_hold
            passkeys::a_passkey_issues_a_session
            passkeys::parallel_answers_of_one_challenge_issue_one_session
            passkeys::a_counter_that_went_back_is_refused_and_recorded
            passkeys::a_passkey_needs_its_account_as_it_was_read
            passkeys::a_passkey_proves_who_somebody_is_without_a_session
            passkeys::the_last_way_in_stays
            passkeys::parallel_removals_leave_a_way_in
            passkeys::an_administrator_removes_all_passkeys
            passkeys::passkeys_go_with_their_account
            passkeys::an_undone_change_takes_later_passkeys_along
            second_factor::an_undone_change_takes_later_factors_along
            passkeys::answered_challenges_are_swept
            passkey_links::a_link_adds_a_passkey_once
            passkey_links::a_link_adds_no_passkey_beside_a_password_or_a_factor
            passkey_links::what_refuses_a_passkey_leaves_the_link
            passkey_links::parallel_uses_of_one_link_add_one_passkey
            passkey_links::one_link_sets_a_password_or_adds_a_passkey
            passkey_links::a_deletion_takes_a_passkey_by_link_along
            identities::an_identity_is_read_as_it_was_written
            identities::what_is_under_way_is_taken_once
            identities::an_account_and_its_identity_are_made_together
            identities::parallel_sign_ups_of_one_person_make_one_account
            identities::a_person_is_linked_to_one_account_and_an_account_to_one_of_a_provider
            identities::a_person_is_linked_to_the_account_as_it_was_read
            identities::a_session_needs_the_identity
            identities::the_last_way_in_is_protected
            identities::parallel_unlinkings_leave_a_way_in
            identities::an_account_takes_its_identities_away
            login_methods::a_passkey_and_an_identity_let_each_other_go
            login_methods::what_is_closed_is_no_way_in
            login_methods::parallel_acts_leave_one_way_in
            login_methods::an_undone_change_takes_later_identities_along
            outbox::messages_are_claimed_once_and_oldest_first
            outbox::parallel_workers_share_the_messages
            outbox::a_claim_takes_only_what_is_asked_for_and_due
            outbox::a_backlog_is_counted_so_far_and_no_further
            outbox::a_lease_that_ran_out_is_lost_to_the_next_claim
            outbox::a_renewed_lease_holds
            outbox::settled_messages_go_wait_or_stay
            outbox::a_link_whose_registration_moved_on_is_dropped
            outbox::an_expired_message_is_given_up
            outbox::a_claim_of_a_dropped_message_is_lost
            outbox::messages_are_listed_newest_first
            outbox::messages_are_listed_by_kind_and_recipient
            outbox::a_message_is_tried_again_at_once
            outbox::a_message_is_removed_unsent
            announcements::an_event_and_what_announces_it_are_written_together
            announcements::an_account_is_announced_as_the_step_leaves_it
            announcements::what_nobody_listens_to_is_announced_to_nobody
            announcements::a_refused_change_announces_nothing
            audit::events_are_read_as_they_were_written
            audit::events_are_paged_newest_first
            audit::events_are_found_by_kind
            audit::events_are_found_since_a_moment
            audit::days_are_counted_as_they_happen
            audit::parallel_events_are_all_counted
            audit::what_comes_again_is_one_event_and_counted
            audit::what_comes_at_once_is_one_event_and_counted
            announcements::what_comes_again_is_announced_once
            sweep::a_sweep_removes_what_expired_and_nothing_else
            sweep::a_sweep_cuts_no_reservation_short
            sweep::a_sweep_removes_many
            sweep::an_opened_database_is_current
            copying::a_copy_of_a_file_is_equal_and_goes_on
            copying::a_copy_in_a_file_is_equal_and_goes_on
            copying::a_copy_of_a_copy_is_the_same
            copying::a_second_pass_brings_what_has_changed
            copying::a_copy_is_opened_finished_and_then_left_alone
            copying::a_used_code_stays_used_in_a_copy
            copying::a_copy_that_is_not_equal_is_not_finished
            copying::one_copy_at_a_time_writes
            sweep::a_survey_finds_mixed_case_and_the_oldest_hashes
            audit::the_engine_names_itself_and_answers
        }
    };
    ($fresh:path; $($theme:ident::$behaviour:ident)+) => { $(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $behaviour() {
            $crate::store::conformance::$theme::$behaviour(&$fresh()).await;
        }
    )+ };
}
pub(super) use conformance;

/// The rule that most behaviors use: three failures within a quarter of an hour.
const RULE: LockoutRule = LockoutRule {
    threshold: 3,
    window: SignedDuration::from_mins(15),
};

/// Returns a moment, in milliseconds after the start of every behavior. That is in the year 2100, so that no engine
/// removes rows by its own clock.
pub(super) fn at(millis: i64) -> Timestamp {
    from_millis(4_102_444_800_000 + millis)
}

const SECOND: i64 = 1000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;

/// Returns a new id, greater than all before.
pub(super) fn fresh_id() -> Id {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    Id::new(at(0), NEXT.fetch_add(1, Ordering::Relaxed).to_be_bytes())
}

pub(super) fn email(text: &str) -> Email {
    Email::parse(text).unwrap()
}

fn name(text: &str) -> Option<FullName> {
    FullName::parse(text).unwrap()
}

fn number(text: &str) -> PhoneNumber {
    PhoneNumber::parse(text).unwrap()
}

fn hash(text: &str) -> PasswordHash {
    PasswordHash::from_phc(format!("$argon2id${text}"))
}

fn proof(text: &str) -> ProofHash {
    ProofHash::from_stored(format!("{text:0>64}"))
}

/// Returns an active, verified account with the password hash `hash("first")`.
pub(super) fn user(address: &str) -> User {
    User {
        hashed_password: Some(hash("first")),
        ..User::new(fresh_id(), email(address), at(0))
    }
}

fn superuser(address: &str) -> User {
    User {
        is_superuser: true,
        ..user(address)
    }
}

/// Returns a registration made at the start, whose link is valid for an hour.
pub(super) fn pending(address: &str, token_hash: ProofHash) -> PendingRegistration {
    PendingRegistration {
        email: email(address),
        hashed_password: Some(hash("pending")),
        full_name: name("Ada"),
        language: Language::parse("pt-BR"),
        token_hash,
        created_at: at(0),
        expires_at: at(HOUR),
    }
}

pub(super) fn event(kind: EventKind) -> Event {
    Event {
        id: fresh_id(),
        at: at(0),
        kind,
        user_id: None,
        email: None,
        actor: "anonymous".to_owned(),
        ip: None,
        request_id: None,
        data: serde_json::Map::new(),
    }
}

/// Returns a mail queued at the start that expires after an hour.
pub(super) fn mail(recipient: &str) -> QueuedMessage {
    QueuedMessage {
        id: fresh_id(),
        kind: MessageKind::Email,
        recipient: recipient.to_owned(),
        user_id: None,
        pending_proof: None,
        dies_with_change: false,
        payload: b"sealed".to_vec(),
        created_at: at(0),
        not_before: at(0),
        expires_at: at(HOUR),
        attempts: 0,
    }
}

/// Returns one mail and one event, enough to see whether effects were written.
pub(super) fn effects(recipient: &str, kind: EventKind) -> Effects {
    Effects {
        messages_cap: None,
        messages: vec![mail(recipient)],
        events: vec![event(kind)],
    }
}

pub(super) fn uncapped(address: &str) -> RecipientCap {
    capped(address, None, at(0))
}

fn capped(address: &str, limit: Option<u32>, now: Timestamp) -> RecipientCap {
    RecipientCap {
        recipient: address.to_owned(),
        purpose: CapPurpose::Verification,
        is_pretended: false,
        limit,
        useless_until: None,
        client: None,
        now,
    }
}

fn attempt(address: &str, started_at: Timestamp) -> Attempt {
    Attempt {
        id: fresh_id(),
        email: email(address),
        ip: Some("192.0.2.7".parse().unwrap()),
        started_at,
    }
}

fn issue(user: &User, now: Timestamp) -> SessionIssue {
    SessionIssue {
        user_id: user.id,
        verified_hash: user.hashed_password.clone().unwrap(),
        upgraded_hash: None,
        attempt: None,
        session: new_session(&fresh_id().to_string()),
        now,
    }
}

/// Returns a session about to be issued, whose tokens are valid for an hour.
pub(super) fn new_session(id: &str) -> NewSession {
    NewSession {
        id: id.to_owned(),
        method: OwnMethod::Password.into(),
        ip: None,
        user_agent: None,
        lifetime: SignedDuration::from_millis(HOUR),
    }
}

/// Returns a revocation of a token that expires at `expires_at`.
pub(super) fn revocation(jti: &str, expires_at: Timestamp) -> Revocation {
    Revocation {
        jti: jti.to_owned(),
        user_id: None,
        expires_at,
    }
}

fn enable(is_active: bool) -> UserChange {
    UserChange {
        is_active: Some(is_active),
        ..UserChange::default()
    }
}

async fn change(store: &dyn Store, id: Id, change: UserChange, now: Timestamp) -> User {
    let changed = store.change_user(id, change, false, now, Effects::default());
    match changed.await.unwrap() {
        ChangeUser::Done(user) => user,
        refused => panic!("not changed: {refused:?}"),
    }
}

async fn create(store: &dyn Store, user: User) -> User {
    let created = store.create_user(user.clone(), Effects::default()).await;
    assert_eq!(created.unwrap(), CreateUser::Created);
    user
}

async fn put(store: &dyn Store, pending: PendingRegistration) {
    let cap = uncapped(pending.email.as_str());
    let stored = store
        .put_pending(pending, cap, Effects::default(), Effects::default())
        .await;
    assert_eq!(stored.unwrap(), PutPending::Stored);
}

/// Queues messages as the effects of creating an account. Messages keep the account that they name.
async fn queue(store: &dyn Store, messages: Vec<QueuedMessage>) -> User {
    let owner = user(&format!("owner-{}@example.com", fresh_id()));
    let effects = Effects {
        messages_cap: None,
        messages,
        events: Vec::new(),
    };
    let created = store.create_user(owner.clone(), effects).await;
    assert_eq!(created.unwrap(), CreateUser::Created);
    owner
}

/// Reserves and fails an attempt at `started_at`.
async fn fail(store: &dyn Store, address: &str, started_at: Timestamp) {
    let attempt = attempt(address, started_at);
    let reserved = store.reserve_attempt(attempt.clone(), RULE).await.unwrap();
    assert_eq!(reserved, Reservation::Granted);
    let events = (event(EventKind::LoginFailed), event(EventKind::LoginLocked));
    store
        .fail_attempt(&attempt, RULE, started_at, events.0, events.1)
        .await
        .unwrap();
}

/// Issues a session that must be granted. Returns its time of issue.
async fn issued_at(store: &dyn Store, user: &User, now: Timestamp) -> Timestamp {
    let issued = store.issue_session(issue(user, now), Effects::default());
    match issued.await.unwrap() {
        IssueSession::Issued(session) => session.issued_at,
        refused => panic!("no session: {refused:?}"),
    }
}

/// Returns the kinds of all recorded events, oldest first.
pub(super) async fn recorded(store: &dyn Store) -> Vec<EventKind> {
    let page = store
        .events(&EventFilter::default(), None, 1000)
        .await
        .unwrap();
    page.items.iter().rev().map(|event| event.kind).collect()
}

/// Reads a list page by page, and returns all its items.
async fn all_pages<T, K>(mut read: impl AsyncFnMut(Option<K>) -> Result<Page<T, K>>) -> Vec<T> {
    let (mut items, mut after) = (Vec::new(), None);
    loop {
        let page = read(after).await.unwrap();
        items.extend(page.items);
        after = page.next;
        if after.is_none() {
            return items;
        }
    }
}

/// Returns how many messages wait.
async fn waiting(store: &dyn Store) -> u64 {
    store.outbox().await.unwrap().waiting
}

/// Runs `acts` operations at once, alternating between two handles. Returns their results in no particular order.
async fn race<T, F>(db: &dyn Database, acts: usize, act: impl Fn(SharedStore, usize) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let stores = [db.open().await, db.open().await];
    let mut running = JoinSet::new();
    for number in 0..acts {
        running.spawn(act(stores[number % 2].clone(), number));
    }
    running.join_all().await
}

/// Returns the page key of an item at `moment` with `id`.
fn key(moment: Timestamp, id: Id) -> PageKey {
    PageKey { at: moment, id }
}
