//! The pages in Chromium: every flow by its page, real mails and codes, both transports.

mod account;
mod again;
mod brand;
mod console;
mod console_proof;
mod contact_sheet;
mod docs;
mod flows;
mod keyboard;
mod lighthouse;
mod look;
mod mailbox;
mod oauth;
mod overrides;
mod passkeys;
mod pseudo;
mod second_factors;
mod sessions;
mod sheet;
mod sign_up;
mod states;
mod tour;
mod way_back;

use regstack::internals::config::{Settings, Transport};

use crate::support::actor::PASSWORD;
use crate::support::browser::Browser;
use crate::support::served::Served;

/// One with everything on that pages are for.
async fn served(transport: Transport) -> Served {
    served_with(transport, |_| ()).await
}

async fn served_with(transport: Transport, change: impl FnOnce(&mut Settings)) -> Served {
    Served::with(|settings| {
        settings.features.enable_ui_router = true;
        settings.features.enable_sms_2fa = true;
        settings.tokens.transport = transport;
        change(settings);
    })
    .await
}

/// The link in the newest mail to an address, once `count` went there.
async fn link(served: &Served, email: &str, count: usize) -> String {
    let mails = served.mails(email, count).await;
    // A notice that was queued before the link can arrive after it.
    let with_link = mails.iter().find(|mail| mail.contains("token="));
    let mut words = with_link.expect("a mail with a link").split_whitespace();
    let link = words.find(|word| word.starts_with("http"));
    link.expect("a link in the mail").to_owned()
}

/// A browser in which somebody is logged in who has the usual password.
async fn at_home(served: &Served, email: &str) -> Browser {
    served.account(email, |_| ()).await;
    let browser = Browser::at(served).await;
    browser.log_in(email, PASSWORD).await;
    browser.is_home_of(email).await;
    browser
}
