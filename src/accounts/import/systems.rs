//! The file formats of other systems, translated into regstack's own. `docs/moving-in.md` says how to get the files.

use serde_json::{Map, Value, json};

use super::fields::{flag, text};
use super::identities::{list, person};
use crate::auth::FirebaseParameters;
use crate::secret::ExposeSecret as _;

/// A system that accounts come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum System {
    /// regstack's own format, as written by `users export`.
    Regstack,
    /// Firebase Authentication: `firebase auth:export`.
    Firebase,
    /// Auth0: the export of users with their password hashes.
    Auth0,
    /// Keycloak: a realm export.
    Keycloak,
    /// Supabase: the table `auth.users`.
    Supabase,
    /// Django: the table `auth_user`, or `dumpdata auth.user`.
    Django,
    /// Devise (Ruby on Rails): its table of users.
    Devise,
    /// The Python package: its table of users in SQLite.
    Python,
}

impl System {
    /// All systems, in the order in which they are listed.
    pub const ALL: [Self; 8] = [
        Self::Regstack,
        Self::Firebase,
        Self::Auth0,
        Self::Keycloak,
        Self::Supabase,
        Self::Django,
        Self::Devise,
        Self::Python,
    ];

    /// Returns the name used on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Regstack => "regstack",
            Self::Firebase => "firebase",
            Self::Auth0 => "auth0",
            Self::Keycloak => "keycloak",
            Self::Supabase => "supabase",
            Self::Django => "django",
            Self::Devise => "devise",
            Self::Python => "python",
        }
    }

    /// Returns the system with that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|system| system.name() == name)
    }
}

/// Translates an account into regstack's own format.
pub(super) fn translate(
    system: System,
    firebase: Option<&FirebaseParameters>,
    row: &Value,
) -> Result<Value, String> {
    if !row.is_object() {
        return Err("it isn't an object".into());
    }
    match system {
        System::Regstack => Ok(row.clone()),
        System::Firebase => of_firebase(firebase, row),
        System::Auth0 => Ok(of_auth0(row)),
        System::Keycloak => of_keycloak(row),
        System::Supabase => of_supabase(row),
        System::Django => Ok(of_django(row)),
        System::Devise => Ok(of_devise(row)),
        System::Python => Ok(of_python(row)),
    }
}

/// Returns the fields under their new names.
fn renamed(row: &Value, names: &[(&str, &str)]) -> Map<String, Value> {
    let fields = names.iter().filter_map(|(from, to)| {
        let value = row.get(*from)?;
        Some(((*to).to_owned(), value.clone()))
    });
    fields.collect()
}

fn of_firebase(firebase: Option<&FirebaseParameters>, row: &Value) -> Result<Value, String> {
    let mut own = renamed(
        row,
        &[
            ("localId", "foreign_id"),
            ("email", "email"),
            ("emailVerified", "is_verified"),
            ("displayName", "full_name"),
            ("phoneNumber", "phone_number"),
            ("createdAt", "created_at"),
            ("lastSignedInAt", "last_login"),
        ],
    );
    own.insert("is_active".into(), json!(!flag(row, "disabled", false)?));
    let entries = list(row, "providerUserInfo");
    let people = entries.iter().filter_map(|entry| {
        person(
            entry,
            "providerId",
            "rawId",
            text(entry, "email").as_deref(),
        )
    });
    own.insert("identities".into(), people.collect());
    if let Some(hash) = text(row, "passwordHash") {
        let parameters = firebase.ok_or("its password hash needs the project's hash parameters")?;
        let salt = text(row, "salt").ok_or("its password hash has no salt")?;
        let hash = parameters.hash(&salt, &hash);
        let hash = hash.map_err(|unfit| unfit.to_string())?;
        own.insert("password_hash".into(), json!(hash.as_phc()));
    }
    Ok(own.into())
}

