//! A minimal HTTP client that keeps many connections busy, and the results that it measures.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// The results of a load test.
#[derive(Clone, Copy, Default)]
pub(crate) struct Load {
    /// Requests per second.
    pub(crate) rate: f64,
    /// Processor time of the server per request, in microseconds.
    pub(crate) cost: f64,
    /// The median and the 99th percentile of the response time, in milliseconds.
    pub(crate) median: f64,
    pub(crate) p99: f64,
}

/// Repeats one request on many connections. Every response has to be a success.
pub(crate) async fn load(
    address: &str,
    request: &str,
    connections: usize,
    duration: Duration,
    process: u32,
) -> Load {
    let request: Arc<[u8]> = request.as_bytes().into();
    let mut clients = Vec::new();
    for _ in 0..connections {
        clients.push(Client::connect(address).await);
    }
    let spent = processor_seconds(process);
    let started = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for mut client in clients {
        let request = request.clone();
        tasks.spawn(async move {
            let mut times = Vec::with_capacity(1 << 16);
            let mut length = None;
            while started.elapsed() < duration {
                let asked = Instant::now();
                client.repeat(&request, &mut length).await;
                times.push(u32::try_from(asked.elapsed().as_micros()).unwrap_or(u32::MAX));
            }
            times
        });
    }
    let mut times: Vec<u32> = tasks.join_all().await.concat();
    let elapsed = started.elapsed().as_secs_f64();
    let spent = processor_seconds(process) - spent;
    times.sort_unstable();
    let count = f64::from(u32::try_from(times.len()).expect("not so many"));
    let at = |of_hundred: usize| f64::from(times[(times.len() - 1) * of_hundred / 100]) / 1000.0;
    Load {
        rate: count / elapsed,
        cost: spent * 1e6 / count,
        median: at(50),
        p99: at(99),
    }
}

/// Returns the processor time that a process has used in user and kernel mode, in seconds.
pub(crate) fn processor_seconds(process: u32) -> f64 {
    const TICKS_A_SECOND: f64 = 100.0;
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let after_name = stat.rsplit(") ").next().unwrap_or_default();
    let ticks = after_name.split_whitespace().skip(11).take(2);
    let ticks = ticks.filter_map(|ticks| ticks.parse::<f64>().ok());
    ticks.sum::<f64>() / TICKS_A_SECOND
}

/// One connection.
pub(crate) struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Client {
    pub(crate) async fn connect(address: &str) -> Self {
        let stream = TcpStream::connect(address)
            .await
            .expect("the server accepts");
        stream.set_nodelay(true).expect("a TCP option");
        Self {
            stream,
            buffer: Vec::with_capacity(4096),
        }
    }

    /// Sends a request over and over. Responses that are as long as the first one aren't parsed.
    async fn repeat(&mut self, request: &[u8], length: &mut Option<usize>) {
        self.stream
            .write_all(request)
            .await
            .expect("the server reads");
        self.buffer.clear();
        while *length != Some(self.buffer.len()) && whole(&self.buffer) != Some(self.buffer.len()) {
            let read = self
                .stream
                .read_buf(&mut self.buffer)
                .await
                .expect("the server answers");
            assert!(read > 0, "the server closed the connection");
            if length.is_none() {
                *length = whole(&self.buffer);
            }
        }
        assert!(
            self.buffer.starts_with(b"HTTP/1.1 20"),
            "{}",
            String::from_utf8_lossy(&self.buffer)
        );
    }

    /// Sends a request and returns the response.
    pub(crate) async fn exchange(&mut self, request: &str) -> String {
        self.stream
            .write_all(request.as_bytes())
            .await
            .expect("the server reads");
        self.buffer.clear();
        while whole(&self.buffer).is_none_or(|length| self.buffer.len() < length) {
            let read = self
                .stream
                .read_buf(&mut self.buffer)
                .await
                .expect("the server answers");
            assert!(read > 0, "the server closed the connection");
        }
        String::from_utf8_lossy(&self.buffer).into_owned()
    }
}

/// Returns the length of the whole response once its header is complete, or once the response is, if it is chunked.
fn whole(answer: &[u8]) -> Option<usize> {
    let text = String::from_utf8_lossy(answer).to_ascii_lowercase();
    let (head, body) = text.split_once("\r\n\r\n")?;
    if head.contains("\r\ntransfer-encoding: chunked") {
        return body.ends_with("\r\n0\r\n\r\n").then_some(answer.len());
    }
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
    Some(head.len() + 4 + length.unwrap_or(0))
}

/// Returns a request to the API.
pub(crate) fn request(method: &str, path: &str, token: Option<&str>, body: &str) -> String {
    let authorization = token
        .map(|token| format!("authorization: Bearer {token}\r\n"))
        .unwrap_or_default();
    let length = body.len();
    let content = match body.starts_with('{') {
        _ if body.is_empty() => String::new(),
        true => format!("content-type: application/json\r\ncontent-length: {length}\r\n"),
        false => format!(
            "content-type: application/x-www-form-urlencoded\r\ncontent-length: {length}\r\n"
        ),
    };
    format!("{method} /api/auth{path} HTTP/1.1\r\nhost: x\r\n{authorization}{content}\r\n{body}")
}
