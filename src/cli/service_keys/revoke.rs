//! `regstack service-keys revoke`.

use serde_json::json;

use crate::accounts::Error;
use crate::cli::{Context, Failure, Result, progress, prompt};
use crate::model::{Id, ServiceKeyName};

/// Revoke a service key; takes effect with its next request
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  regstack service-keys revoke shop")]
pub(in crate::cli) struct Args {
    /// Its name or id, as `service-keys list` shows them
    #[arg(value_name = "NAME")]
    name: String,
}

pub(super) async fn run(args: &Args, context: &Context) -> Result {
    let app = context.open().await?;
    let what = || format!("the service key {} can't be revoked", args.name);
    let find = async {
        if let Ok(id) = args.name.parse::<Id>() {
            return app.accounts.service_key(id).await;
        }
        let name = ServiceKeyName::parse(&args.name).map_err(|_| Error::NoServiceKey)?;
        app.accounts.service_key_named(&name).await
    };
    let failed = |error| Failure::act(what(), error);
    let key = progress::waited(find).await.map_err(failed)?;
    let (id, name) = (key.id, &key.name);
    prompt::consent(
        context,
        &format!("revokes the service key {name}: the program that uses it loses access"),
    )
    .await?;
    let origin = context.origin();
    let revoked = app.accounts.revoke_service_key(&key, &origin);
    progress::waited(revoked).await.map_err(failed)?;
    let line = format!("revoked the service key {name} ({id})");
    context
        .output
        .print_lines(&json!({ "revoked": key.public() }), [line])
}
