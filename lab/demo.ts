import { spawnSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { Command } from "commander";
import { painted } from "../cli/output/paint";
import { printReport } from "../cli/plan/print";
import { appliedOfStack } from "../cli/stack/applied";
import { lookAt } from "../cli/status/look";
import type { Status } from "../cli/status/model";
import { printStatus } from "../cli/status/print";
import { parseSite } from "../site/description/parse";
import { assess } from "../site/judge/assessment";
import { planSite } from "../site/plan/plan";
import { artifacts } from "./artifacts";
import { destroyLab, type Lab, openLab } from "./lab";
import { runMain } from "./main";
import { nodeTable } from "./nodeTable";
import { prepare } from "./prepare";
import { runSteps } from "./steps";
import { type Changes, upLab } from "./up";

interface Options {
  name: string;
  stack?: string;
  destroy?: boolean;
}

const program = new Command("npm run demo --")
  .description("A whole data center on this machine: brings up the site of a stack file with the real Pulumi engine.")
  .option("--name <lab>", "name of the lab; labs of different names do not touch each other", "demo")
  .option("--stack <stack>", "stack file: a name in stacks/, or a path (default: demo)")
  .option("--destroy", "remove the lab and everything in it but the build cache")
  .helpOption("--help", "show this")
  .exitOverride();

async function main(): Promise<void> {
  const options = program.parse().opts<Options>();
  if (options.destroy) return destroy(options.name);
  await prepare(artifacts);
  let lab: Lab | undefined;
  let changes: Changes = {};
  await runSteps([
    {
      title: `Start the datacenter of the lab "${options.name}"`,
      run: async (progress) => {
        lab = await openLab(options.name, options.stack ?? "demo", progress);
      },
    },
    {
      title: "pulumi up, with the policy pack asked first",
      run: async (progress) => {
        if (lab) changes = await upLab(lab, progress);
      },
    },
  ]);
  if (lab) await report(lab, changes);
}

async function destroy(name: string): Promise<void> {
  let known = false;
  await runSteps([
    {
      title: `Destroy the lab "${name}"`,
      run: async (progress) => {
        known = await destroyLab(name, progress);
      },
    },
  ]);
  console.log(known ? `Nothing is left of the lab "${name}" but the build cache.` : `There was no lab "${name}".`);
}

async function report(lab: Lab, changes: Changes): Promise<void> {
  const changed = Object.entries(changes).filter(([kind, count]) => kind !== "same" && count > 0);
  console.log(
    changed.length === 0
      ? "\nNothing changed: the site is what its stack file says."
      : `\nThe site is up: ${changed.map(([kind, count]) => `${count} resources: ${kind}`).join(", ")}.`,
  );
  const nodes = spawnSync("kubectl", ["get", "nodes", "-o", "json"], { env: lab.stack.env, encoding: "utf8" });
  console.log(`\n${nodes.status === 0 ? nodeTable(nodes.stdout) : nodes.stderr}\n`);
  const applied = await appliedOfStack(lab.stack);
  const plan = planSite(parseSite(lab.site), { against: applied, standing: applied });
  console.log(painted(printReport(assess(plan))));
  // A site that has just been made was asked by the program itself.
  const status = changes.same ? await settled(await lookAt(lab.stack, parseSite(lab.site))) : undefined;
  const { name } = lab.state;
  const flag = name === "demo" ? "" : ` --name ${name}`;
  console.log(`
Kubeconfig: ${lab.paths.kubeconfig}

Look around, in a shell that has the lab's tools:
  . ${lab.paths.environment}
  kubectl get pods -A
  govc find / -type m
  npx groundwork status --stack ${name} --config-file ${lab.stack.configFile}
  npx groundwork report --stack ${name} --config-file ${lab.stack.configFile}
  ssh -i ${lab.paths.sshKey} -o UserKnownHostsFile=${lab.paths.knownHosts} groundwork@ADDRESS
Change something: edit ${options().stack ?? "stacks/Pulumi.demo.yaml"}, for example the workers' count; then
  npm run demo${flag ? ` --${flag}` : ""}
Destroy it:
  npm run demo -- --destroy${flag}
`);
  // The engine compares with its state: a machine that vanished since is no change.
  if (status?.machines.some(({ is }) => is !== "well")) {
    console.log(painted(printStatus(status)));
    process.exitCode = 1;
  }
}

/** How the site is; what an `up` has just touched has some seconds to come to rest. */
async function settled(look: () => Promise<Status>): Promise<Status> {
  for (let looks = 1; ; looks++) {
    const status = await look();
    if (looks === 4 || status.machines.every(({ is }) => is === "well")) return status;
    await sleep(5000);
  }
}

function options(): Options {
  return program.opts<Options>();
}

runMain(main);
