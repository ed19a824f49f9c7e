import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { temporal } from "@temporalio/proto";
import { Worker } from "@temporalio/worker";
import { expect, it } from "vitest";
import { program } from "../../cli/process/program";
import { repository } from "../../lab/toolchain/artifact";
import { workflowBundle } from "../../temporal/bundle";

const { History } = temporal.api.history.v1;
const folder = join(__dirname, "histories");

const recorded = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".bin.gz"));

it.each(recorded)("what was begun with earlier workflows goes on with those of today: %s", async (file) => {
  const bytes = gunzipSync(readFileSync(join(folder, file)));
  const id = History.decode(bytes).events[0]?.workflowExecutionStartedEventAttributes?.workflowId;
  const replayed = async (history: unknown) =>
    Worker.runReplayHistory({ workflowBundle: await workflowBundle() }, history, id ?? undefined);
  await replayed(History.decode(bytes));
  // One that would go another way is found.
  const other = History.decode(bytes);
  const step = other.events.find((event) => event.activityTaskScheduledEventAttributes);
  if (step?.activityTaskScheduledEventAttributes)
    step.activityTaskScheduledEventAttributes.activityType = { name: "x" };
  await expect(replayed(other)).rejects.toThrow(/[Nn]on-?determinis/);
});

it("so it does with those of an installed package", async () => {
  const folder = mkdtempSync(join(tmpdir(), "groundwork-installed-workflows-"));
  const modules = join(folder, "node_modules");
  mkdirSync(modules);
  try {
    for (const name of readdirSync(join(repository, "node_modules")))
      if (name !== "groundwork") symlinkSync(join(repository, "node_modules", name), join(modules, name));
    for (const name of ["package.json", "fleet", "site", "temporal"])
      cpSync(join(repository, name), join(modules, "groundwork", name), { recursive: true });
    const bundle = join(modules, "groundwork/temporal/bundle.ts");
    const script = `require(${JSON.stringify(bundle)}).workflowBundle().then(({ codePath }) => console.log(codePath))`;
    const args = ["--import", "tsx", "-e", script];
    const env = { ...process.env, GROUNDWORK_CACHE: join(folder, "cache") };
    const { code, stdout, stderr } = await program(process.execPath, args, { cwd: folder, env });
    expect(code, stderr).toBe(0);
    const workflowBundle = { codePath: stdout.trim() };
    const history = History.decode(gunzipSync(readFileSync(join(__dirname, "histories/0.1.0/aborted.bin.gz"))));
    await Worker.runReplayHistory({ workflowBundle }, history, "groundwork/demo/rollout/recorded");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
