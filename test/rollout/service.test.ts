import { type ChildProcess, execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer, type Server as TlsServer } from "node:tls";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Server } from "../../fleet/rollout/service";
import { ensure } from "../../lab/toolchain/artifact";
import { temporal } from "../../lab/toolchain/temporal";
import { engine } from "../../temporal";
import { brokenBy } from "../fleet/rolloutHistory";
import { message, seenOf } from "./asking";
import { signedPlan } from "./fleet";
import { workerOf } from "./workers";

// Temporal as an owner has it: with certificates of both sides, workers at the sites, and on machines with faults of their own.

const PORT = 18_236;
const pace = { awayAfter: 4, silence: 10, askAgain: 0.3 };
const root = mkdtempSync(join(tmpdir(), "groundwork-service-"));
let program: string;
let server: Server;
const workers: ChildProcess[] = [];

/** The folder of a worker's sites. */
function sitesIn(name: string): string {
  const folder = join(root, name);
  mkdirSync(folder, { recursive: true });
  return folder;
}

const changedIn = (name: string) =>
  readFileSync(join(root, name, "log"), "utf8")
    .split("\n")
    .flatMap((line) => /^(\S+) changed$/.exec(line)?.[1] ?? [])
    .sort();

beforeAll(async () => {
  program = join(await ensure(temporal), "temporal");
  server = await engine.serve({ program, database: join(root, "temporal.db"), port: PORT });
});
afterEach(() => {
  for (const worker of workers.splice(0)) worker.kill("SIGKILL");
});
afterAll(async () => {
  await server?.stop();
  rmSync(root, { recursive: true, force: true });
});

describe("workers at the sites", () => {
  it("work at those of their own label alone; sites without one are away until it is there", async () => {
    const rollouts = await engine.connect({ address: server.address, namespace: "default" }, "towns");
    const { address } = server;
    workers.push(await workerOf({ address, folder: sitesIn("main") }));
    workers.push(await workerOf({ address, folder: sitesIn("fulda"), of: "town=fulda" }));
    workers.push(await workerOf({ address, folder: sitesIn("kassel"), of: "town=kassel" }));
    const signed = signedPlan(6, { canaries: 1, atOnce: 6 });
    const { id } = await rollouts.start(signed, { ...pace, queueBy: "town" });
    const away = await seenOf(rollouts, id, ({ sites }) => sites.filter(({ is }) => is === "away").length === 2);
    expect(away.sites.filter(({ is }) => is === "away").map(({ site, why }) => [site, why])).toEqual([
      ["s-2", "no worker takes its work"],
      ["s-5", "no worker takes its work"],
    ]);
    await seenOf(rollouts, id, ({ sites }) => sites.filter(({ is }) => is === "succeeded").length === 4);
    workers.push(await workerOf({ address, folder: sitesIn("marburg"), of: "town=marburg" }));
    const { history } = await seenOf(rollouts, id, ({ is }) => is === "finished");
    expect(brokenBy(signed.plan, history)).toEqual([]);
    expect(["fulda", "kassel", "marburg"].map(changedIn)).toEqual([
      ["s-0", "s-3"],
      ["s-1", "s-4"],
      ["s-2", "s-5"],
    ]);
    expect(() => changedIn("main")).toThrow("ENOENT");
    await rollouts.close();
  });
});

