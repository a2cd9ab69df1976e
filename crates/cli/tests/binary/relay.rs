//! A cable between a client and the server, which can be cut.

use std::net::SocketAddr;

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
};
use url::Url;

pub(crate) struct Relay {
    address: SocketAddr,
    is_whole: watch::Sender<bool>,
}

impl Relay {
    /// Listens at a free port, and passes everything on to `server`.
    pub(crate) async fn to(server: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (is_whole, watched) = watch::channel(true);
        let server = server.to_owned();
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                tokio::spawn(pass(near, server.clone(), watched.clone()));
            }
        });
        Self { address, is_whole }
    }

    pub(crate) fn url(&self) -> Url {
        format!("http://{}", self.address).parse().unwrap()
    }

    /// Breaks every connection, and each new one at once.
    pub(crate) fn cut(&self) {
        self.is_whole.send_replace(false);
    }

    pub(crate) fn mend(&self) {
        self.is_whole.send_replace(true);
    }
}

async fn pass(mut near: TcpStream, server: String, mut is_whole: watch::Receiver<bool>) {
    let passing = async {
        let mut far = TcpStream::connect(server).await?;
        copy_bidirectional(&mut near, &mut far).await
    };
    tokio::select! {
        // Where the relay is gone nothing is passed on, either.
        _ = is_whole.wait_for(|is_whole| !is_whole) => {}
        _ = passing => {}
    }
}
