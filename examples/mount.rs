//! regstack mounted in your own axum application: `cargo run --example mount`, then open
//! <http://127.0.0.1:8000/api/auth/me> or sign up at <http://127.0.0.1:8000/account/register>.
//!
//! Two instances run in this process and share nothing: customers on port 8000, staff on port 8001. Each has its own
//! database, secret and accounts. Ctrl-C stops both after running requests have finished.

#![allow(
    clippy::disallowed_methods,
    reason = "a program of its own draws its own randomness"
)]

use std::error::Error;
use std::path::Path;

use axum::Router;
use axum::routing::get;
use regstack::{Admin, Ambient, App, SignedIn, Sources};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Only for people who are logged in, because of the parameter `SignedIn`.
async fn orders(signed_in: SignedIn) -> String {
    format!("Orders of {}", signed_in.user().email)
}

/// Only for administrators.
async fn report(admin: Admin) -> String {
    format!("Report for {}", admin.user().email)
}

/// For everyone. Greets people who are logged in by their email address.
async fn home(visitor: Option<SignedIn>) -> String {
    let name = visitor.map(|signed_in| signed_in.user().email);
    format!("Welcome, {}", name.as_deref().unwrap_or("stranger"))
}

/// Opens one instance, whose configuration may be in `folder`, and returns it with the routes that it protects.
async fn instance(
    folder: &Path,
    database_url: String,
    base_url: &str,
) -> Result<(App, Router), Box<dyn Error>> {
    let secret: [u128; 2] = rand::random();
    let setting = |key: &str, value: String| (key.to_owned(), value);
    let sources = Sources {
        environment: [
            setting("REGSTACK_BASE_URL", base_url.to_owned()),
            setting("REGSTACK_DATABASE_URL", database_url),
            // Store the secret in a real application: with a new one at each start, everyone has to log in again.
            setting(
                "REGSTACK_JWT_SECRET",
                format!("{:032x}{:032x}", secret[0], secret[1]),
            ),
            setting("REGSTACK_REQUIRE_VERIFICATION", "false".to_owned()),
            setting("REGSTACK_ENABLE_UI_ROUTER", "true".to_owned()),
        ]
        .into(),
        working_dir: folder.to_owned(),
        ..Sources::default()
    };
    let app = App::open(
        regstack::load_settings(&sources)?.settings,
        Ambient::system(),
    )
    .await?;
    let own = Router::new()
        .route("/", get(home))
        .route("/orders", get(orders))
        .route("/report", get(report))
        .with_state(app.clone());
    // Sessions in cookies are also renewed while people use these pages.
    let own = regstack::renew_sessions(own, &app);
    let routes = own.merge(regstack::router(&app));
    Ok((app, routes))
}

/// Serves one instance with axum's own server until `stop`, then lets running requests finish.
async fn serve(
    app: App,
    routes: Router,
    listener: TcpListener,
    stop: CancellationToken,
) -> std::io::Result<()> {
    let routes = routes.into_make_service_with_connect_info::<std::net::SocketAddr>();
    let server =
        axum::serve(listener, routes).with_graceful_shutdown(stop.clone().cancelled_owned());
    let (outcome, ()) = tokio::join!(server, app.run_workers(stop));
    app.finish_requests().await;
    outcome
}

/// Serves two instances, each with its own database, until `stop`.
pub async fn run(
    folder: &Path,
    [of_customers, of_staff]: [String; 2],
    [customers, staff]: [TcpListener; 2],
    stop: CancellationToken,
) -> Result<(), Box<dyn Error>> {
    let url = |listener: &TcpListener| {
        Ok::<_, std::io::Error>(format!("http://{}", listener.local_addr()?))
    };
    let (first, first_routes) = instance(folder, of_customers, &url(&customers)?).await?;
    let (second, second_routes) = instance(folder, of_staff, &url(&staff)?).await?;
    tokio::try_join!(
        serve(first, first_routes, customers, stop.clone()),
        serve(second, second_routes, staff, stop),
    )?;
    Ok(())
}

#[tokio::main]
#[allow(dead_code, reason = "the test of this example calls `run`")]
async fn main() -> Result<(), Box<dyn Error>> {
    let listeners = [
        TcpListener::bind("127.0.0.1:8000").await?,
        TcpListener::bind("127.0.0.1:8001").await?,
    ];
    let stop = CancellationToken::new();
    let interrupted = stop.clone();
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            interrupted.cancel();
        }
    });
    let folder = std::env::temp_dir().join("regstack-mount");
    std::fs::create_dir_all(&folder)?;
    let databases = ["customers", "staff"]
        .map(|name| format!("sqlite:///{}", folder.join(format!("{name}.db")).display()));
    run(&folder, databases, listeners, stop).await
}
