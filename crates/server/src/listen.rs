//! Where readers arrive: one socket for each core on the same address, and files for all of them.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::thread;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use socket2::{Domain, Protocol, Socket, Type};

use crate::limits::{BACKLOG, FILES_KEPT, Limits};

/// One socket for each core, all on one address: the system spreads arriving readers over them, and
/// no core waits for another.
#[derive(Debug)]
pub struct Listeners {
    pub(crate) sockets: Vec<TcpListener>,
    address: SocketAddr,
}

impl Listeners {
    /// Binds an address for as many cores as there are.
    ///
    /// # Errors
    /// The address is taken, also by another server that would share it.
    pub fn bind(address: SocketAddr) -> io::Result<Self> {
        // A server of another installation shares its address with whoever asks to: this one is
        // bound as if nobody did, so that the second to come is told.
        let asking = socket(address, false)?;
        let address = bound(&asking, address)?;
        drop(asking);
        let count = thread::available_parallelism().map_or(1, usize::from);
        let sockets = (0..count)
            .map(|_| {
                let socket = socket(address, true)?;
                socket.bind(&address.into())?;
                socket.listen(BACKLOG)?;
                socket.set_nonblocking(true)?;
                Ok(TcpListener::from(socket))
            })
            .collect::<io::Result<Vec<_>>>()?;
        Ok(Self { sockets, address })
    }

    /// The address they are bound to, with the port that the system chose where none was named.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }
}

fn socket(address: SocketAddr, is_shared: bool) -> io::Result<Socket> {
    let socket = Socket::new(
        Domain::for_address(address),
        Type::STREAM,
        Some(Protocol::TCP),
    )?;
    // What an earlier run left waiting on the address does not keep it.
    socket.set_reuse_address(true)?;
    socket.set_reuse_port(is_shared)?;
    Ok(socket)
}

fn bound(socket: &Socket, address: SocketAddr) -> io::Result<SocketAddr> {
    socket.bind(&address.into())?;
    let bound = socket.local_addr()?.as_socket();
    bound.ok_or_else(|| io::Error::other("the address is none of the internet's"))
}

/// Raises how many files this process may open to what the system allows, and says how many that
/// is: each connection is one.
pub fn raise_open_files() -> u64 {
    let limit = getrlimit(Resource::Nofile);
    let most = limit.maximum.unwrap_or(u64::MAX);
    if limit.current == limit.maximum {
        return most;
    }
    let wanted = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    match setrlimit(Resource::Nofile, wanted) {
        Ok(()) => most,
        Err(_) => limit.current.unwrap_or(most),
    }
}

impl Limits {
    /// The same where only so many files can be opened: connections leave [`FILES_KEPT`] to the
    /// rest of the process, and streams leave a third of the connections to readers who come.
    #[must_use]
    pub fn within(self, open_files: u64) -> Self {
        let open_files = usize::try_from(open_files).unwrap_or(usize::MAX);
        let connections = self
            .connections
            .min(open_files.saturating_sub(FILES_KEPT).max(1));
        Self {
            connections,
            event_streams: self.event_streams.min(connections / 3 * 2),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_core_has_a_socket_and_no_other_server_shares_the_address() {
        let first = Listeners::bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let cores = thread::available_parallelism().unwrap().get();
        assert_eq!(first.sockets.len(), cores);
        for socket in &first.sockets {
            assert_eq!(socket.local_addr().unwrap(), first.address());
        }
        let second = Listeners::bind(first.address()).unwrap_err();
        assert_eq!(second.kind(), io::ErrorKind::AddrInUse);
        let address = first.address();
        drop(first);
        Listeners::bind(address).unwrap();
    }

    #[test]
    fn as_many_files_may_be_opened_as_the_system_allows() {
        let most = raise_open_files();
        let limit = getrlimit(Resource::Nofile);
        assert_eq!(limit.current, limit.maximum);
        assert_eq!(most, limit.maximum.unwrap_or(u64::MAX));
    }

    #[test]
    fn connections_leave_files_to_the_rest_and_streams_leave_connections_to_readers() {
        let roomy = Limits::default().within(1_000_000);
        assert_eq!(roomy, Limits::default());
        let narrow = Limits::default().within(1_024);
        assert_eq!((narrow.connections, narrow.event_streams), (512, 340));
        assert_eq!(Limits::default().within(0).connections, 1);
    }
}
