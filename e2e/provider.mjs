// A real sign-on provider on a port of its own, whose people and groups a test changes.
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const modules = createRequire(`${process.env.SUITE_PROVIDER_MODULES}/package.json`);
const SECRET = 'kept-between-the-two-and-nobody-else';

// Starts it for an installation, which is told of it; `people` maps a name to what is said of him.
export async function provided(place, people, roles) {
  const { default: Provider } = await import(pathToFileURL(modules.resolve('oidc-provider')).href);
  const server = createServer();
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  // Another host than the installation's, so that the two are foreign to each other.
  const issuer = `http://localhost:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{
      client_id: 'noroshi',
      client_secret: SECRET,
      redirect_uris: [`${place.noroshi.url}/console/sign-in/provider/back`],
    }],
    scopes: ['openid', 'email', 'profile', 'groups'],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'], groups: ['groups'] },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...people[id] }) }),
    cookies: { keys: ['a key of a test'] },
  });
  server.on('request', provider.callback());
  const rules = roles.map(({ group, role, page }) =>
    `[[roles]]\ngroup = "${group}"\nrole = "${role}"\n${page ? `page = "${page}"\n` : ''}`);
  const file = join(place.noroshi.folder, 'sign-on.toml');
  writeFileSync(file, `name = "Harbor"\nissuer = "${issuer}"\nclient_id = "noroshi"\nclient_secret = "${SECRET}"\n`
    + `scopes = ["openid", "email", "profile", "groups"]\n${rules.join('\n')}`);
  place.noroshi.typed('', 'sign-on', 'set', file);
  return {
    issuer,
    close() {
      server.closeAllConnections();
      return new Promise((closed) => server.close(closed));
    },
  };
}

// Signs on at the provider's own screens, as somebody who has never been there in this browser.
export async function signOn(page, place, id) {
  // Both go by the same time.
  place.noroshi.setClock(new Date().toISOString());
  await page.goto(`${place.noroshi.url}/console/sign-in`);
  await page.click('a[href^="/console/sign-in/provider"]');
  await page.fill('[name=login]', id);
  await page.fill('[name=password]', 'anything');
  await page.click('button[type=submit]');
  await page.getByText('Authorize', { exact: true }).waitFor();
  await page.click('button[type=submit]');
  await page.waitForURL(`${place.noroshi.url}/**`);
}
