//! `serve` in a build without traces, where somebody asks for them.

use crate::support::actor::Requests as _;
use crate::support::process::{Place, Server};

const WORDS: &str = "but this build has no traces";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_build_without_traces_says_so_once() {
    for (variables, warnings) in [
        (
            &[("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")][..],
            1,
        ),
        (
            &[("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://127.0.0.1:9/t")],
            1,
        ),
        (&[("OTEL_EXPORTER_OTLP_ENDPOINT", "")], 0),
        (
            &[
                ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9"),
                ("OTEL_SDK_DISABLED", "true"),
            ],
            0,
        ),
        (&[], 0),
    ] {
        let place = Place::configured();
        let mut command = place.command(&["serve", "--json", "--create"]);
        command.envs(variables.iter().copied());
        let server = Server::start(command);
        server.get("//healthz").await.is(200);
        let said = server.stop();
        assert_eq!(
            said.matches(WORDS).count(),
            warnings,
            "{variables:?}: {said}"
        );
    }
}