describe("Temporal behind certificates of both sides", () => {
  const at = (name: string) => join(root, name);
  let gate: TlsServer;
  const settings = ["ADDRESS", "TLS_SERVER_CA_CERT_PATH", "TLS_CLIENT_CERT_PATH", "TLS_CLIENT_KEY_PATH"] as const;
  const environment = (certificate: string): Record<string, string> => ({
    TEMPORAL_ADDRESS: `localhost:${(gate.address() as AddressInfo).port}`,
    TEMPORAL_TLS_SERVER_CA_CERT_PATH: at("authority.crt"),
    TEMPORAL_TLS_CLIENT_CERT_PATH: at(`${certificate}.crt`),
    TEMPORAL_TLS_CLIENT_KEY_PATH: at(`${certificate}.key`),
  });

  /** A certificate of an authority, or an authority. */
  function issue(name: string, authority?: string): void {
    const by = authority ? ["-CA", at(`${authority}.crt`), "-CAkey", at(`${authority}.key`)] : [];
    const made = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
    const files = ["-keyout", at(`${name}.key`), "-out", at(`${name}.crt`)];
    const what = authority ? ["-addext", "subjectAltName=DNS:localhost", "-addext", "basicConstraints=CA:FALSE"] : [];
    execFileSync("openssl", ["req", "-x509", "-subj", `/CN=${name}`, ...made, ...files, ...by, ...what], {
      stdio: "ignore",
    });
  }

  beforeAll(async () => {
    for (const name of ["authority", "other"]) issue(name);
    for (const name of ["service", "owner"]) issue(name, "authority");
    issue("stranger", "other");
    // What a Temporal service with certificates has before it: it lets in whom its authority knows.
    const keys = { key: readFileSync(at("service.key")), cert: readFileSync(at("service.crt")) };
    const strict = { ca: readFileSync(at("authority.crt")), requestCert: true, rejectUnauthorized: true };
    gate = createServer({ ...keys, ...strict, ALPNProtocols: ["h2"] }, (client) => {
      const behind = connect(PORT, "127.0.0.1");
      client.pipe(behind).pipe(client);
      for (const end of [client, behind])
        end.on("error", () => [client, behind].forEach((each) => void each.destroy()));
    }).listen(0, "127.0.0.1");
    gate.on("tlsClientError", () => {});
    await new Promise((resolve) => gate.once("listening", resolve));
  });
  afterEach(() => {
    for (const name of settings) delete process.env[`TEMPORAL_${name}`];
  });
  afterAll(() => void gate?.close());

  it("is reached by the owner's client and worker", async () => {
    Object.assign(process.env, environment("owner"));
    workers.push(await workerOf({ folder: sitesIn("tls") }));
    const rollouts = await engine.connect({}, "tls");
    const { id } = await rollouts.start(signedPlan(3, { atOnce: 3 }), pace);
    await seenOf(rollouts, id, ({ is }) => is === "finished");
    expect(changedIn("tls")).toEqual(["s-0", "s-1", "s-2"]);
    await rollouts.close();
  });

  it.each<[string, () => Record<string, string>, RegExp]>([
    [
      "a certificate of another authority",
      () => environment("stranger"),
      /it does not take this client's certificate \(\w+\); name one of/,
    ],
    [
      "no certificate",
      () => ({ ...environment("owner"), TEMPORAL_TLS_CLIENT_CERT_PATH: "", TEMPORAL_TLS_CLIENT_KEY_PATH: "" }),
      /it does not take this client's certificate \(\w+\); name one of/,
    ],
    [
      "another authority to trust",
      () => ({ ...environment("owner"), TEMPORAL_TLS_SERVER_CA_CERT_PATH: at("other.crt") }),
      /its certificate is not trusted here \(\w+\); name its authority by TEMPORAL_TLS_SERVER_CA_CERT_PATH/,
    ],
    [
      "a key that is not there",
      () => ({ ...environment("owner"), TEMPORAL_TLS_CLIENT_KEY_PATH: at("nowhere.key") }),
      /^Temporal's settings: ENOENT: .*nowhere\.key'; correct TEMPORAL_\*/,
    ],
    [
      "no TLS",
      () => ({ TEMPORAL_ADDRESS: environment("owner").TEMPORAL_ADDRESS ?? "" }),
      /what answers there is no Temporal without TLS; see TEMPORAL_TLS_\*/,
    ],
    [
      "TLS where there is none",
      () => ({ ...environment("owner"), TEMPORAL_ADDRESS: `localhost:${PORT}` }),
      /what answers there speaks no TLS; take TEMPORAL_TLS_\* out/,
    ],
    [
      "TLS where nothing answers",
      () => ({ ...environment("owner"), TEMPORAL_ADDRESS: "localhost:9" }),
      /it does not answer; start/,
    ],
  ])("is told what is wrong with %s", async (_, given, expected) => {
    for (const [name, value] of Object.entries(given())) if (value) process.env[name] = value;
    expect(await message(engine.connect({}, "tls"))).toMatch(expected);
  });
});
