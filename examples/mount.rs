//! regstack mounted in an axum application of your own: `cargo run --example mount`, then open
//! <http://127.0.0.1:8000/api/auth/me> or sign up at <http://127.0.0.1:8000/account/register>.
//!
//! Two instances run in this one process and share nothing: customers on port 8000, staff on port 8001. Each has its
//! own database, secret and accounts. Ctrl-C lets requests under way finish.

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

/// Only for people who are logged in: the argument says so.
async fn orders(signed_in: SignedIn) -> String {
    format!("Orders of {}", signed_in.user().email)
}

/// Only for administrators.
async fn report(admin: Admin) -> String {
    format!("Report for {}", admin.user().email)
}

/// For everybody; who is logged in is greeted by name.
async fn home(visitor: Option<SignedIn>) -> String {
    let name = visitor.map(|signed_in| signed_in.user().email);
    format!("Welcome, {}", name.as_deref().unwrap_or("stranger"))
}

/// One instance, whose configuration may stand in `folder`, and the routes that it protects.
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
            // An application keeps its secret: with a new one at each start everybody has to log in again.
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
    let routes = own.merge(regstack::router(&app));
    Ok((app, routes))
}

/// Serves one instance with axum's own server until `stop`, and lets what is under way finish.
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

/// Serves two instances, each over its own database, until `stop`.
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
