// Asks with the npm client `statuspage.io`, unmodified, and prints what it parsed.
const { createRequire } = require('node:module');
const modules = createRequire(process.env.SUITE_NODE_MODULES + '/package.json');
const { Statuspage } = modules('statuspage.io');

async function main() {
  const client = new Statuspage('k7n4vq2tzx9c');
  client.setApiUrl(process.argv[2]);
  const { api } = client;
  const parsed = {
    summary: await api.getSummary(),
    status: await api.getStatus(),
    components: await api.getComponents(),
    incidents: await api.incidents.getAll(),
    unresolved: await api.incidents.getUnresolved(),
    upcoming: await api.scheduledMaintenances.getUpcoming(),
  };
  process.stdout.write(JSON.stringify(parsed));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
