// An installation of the built binary, for the browser suites: its folder, server, commands.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const binary = process.env.NOROSHI_BIN ?? join(root, 'target', 'ci', 'noroshi');

export async function eventually(check, limitMs, what) {
  const end = Date.now() + limitMs;
  for (;;) {
    const found = await check();
    if (found) return found;
    if (Date.now() > end) throw new Error(`not within ${limitMs} ms: ${what}`);
    await new Promise((wake) => setTimeout(wake, 25));
  }
}

export class Installation {
  constructor(at) {
    this.folder = mkdtempSync(join(tmpdir(), 'noroshi-e2e-'));
    this.clockPath = join(this.folder, 'clock');
    this.setClock(at);
    this.environment = {
      ...process.env,
      NOROSHI_DATA: join(this.folder, 'data'),
      NOROSHI_CLOCK_FILE: this.clockPath,
    };
    delete this.environment.NOROSHI_DATABASE;
  }

  setClock(at) {
    writeFileSync(`${this.clockPath}.new`, `${at}\n`);
    renameSync(`${this.clockPath}.new`, this.clockPath);
  }

  // What the clock says.
  clock() {
    return readFileSync(this.clockPath, 'utf8').trim();
  }

  async start(command = 'serve', options = []) {
    const log = openSync(join(this.folder, 'server.log'), 'a');
    this.server = spawn(binary, [command, '--listen', '127.0.0.1:0', ...options], {
      env: this.environment,
      stdio: ['ignore', 'pipe', log],
    });
    let said = '';
    this.server.stdout.on('data', (piece) => (said += piece));
    this.said = () => said;
    const address = /https?:\/\/[\w.:[\]]+:\d+/;
    this.url = await eventually(() => address.exec(said)?.[0], 20_000, 'the server says its address');
  }

  command(...words) {
    return JSON.parse(this.typed('', ...words));
  }

  // What a command prints that something is typed into.
  typed(input, ...words) {
    const done = spawnSync(binary, [...words, '--json'], { env: this.environment, encoding: 'utf8', input });
    if (done.status !== 0) {
      throw new Error(`noroshi ${words.join(' ')}: exit code ${done.status}\n${done.stdout}${done.stderr}`);
    }
    return done.stdout;
  }

  // Sends what no command line can say yet, as a monitor would: what was measured.
  measured(page, measurements) {
    const request = {
      page,
      actor: { kind: 'monitor', id: 'suite' },
      command: { measured: measurements },
      id: null,
    };
    return new Promise((resolve, reject) => {
      const socket = createConnection(join(this.folder, 'data', 'control.sock'));
      let answer = '';
      socket.on('error', reject);
      socket.on('data', (piece) => {
        answer += piece;
        if (!answer.endsWith('\n')) return;
        socket.end();
        const response = JSON.parse(answer);
        if (response.answer) resolve(response.answer);
        else reject(new Error(response.stop.message));
      });
      socket.write(`${JSON.stringify(request)}\n`);
    });
  }

  async text(path) {
    return (await fetch(this.url + path)).text();
  }

  async close() {
    if (this.server) {
      this.server.kill('SIGKILL');
      await new Promise((ended) => this.server.once('exit', ended));
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}
