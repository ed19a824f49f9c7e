import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ownRuntime, Project } from "../support/project";

let project: Project;
beforeAll(async () => {
  project = await Project.create({
    files: {
      "Pulumi.yaml": JSON.stringify({ name: "project", main: "index.ts", runtime: ownRuntime }),
      // Waits for what never comes.
      "index.ts": "setInterval(() => {}, 1000);\nexport = new Promise(() => {});\n",
    },
  });
  project.link("policies");
});
afterAll(() => project?.remove());

/** Processes that a process has started, and those that they have. */
function startedBy(pid: number): number[] {
  const parents = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        return [[Number(name), Number(/\) \S (\d+)/.exec(readFileSync(`/proc/${name}/stat`, "utf8"))?.[1])] as const];
      } catch {
        return []; // it has just ended
      }
    });
  const children = parents.flatMap(([child, parent]) => (parent === pid ? [child] : []));
  return children.flatMap((child) => [child, ...startedBy(child)]);
}
const commandOf = (pid: number) => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").join(" ");
  } catch {
    return "";
  }
};

it("an engine that is killed leaves neither program nor policy pack behind", async () => {
  const args = ["preview", "--stack", "test", "--policy-pack", "policies", "--non-interactive"];
  const cli = spawn("pulumi", args, { cwd: project.folder, env: project.env, stdio: ["ignore", "pipe", "pipe"] });
  const started = () => startedBy(cli.pid as number);
  const isThere = (what: string) => started().some((pid) => commandOf(pid).includes(what));
  await expect.poll(() => isThere("cmd/run/index.js") && isThere("run-policy-pack"), { timeout: 120_000 }).toBe(true);
  // Until the pack has been read, and the program runs.
  await new Promise((resolve) => setTimeout(resolve, 5000));
  const all = started();
  cli.kill("SIGKILL");
  const left = () => all.map(commandOf).filter((command) => /cmd\/run\/|run-policy-pack/.test(command));
  expect(left().length).toBeGreaterThan(1);
  await expect.poll(left, { timeout: 60_000, interval: 500 }).toEqual([]);
});
