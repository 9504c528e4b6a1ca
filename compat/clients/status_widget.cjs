// Shows the npm web component `@statuspage/status-widget`, unmodified, on a page of another
// origin, and prints what it shows: so its request had to be allowed across origins.
const { readFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const modules = createRequire(process.env.SUITE_NODE_MODULES + '/package.json');
const { JSDOM, VirtualConsole } = modules('jsdom');

const code = readFileSync(modules.resolve('@statuspage/status-widget/dist/index.js'), 'utf8');
const virtualConsole = new VirtualConsole();
virtualConsole.on('jsdomError', (error) => console.error(String(error.message)));
const dom = new JSDOM(`<statuspage-widget src="${process.argv[2]}"></statuspage-widget>`, {
  runScripts: 'outside-only',
  url: 'http://site.example/',
  virtualConsole,
});
dom.window.eval(code);

const end = Date.now() + 8000;
(function look() {
  const root = dom.window.document.querySelector('statuspage-widget').shadowRoot;
  const dot = root && root.querySelector('.status-indicator');
  const words = root && root.querySelector('.status-text');
  if (dot && words && words.textContent.trim()) {
    const indicator = dot.className.replace('status-indicator', '').trim();
    console.log(JSON.stringify({ indicator, description: words.textContent.trim() }));
    process.exit(0);
  }
  if (Date.now() > end) {
    console.error('the widget showed nothing');
    process.exit(1);
  }
  setTimeout(look, 50);
})();
