//! How the program asks a provider of sign-in over the network: no redirects, a short wait, a short answer.

use std::time::Duration;

use anyhow::Context;
use keniki_app::account::provider::{Answering, Request, Response, Unreachable, Wire};
use reqwest::redirect::Policy;

/// How long one answer may take; three of them fit into a request.
const LONGEST: Duration = Duration::from_secs(8);

/// How long an answer may be: keys and documents are a few kilobytes.
const LARGEST_BYTES: usize = 512 * 1024;

/// The network.
pub struct Network(reqwest::Client);

impl Network {
    /// With the certificates that this machine trusts, and the proxy that its environment names.
    pub fn open() -> anyhow::Result<Self> {
        Self::within(LONGEST)
    }

    fn within(longest: Duration) -> anyhow::Result<Self> {
        // Whoever comes second finds the same one there.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .redirect(Policy::none())
            .timeout(longest)
            .user_agent("keniki")
            .build();
        let client = client.context("ネットワークを使う準備ができません")?;
        Ok(Self(client))
    }

    async fn answer(&self, request: Request) -> Result<Response, reqwest::Error> {
        let mut answer = self.0.execute(request.try_into()?).await?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let mut body = Vec::new();
        while let Some(part) = answer.chunk().await? {
            body.extend_from_slice(&part);
            if body.len() > LARGEST_BYTES {
                // What is too long is no answer of a provider: cut, it cannot be read.
                body.clear();
                break;
            }
        }
        let mut response = Response::new(body);
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        Ok(response)
    }
}

impl Wire for Network {
    fn ask(&self, request: Request) -> Answering<'_> {
        Box::pin(async move {
            // Addresses may carry what a person is known by: only the kind of trouble is logged.
            self.answer(request).await.map_err(|error| {
                let (slow, no_way) = (error.is_timeout(), error.is_connect());
                tracing::warn!(slow, no_way, "a provider of sign-in did not answer");
                Unreachable
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    /// A server that says the same to everybody; its address.
    async fn saying(answer: impl Into<Vec<u8>>) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, answer) = (listener.local_addr().unwrap(), answer.into());
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut asked = [0; 4096];
                let _ = stream.read(&mut asked).await;
                let _ = stream.write_all(&answer).await;
                match answer.is_empty() {
                    true => tokio::time::sleep(Duration::from_secs(60)).await,
                    false => drop(stream),
                }
            }
        });
        format!("http://{address}/")
    }

    async fn ask(address: &str) -> Result<Response, Unreachable> {
        let network = Network::within(Duration::from_millis(500)).unwrap();
        let mut request = Request::new(Vec::new());
        *request.uri_mut() = address.parse().unwrap();
        network.ask(request).await
    }

    #[tokio::test]
    async fn an_answer_comes_back_whole() {
        let address = saying("HTTP/1.1 200 OK\r\ncontent-length: 2\r\nx-a: b\r\n\r\n{}").await;
        let answer = ask(&address).await.unwrap();
        assert_eq!(
            (answer.status().as_u16(), &answer.body()[..]),
            (200, &b"{}"[..])
        );
        assert_eq!(answer.headers()["x-a"], "b");
    }

    #[tokio::test]
    async fn no_redirect_is_followed() {
        let elsewhere = saying("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").await;
        let head =
            format!("HTTP/1.1 302 Found\r\nlocation: {elsewhere}\r\ncontent-length: 0\r\n\r\n");
        let answer = ask(&saying(head).await).await.unwrap();
        assert_eq!(answer.status().as_u16(), 302);
    }

    #[tokio::test]
    async fn silence_and_a_closed_door_are_no_answer() {
        assert!(ask(&saying("").await).await.is_err());
        assert!(ask("http://127.0.0.1:1/").await.is_err());
    }

    #[tokio::test]
    async fn an_endless_answer_is_cut_off() {
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n",
            LARGEST_BYTES * 2
        );
        let long = [head.into_bytes(), vec![b'a'; LARGEST_BYTES * 2]].concat();
        assert!(ask(&saying(long).await).await.unwrap().body().is_empty());
    }
}
