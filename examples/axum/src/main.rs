//! An application whose routes need a regstack session, which it verifies with the published keys.

mod session;

use std::env;
use std::error::Error;

use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};
use session::{Session, Verifier};
use tokio::net::TcpListener;

async fn orders(session: Session) -> Json<Value> {
    Json(json!({ "orders_of": session.account }))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let server = env::var("REGSTACK_URL").unwrap_or_else(|_| "http://127.0.0.1:8000".to_owned());
    let audience = env::var("REGSTACK_AUDIENCE").ok(); // your jwt_audience, if you set one
    let port = env::var("PORT").unwrap_or_else(|_| "3000".to_owned());

    let sessions = Verifier::new(reqwest::Client::new(), &server, audience.as_deref());
    let app = Router::new()
        .route("/orders", get(orders))
        .with_state(sessions);

    let listener = TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    println!("listening on http://{}", listener.local_addr()?);
    Ok(axum::serve(listener, app).await?)
}
