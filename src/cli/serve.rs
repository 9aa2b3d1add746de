//! `regstack serve`: loads the settings, runs the server, and shuts it down.

use std::thread;

use rustix::process::{Resource, Rlimit, setrlimit};
use tokio::runtime::Builder;
use tokio::signal::unix::SignalKind;
use tokio::sync::oneshot;
use tokio::task::{JoinError, JoinSet};
use tokio_util::sync::CancellationToken;
use tracing_appender::non_blocking::WorkerGuard;

use super::logging::Relevel;
use super::memory::Ceiling;
use super::output::Output;
use super::reload::Reload;
use super::service_manager::{self, Heartbeat};
use super::serving::describe;
use super::signals::{Signals, heard};
use super::{Context, Failure, Result, dev, insight, logging, preflight, traces};
use crate::app::App;
use crate::config::{self, Bind, ConfigError, Loaded, Sources};
use crate::delivery::Mailbox;
use crate::http::{self, Listener, ServeError};

/// The name of the thread for background work.
const BACKGROUND: &str = "background";

const AFTER_HELP: &str = "\
--dev keeps a database and a secret in .regstack/, turns on the pages and the
admin API, and listens on this machine only. It shows emails here and at
/dev/mailbox instead of sending them. Sessions are in a cookie, unless you change
.regstack/regstack.toml. It ignores ./regstack.toml; environment variables, or a
file named with --config, can change other settings. To use its accounts with
other commands, add --config .regstack.

Ctrl-C or SIGTERM lets running requests finish; a second one stops at once. SIGHUP
reloads the log level, templates and TLS certificate (with --dev, it stops).

Example:
  regstack serve --dev --bind 127.0.0.1:9000";

/// Run the HTTP server
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// Address and port (or unix:PATH) to listen on, instead of the configured one
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    bind: Option<String>,
    /// Try it without any configuration
    #[arg(long)]
    dev: bool,
    /// Create the SQLite file if it doesn't exist
    #[arg(long, conflicts_with = "dev")]
    create: bool,
}

fn address(text: &str) -> Result<String, String> {
    config::key("bind").map_err(|(what, _)| what)?.check(text)?;
    Ok(text.to_owned())
}

pub(super) async fn run(args: &Args, context: &Context) -> Result {
    let mut signals = Signals::listen(args.dev)?;
    let mut hangup = heard(SignalKind::hangup())?;
    no_core_dumps();
    let Settled {
        loaded,
        listener,
        metrics,
        sources,
    } = settle(args, context).await?;
    let (_log, relevel) = start_log(&loaded, context)?;
    let _traces = traces::start();
    let reload = Reload {
        context,
        sources,
        relevel,
    };
    let mut warnings = preflight::warnings(&loaded, args.dev);
    warnings.splice(..0, loaded.warnings.clone());
    let address = listener
        .address()
        .map_err(|cause| Failure::failed("the listening address is unknown").because(cause))?;
    let mailbox = args.dev.then(Mailbox::default);
    let ambient = insight::known(context, &loaded, mailbox.clone(), args.dev);
    let app = Box::pin(context.assemble(loaded, ambient)).await?;
    // Settings of --dev don't need a warning.
    warnings.retain(|warning| warning.layer != dev::LAYER);
    for warning in warnings {
        tracing::warn!("{warning}");
    }
    // Who tries it out has nothing to plan.
    if args.dev {
        tracing::debug!("{}", Ceiling::of(&app.settings));
    } else {
        tracing::info!("{}", Ceiling::of(&app.settings));
    }
    let serving = tokio::select! {
        () = signals.next() => return Ok(()),
        serving = describe(&app, &address, mailbox.is_some()) => serving?,
    };

    let stop = CancellationToken::new();
    let mut tasks = JoinSet::new();
    let heartbeat = Heartbeat::new();
    tasks.spawn(work(app.clone(), stop.clone(), heartbeat.clone())?);
    let answered = CancellationToken::new();
    tasks.spawn({
        let (stop, answered) = (stop.clone(), answered.clone());
        let served = app.clone();
        async move {
            let ended = answer(served, listener, stop).await;
            answered.cancel();
            ended
        }
    });
    if let Some(listener) = metrics {
        tasks.spawn(answer_metrics(app.clone(), listener, stop.clone()));
    }
    if let Some(mailbox) = mailbox {
        tokio::spawn(show_mail(mailbox, context.output.clone()));
    }
    context.output.print(&serving)?;
    service_manager::ready();

    let mut failure = tokio::select! {
        () = signals.next() => None,
        never = reload.at_every(&mut hangup, &app) => match never {},
        never = service_manager::watchdog(heartbeat) => match never {},
        ended = tasks.join_next() => ended.and_then(why_ended).or_else(|| Some(Failure::failed("a part of the server ended unexpectedly"))),
    };
    tracing::info!("stopping; waiting for running requests");
    service_manager::stopping();
    stop.cancel();
    let rest = async {
        while let Some(ended) = tasks.join_next().await {
            failure = failure.take().or(why_ended(ended));
        }
    };
    tokio::select! {
        () = rest => failure.map_or(Ok(()), Err),
        // Interrupted deliveries are repeated by the next server.
        () = signals.again() => if answered.is_cancelled() {
            Ok(())
        } else {
            Err(Failure::failed("stopped at once; running requests were interrupted"))
        },
    }
}

/// The settings, and the sockets that they require.
struct Settled {
    loaded: Loaded,
    listener: Listener,
    metrics: Option<Listener>,
    sources: Sources,
}

