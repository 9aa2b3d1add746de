//! What account holders change about themselves without a proof.

use super::{Accounts, Result, Session};
use crate::model::{FullName, Origin, User};

impl Accounts {
    /// Changes the profile: `None` keeps the name, `Some(None)` clears it.
    pub async fn update_profile(&self, _session: &Session, _full_name: Option<Option<FullName>>, _origin: &Origin) -> Result<User> { unimplemented!() }
}
