// Stand-ins for what messages are sent to: a mailbox and a room.
import { createServer as createHttp } from 'node:http';
import { createServer as createTcp } from 'node:net';

const listening = (server) =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)));

// A mail server that takes every mail (RFC 5321, no more of it than is asked) and keeps it.
export async function mailbox() {
  const mails = [];
  const server = createTcp((socket) => {
    let rest = '';
    let mail = null;
    socket.on('error', () => {});
    socket.write('220 mailbox\r\n');
    socket.on('data', (piece) => {
      rest += piece;
      for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n')) {
        const line = rest.slice(0, end);
        rest = rest.slice(end + 2);
        if (mail !== null) {
          if (line === '.') {
            mails.push(decoded(mail.join('\n')));
            mail = null;
            socket.write('250 taken\r\n');
          } else mail.push(line);
          continue;
        }
        if (/^DATA/i.test(line)) {
          mail = [];
          socket.write('354 go on\r\n');
        } else if (/^QUIT/i.test(line)) socket.end('221 bye\r\n');
        else socket.write('250 mailbox\r\n');
      }
    });
  });
  const port = await listening(server);
  return { port, mails, close: () => server.close() };
}

// A mail's words with quoted-printable and base64 parts as text.
function decoded(mail) {
  const text = mail.replace(/=\n/g, '').replace(/((?:=[0-9A-F]{2})+)/g, (run) =>
    Buffer.from(run.replaceAll('=', ''), 'hex').toString('utf8'));
  return text.replace(/\n\n((?:[A-Za-z0-9+/]{20,}={0,2}\n?)+)/g, (_, run) =>
    `\n\n${Buffer.from(run, 'base64').toString('utf8')}`);
}

// A room's webhook: it answers what it is told to, and keeps what it was asked.
export async function room() {
  const asked = [];
  const own = { status: 200 };
  const server = createHttp((request, response) => {
    let body = '';
    request.on('data', (piece) => (body += piece));
    request.on('end', () => {
      asked.push(JSON.parse(body));
      response.writeHead(own.status).end('ok');
    });
  });
  const port = await listening(server);
  return {
    asked,
    answers: (status) => (own.status = status),
    url: `http://127.0.0.1:${port}/services/T0/B0/secret`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