async fn settle(args: &Args, context: &Context) -> Result<Settled> {
    let mut sources = context.sources();
    if let Some(bind) = &args.bind {
        sources.flags.push(("bind".into(), bind.clone(), "--bind"));
    }
    if args.dev {
        dev::prepare(context, &mut sources)?;
    }
    let mut loaded = config::load(&sources).map_err(unconfigured)?;
    if args.dev {
        dev::check_bind(&loaded)?;
    }
    let mailbox = args.dev.then(Mailbox::default);
    let faults = preflight::faults(&loaded, &context.ambient(mailbox));
    if !faults.is_empty() {
        return Err(Failure::faults(&faults));
    }
    let listener = match service_manager::passed_socket()? {
        Some(passed) => passed,
        None => http::bind(&loaded.settings.server)
            .await
            .map_err(|error| cannot_listen(error, &loaded))?,
    };
    if !args.dev && !args.create {
        refuse_to_start_over(&loaded)?;
    }
    if let (true, Ok(Bind::Tcp(address))) = (args.dev, listener.address()) {
        dev::follow(address, context, &mut sources)?;
        loaded = config::load(&sources)?;
    }
    let metrics = http::bind_metrics(&loaded.settings.server)
        .await
        .map_err(|error| cannot_listen(error, &loaded))?;
    Ok(Settled {
        loaded,
        listener,
        metrics,
        sources,
    })
}

/// Refuses to start if an installation's database is missing. Otherwise the server would continue with an empty one,
/// and look healthy.
fn refuse_to_start_over(loaded: &Loaded) -> Result {
    match loaded.settings.database.engine.missing() {
        Some(missing) if !loaded.files.is_empty() => {
            let place = preflight::database_place(&loaded.settings, &loaded.values);
            Err(Failure::no_database(&missing, &place).next(
                "cd to the installation, or name it with --config; regstack db restore brings a backup back; \
                 regstack db migrate or serve --create creates a new database",
            ))
        }
        _ => Ok(()),
    }
}

/// If there is no installation at all, suggests how to try regstack.
fn unconfigured(error: ConfigError) -> Failure {
    let nothing = error.files.is_empty()
        && matches!(error.faults.as_slice(), [fault] if fault.key == "jwt_secret" && fault.layer == "default");
    let failure = Failure::from(error);
    if nothing {
        failure.next("to try it out, run regstack serve --dev; to set it up, run regstack init; to use an existing installation, add --config PATH")
    } else {
        failure
    }
}

/// Returns why the server cannot listen on the address, with the layer of the setting.
fn cannot_listen(error: ServeError, loaded: &Loaded) -> Failure {
    let ServeError::Bind {
        setting,
        address,
        source,
    } = error
    else {
        return error.into();
    };
    Failure::failed(format!("can't listen on {address}"))
        .because(format!(
            "{source} ({setting}: {})",
            preflight::layer(&loaded.values, setting)
        ))
        .next(if setting == "bind" {
            "choose another address with --bind"
        } else {
            "choose another address for metrics_bind"
        })
}

/// Turns off core dumps, because the server's memory contains passwords and keys.
fn no_core_dumps() {
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    if let Err(cause) = setrlimit(Resource::Core, none) {
        tracing::warn!(%cause, "turning off core dumps failed");
    }
}

fn start_log(loaded: &Loaded, context: &Context) -> Result<(WorkerGuard, Relevel)> {
    let server = &loaded.settings.server;
    logging::init_in_background(
        server.log_format,
        context.log_level("warn", &server.log_level),
        context.output.stderr_colors(),
    )
}

/// Runs the background work on a separate thread, so that slow mail servers and webhook receivers delay no request.
fn work(
    app: App,
    stop: CancellationToken,
    heartbeat: Heartbeat,
) -> Result<impl Future<Output = Result> + use<>> {
    let failed = "the background thread can't start";
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|cause| Failure::failed(failed).because(cause))?;
    let (done, ended) = oneshot::channel();
    thread::Builder::new()
        .name(BACKGROUND.to_owned())
        .spawn(move || {
            runtime.block_on(async {
                tokio::join!(app.run_workers(stop.clone()), heartbeat.beat(&stop));
            });
            // Fails only if the receiver is gone.
            let _ = done.send(());
        })
        .map_err(|cause| Failure::failed(failed).because(cause))?;
    Ok(async {
        let crashed = |_| Failure::failed("a part of the server crashed");
        ended.await.map_err(crashed)
    })
}

async fn answer(app: App, listener: Listener, stop: CancellationToken) -> Result {
    Ok(http::serve(&app, listener, stop).await?)
}

/// Serves the metrics on their own address.
async fn answer_metrics(app: App, listener: Listener, stop: CancellationToken) -> Result {
    if let Ok(address) = listener.address() {
        tracing::info!(%address, "metrics are served at /metrics");
    }
    Ok(http::serve_metrics(&app, listener, stop).await?)
}

/// Returns what went wrong in a part of the server that has ended.
fn why_ended(ended: Result<Result, JoinError>) -> Option<Failure> {
    match ended {
        Ok(Ok(())) => None,
        Ok(Err(failure)) => Some(failure),
        Err(crash) => Some(Failure::failed("a part of the server crashed").because(crash)),
    }
}

/// Prints every message that `--dev` catches.
async fn show_mail(mailbox: Mailbox, output: Output) {
    let mut arrivals = mailbox.subscribe();
    while let Ok(message) = arrivals.recv().await {
        output.say(&if message.html.is_some() {
            format!("mail to {}: {}", message.to, message.subject)
        } else {
            format!("SMS to {}", message.to)
        });
        for line in message.text.lines() {
            output.say(&format!("  | {line}"));
        }
    }
}