fn of_auth0(row: &Value) -> Value {
    let mut own = renamed(
        row,
        &[
            ("user_id", "foreign_id"),
            ("email", "email"),
            ("email_verified", "is_verified"),
            ("passwordHash", "password_hash"),
            ("created_at", "created_at"),
            ("last_login", "last_login"),
        ],
    );
    // Auth0 repeats the email address as the name if no name was given.
    let name = text(row, "name").filter(|name| !name.contains('@'));
    own.insert("full_name".into(), json!(name));
    // The export with password hashes contains only the second half of a user's id.
    let half = row.get("_id").and_then(|id| text(id, "$oid"));
    if let (false, Some(half)) = (own.contains_key("foreign_id"), half) {
        own.insert("foreign_id".into(), json!(format!("auth0|{half}")));
    }
    let entries = list(row, "identities");
    let people = entries.iter().filter_map(|entry| {
        let email = entry
            .get("profileData")
            .and_then(|told| text(told, "email"));
        person(entry, "provider", "user_id", email.as_deref())
    });
    own.insert("identities".into(), people.collect());
    if let Some(Value::Bool(is_blocked)) = row.get("blocked") {
        own.insert("is_active".into(), json!(!is_blocked));
    }
    own.into()
}

fn of_keycloak(row: &Value) -> Result<Value, String> {
    let mut own = renamed(
        row,
        &[
            ("id", "foreign_id"),
            ("email", "email"),
            ("emailVerified", "is_verified"),
            ("enabled", "is_active"),
            ("createdTimestamp", "created_at"),
        ],
    );
    own.insert("full_name".into(), full_name(row, "firstName", "lastName"));
    let entries = list(row, "federatedIdentities");
    let people = entries.iter().filter_map(|entry| {
        let email = text(entry, "userName").filter(|name| name.contains('@'));
        person(entry, "identityProvider", "userId", email.as_deref())
    });
    own.insert("identities".into(), people.collect());
    let credentials = row.get("credentials").and_then(Value::as_array);
    for credential in credentials.into_iter().flatten() {
        let part = |name: &str| -> Option<Value> {
            serde_json::from_str(credential.get(name)?.as_str()?).ok()
        };
        let (Some(data), Some(secret)) = (part("credentialData"), part("secretData")) else {
            continue;
        };
        match text(credential, "type").as_deref() {
            Some("password") => {
                let hash = keycloak_hash(&data, &secret).ok_or("its password hash is damaged")?;
                own.insert("password_hash".into(), json!(hash));
            }
            Some("otp") => {
                let is_usual = text(&data, "subType").as_deref() == Some("totp")
                    && text(&data, "digits").as_deref() == Some("6")
                    && text(&data, "period").as_deref() == Some("30")
                    && text(&data, "algorithm").as_deref() == Some("HmacSHA1");
                if !is_usual {
                    return Err(
                        "its authenticator app doesn't use six digits, SHA-1 and 30 seconds, which are required".into(),
                    );
                }
                // Keycloak uses the characters of the secret as its bytes.
                let value = text(&secret, "value").ok_or("its authenticator app has no secret")?;
                let secret = match text(&data, "secretEncoding").as_deref() {
                    Some("BASE32") => value,
                    _ => data_encoding::BASE32_NOPAD.encode(value.as_bytes()),
                };
                own.insert("totp_secret".into(), json!(secret));
            }
            _ => {}
        }
    }
    Ok(own.into())
}

fn keycloak_hash(data: &Value, secret: &Value) -> Option<String> {
    let algorithm = text(data, "algorithm")?;
    let rounds = text(data, "hashIterations")?;
    let plain = |name: &str| Some(text(secret, name)?.trim_end_matches('=').to_owned());
    let (salt, value) = (plain("salt")?, plain("value")?);
    if algorithm != "argon2" {
        return Some(format!("${algorithm}$i={rounds}${salt}${value}"));
    }
    let parameters = data.get("additionalParameters")?;
    // Each parameter is a list with one element.
    let parameter = |name: &str| parameters.get(name)?.get(0)?.as_str().map(str::to_owned);
    let (kind, memory, lanes) = (
        parameter("type")?,
        parameter("memory")?,
        parameter("parallelism")?,
    );
    let version = match parameter("version")?.as_str() {
        "1.3" => 19,
        _ => 16,
    };
    Some(format!(
        "$argon2{kind}$v={version}$m={memory},t={rounds},p={lanes}${salt}${value}"
    ))
}

