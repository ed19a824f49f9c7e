import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { type BundleOptions, bundleWorkflowCode, DefaultLogger } from "@temporalio/worker";

const root = join(__dirname, "..");
/** The folders that workflows are made from. */
const SOURCES = ["temporal/workflows", "temporal", "fleet/rollout", "fleet/file", "fleet/watch", "site/description"];

/** The file of the workflows' code. It is bundled once for each version of its sources, which takes longer than all else at a worker's start. */
export async function workflowBundle(): Promise<{ codePath: string }> {
  const cache =
    process.env.GROUNDWORK_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "groundwork");
  const codePath = join(cache, `workflows-${digest()}.js`);
  if (existsSync(codePath)) return { codePath };
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(__dirname, "workflows/index.ts"),
    logger: new DefaultLogger("ERROR"),
    webpackConfigHook: withInstalledSources,
  });
  mkdirSync(cache, { recursive: true });
  writeFileSync(`${codePath}.${process.pid}`, code);
  renameSync(`${codePath}.${process.pid}`, codePath);
  return { codePath };
}

type Configuration = Parameters<NonNullable<BundleOptions["webpackConfigHook"]>>[0];

/** Temporal's own rule leaves out what lies in `node_modules`, where an installed package's sources are. */
function withInstalledSources(config: Configuration): Configuration {
  const rules = (config.module?.rules ?? []).map((rule) =>
    rule !== null && typeof rule === "object" && rule.test instanceof RegExp && rule.test.test("workflow.ts")
      ? { ...rule, exclude: undefined }
      : rule,
  );
  return { ...config, module: { ...config.module, rules } };
}

function digest(): string {
  const { version } = require("@temporalio/worker/package.json") as { version: string };
  const hash = createHash("sha256").update(version);
  for (const folder of SOURCES)
    for (const name of readdirSync(join(root, folder)).sort())
      if (name.endsWith(".ts")) hash.update(`\0${folder}/${name}\0`).update(readFileSync(join(root, folder, name)));
  return hash.digest("hex").slice(0, 16);
}
