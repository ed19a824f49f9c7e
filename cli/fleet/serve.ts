import { homedir } from "node:os";
import { join } from "node:path";
import type { ServiceAddress } from "../../fleet/rollout/service";
import { unusable } from "../../site/description/unusableInput";
import { projectIn } from "../report/project";
import { fleetEngine } from "../rollout/engine";
import { siteWork } from "../rollout/siteWork";
import { watchWork } from "./watchWork";

export interface ServeOptions {
  project: string;
  temporal: string;
  database?: string;
  port: number;
  ui?: number;
}

export interface WorkOptions extends ServiceAddress {
  project: string;
  of: string[];
}

/** Runs a server with a worker beside it, until it is told to end. */
export async function serve(options: ServeOptions, out: (text: string) => void): Promise<void> {
  const project = projectIn(options.project);
  const engine = fleetEngine();
  const state = join(process.env.XDG_STATE_HOME || join(homedir(), ".local/state"), "groundwork/fleet");
  const database = options.database ?? join(state, "temporal.db");
  const server = await engine.serve({
    program: options.temporal,
    database,
    port: options.port,
    uiPort: options.ui,
    onFullDisk: () => out(`full     the disk of ${database}: make room; every rollout goes on by itself then\n`),
  });
  out(`serves   ${server.address}, kept in ${database}\n`);
  const died = server.ended.then((words) => {
    throw new Error(`Temporal's server ended: ${words || "without a word"}; run this again, every rollout goes on`);
  });
  try {
    const where = { address: server.address, namespace: "default" };
    const watch = watchWork(project, process.env, where);
    const work = engine.work({ ...where, work: siteWork(project), watch, of: [] }, () =>
      out(`works    at the sites of ${project.name}; Ctrl-C ends it, every rollout goes on at the next start\n`),
    );
    await Promise.race([work, died]);
  } finally {
    died.catch(() => {});
    await server.stop();
  }
}

/** Runs a worker of any Temporal service, until it is told to end. */
export async function work(options: WorkOptions, out: (text: string) => void): Promise<void> {
  const project = projectIn(options.project);
  const of = options.of.map((text) => {
    const [, label, value] = /^([^=]+)=(.+)$/.exec(text) ?? [];
    if (label !== undefined && value !== undefined) return { label, value };
    throw unusable(`--of ${text}`, "it is no label with a value", "write town=fulda");
  });
  const at = options.of.length > 0 ? options.of.join(", ") : project.name;
  const watch = watchWork(project, process.env, options);
  await fleetEngine().work({ ...options, work: siteWork(project), watch, of }, () =>
    out(`works    at the sites of ${at}\n`),
  );
}