fn of_supabase(row: &Value) -> Result<Value, String> {
    let mut own = renamed(
        row,
        &[
            ("id", "foreign_id"),
            ("email", "email"),
            ("encrypted_password", "password_hash"),
            ("created_at", "created_at"),
            ("last_sign_in_at", "last_login"),
        ],
    );
    if text(row, "deleted_at").is_some() {
        return Err("the account was deleted in the other system".into());
    }
    let is_verified = text(row, "email_confirmed_at").is_some();
    own.insert("is_verified".into(), json!(is_verified));
    // Import banned users as disabled, even if the ban has ended: nobody decided to let them in here.
    own.insert(
        "is_active".into(),
        json!(text(row, "banned_until").is_none()),
    );
    let entries = list(row, "identities");
    let people = entries.iter().filter_map(|entry| {
        // Before 2023, the id itself was the provider's.
        let subject = if entry.get("provider_id").is_some() {
            "provider_id"
        } else {
            "id"
        };
        person(entry, "provider", subject, text(entry, "email").as_deref())
    });
    own.insert("identities".into(), people.collect());
    let told = row.get("raw_user_meta_data");
    let told = match told.and_then(Value::as_str) {
        Some(text) => serde_json::from_str(text).ok(),
        None => told.cloned(),
    };
    let name =
        told.and_then(|told: Value| text(&told, "full_name").or_else(|| text(&told, "name")));
    own.insert("full_name".into(), json!(name));
    Ok(own.into())
}

/// Superusers there administer that application, not the accounts here.
fn of_django(row: &Value) -> Value {
    let fields = row.get("fields").unwrap_or(row);
    let mut own = renamed(
        fields,
        &[
            ("email", "email"),
            ("is_active", "is_active"),
            ("date_joined", "created_at"),
            ("last_login", "last_login"),
        ],
    );
    let id = text(row, "pk").or_else(|| text(row, "id"));
    own.insert("foreign_id".into(), json!(id));
    own.insert(
        "full_name".into(),
        full_name(fields, "first_name", "last_name"),
    );
    // Django marks accounts without a usable password with `!`.
    let hash = text(fields, "password").filter(|hash| !hash.starts_with('!'));
    own.insert("password_hash".into(), json!(hash));
    own.into()
}

fn of_devise(row: &Value) -> Value {
    let mut own = renamed(
        row,
        &[
            ("id", "foreign_id"),
            ("email", "email"),
            ("encrypted_password", "password_hash"),
            ("name", "full_name"),
            ("created_at", "created_at"),
            ("current_sign_in_at", "last_login"),
        ],
    );
    // Without Devise's module for confirming email addresses, the column is missing.
    let is_verified = row.get("confirmed_at").is_none() || text(row, "confirmed_at").is_some();
    own.insert("is_verified".into(), json!(is_verified));
    own.into()
}

fn of_python(row: &Value) -> Value {
    let mut own = renamed(
        row,
        &[
            ("email", "email"),
            ("hashed_password", "password_hash"),
            ("full_name", "full_name"),
            ("phone_number", "phone_number"),
            ("is_active", "is_active"),
            ("is_verified", "is_verified"),
            ("is_superuser", "is_superuser"),
            ("is_mfa_enabled", "is_mfa_enabled"),
            ("created_at", "created_at"),
            ("last_login", "last_login"),
        ],
    );
    own.insert("foreign_id".into(), json!(text(row, "id")));
    own.into()
}

fn full_name(row: &Value, first: &str, last: &str) -> Value {
    let parts = [text(row, first), text(row, last)];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    json!((!parts.is_empty()).then(|| parts.join(" ")))
}

impl FirebaseParameters {
    /// Reads the password hash parameters of a Firebase project from a JSON object, with the names that the Firebase
    /// console shows.
    ///
    /// # Errors
    /// Returns which parameter is missing or wrong.
    pub fn read(document: &Value) -> Result<Self, String> {
        let wanted = |name: &str| text(document, name).ok_or(format!("{name} is missing"));
        let number = |name: &str| {
            wanted(name)?
                .parse()
                .map_err(|_| format!("{name} is no number"))
        };
        let parameters = Self {
            signer_key: wanted("base64_signer_key")?.into(),
            salt_separator: text(document, "base64_salt_separator").unwrap_or_default(),
            rounds: number("rounds")?,
            mem_cost: u8::try_from(number("mem_cost")?).map_err(|_| "mem_cost is too large")?,
        };
        if parameters.signer_key.expose_secret().is_empty() {
            return Err("base64_signer_key is empty".into());
        }
        Ok(parameters)
    }
}
