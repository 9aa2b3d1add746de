//! The names of the console's cookies. Browsers send them to the console alone.

/// Holds the session where it isn't in the session cookie.
pub(super) const SESSION: &str = "regstack_console";
/// Remembers that the administrator proved again who they are.
pub(super) const PROOF: &str = "regstack_console_proof";
/// Tells the next page what an act came to.
pub(super) const FLASH: &str = "regstack_console_said";
