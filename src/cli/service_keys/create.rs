//! `regstack service-keys create`.

use jiff::{Span, Timestamp};
use serde::Serialize;

use crate::accounts::NewServiceKey;
use crate::cli::output::{Canvas, Report};
use crate::cli::{Context, Failure, Result, progress};
use crate::model::{Scopes, ServiceKeyName, ServiceKeyPublic};

/// Create a service key and show it once
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Scopes: introspect checks session tokens; admin:read reads from the admin API;
admin:write allows everything there except managing service keys.

Example:
  regstack service-keys create shop --scope introspect --expires 90d")]
pub(in crate::cli) struct Args {
    /// Name of the program, for the audit trail
    #[arg(value_name = "NAME", value_parser = ServiceKeyName::parse)]
    name: ServiceKeyName,
    /// What the key may be used for, separated by commas
    #[arg(long, value_name = "SCOPES", value_parser = Scopes::parse)]
    scope: Scopes,
    /// Time until the key expires, such as 90d or 12h; never by default
    #[arg(long, value_name = "TIME", value_parser = span)]
    expires: Option<Span>,
}

fn span(text: &str) -> Result<Span, &'static str> {
    let span: Option<Span> = text.trim().parse().ok();
    span.filter(|span| span.is_positive())
        .ok_or("expected a time such as 90d, 12h or 1y")
}

#[derive(Serialize)]
struct Made {
    service_key: ServiceKeyPublic,
    key: String,
}

impl Report for Made {
    /// Prints only the key, so that it can be redirected to a file or a variable.
    fn draw(&self, canvas: &mut Canvas<'_>) {
        canvas.line(&self.key);
    }
}

pub(super) async fn run(args: &Args, context: &Context) -> Result {
    let expires_at = args.expires.map(|span| after(context, span)).transpose()?;
    let app = context.open().await?;
    let name = &args.name;
    let wanted = NewServiceKey {
        name: name.clone(),
        scopes: args.scope.clone(),
        expires_at,
    };
    let origin = context.origin();
    let made = app.accounts.create_service_key(wanted, &origin);
    let (key, text) = progress::waited(made)
        .await
        .map_err(|error| Failure::act(format!("the service key {name} can't be created"), error))?;
    context.output.say(&format!(
        "created the service key {name} ({}); it is not shown again",
        key.scopes
    ));
    context.output.print(&Made {
        service_key: key.public(),
        key: text.expose().to_owned(),
    })
}

fn after(context: &Context, span: Span) -> Result<Timestamp> {
    let now = context.clock.now().to_zoned(context.output.zone().clone());
    let moment = now.checked_add(span).map(|moment| moment.timestamp());
    moment.map_err(|cause| Failure::refused("this time is out of range").because(cause))
}
