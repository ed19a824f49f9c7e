import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseDocument } from "yaml";
import { ClockJump, processesOf } from "../../lab/rehearsal/clock";
import { MONTH_HOURS } from "../../site/description/succession";
import { keepersOf, succeeded } from "../../site/pki/successors";
import { demo, RunningSite, until } from "../support/lab/site";

// Two years without an `up`: the clock goes on in steps, machines are off in between, and the site looks after itself.

let site: RunningSite;
let jump: ClockJump | undefined;
beforeAll(async () => {
  site = await RunningSite.open();
  await until("the site is healthy", 240, () => site.healthy().then(() => true));
});
afterAll(async () => {
  await jump?.mend();
  await Promise.all(site.machines().map(({ name }) => onMachine(name, "rm -f /usr/local/sbin/date")));
});

const names = () => site.machines().map(({ name }) => name);
const onMachine = (name: string, script: string) =>
  site.attempt("docker", ["exec", "-i", site.container(name), "bash", "-s"], { input: script, seconds: 600 });

/** A client on the site itself, with a certificate that it renews itself: nobody is there to fetch a kubeconfig. */
const kubectl = (args: string) =>
  onMachine(
    site.machines("control-plane")[0]?.name ?? "",
    `kubectl --kubeconfig /etc/kubernetes/admin.conf --request-timeout=10s ${args}`,
  );

/**
 * What time it is on the site: for programs that run for long by their vDSO, for `date` by a program in its place. Short-lived programs of the
 * cluster (kubectl, etcdctl) keep the true time, at which all generations are valid.
 */
async function monthsLater(months: number): Promise<void> {
  await jump?.mend();
  const seconds = months * MONTH_HOURS * 3600;
  const date = `#!/bin/bash
if [[ $# -eq 1 && $1 == +%s ]]; then echo $(($(/usr/bin/date +%s) + ${seconds})); else exec /usr/bin/date "$@"; fi
`;
  await Promise.all(
    names().map((name) =>
      onMachine(name, `cat >/usr/local/sbin/date <<'EOF'\n${date}EOF\nchmod 755 /usr/local/sbin/date`),
    ),
  );
  const ids = await Promise.all(
    names().map((name) => site.run("docker", ["inspect", "--format", "{{.Id}}", site.container(name)])),
  );
  jump = ClockJump.start(() => ids.flatMap((id) => processesOf(id.trim())), seconds);
}

/** Every machine's timer comes round. */
async function hourPasses(): Promise<Map<string, string>> {
  const machines = succeeded(site.plan).map(({ name }) => name);
  const said = await Promise.all(
    machines.map(async (name) => {
      const { text, code } = await onMachine(name, "/usr/local/sbin/groundwork-successor 2>&1");
      return [name, `${text.trim().split("\n").at(-1)} [${code}]`] as const;
    }),
  );
  return new Map(said);
}

async function lives(): Promise<void> {
  await until("every node is Ready", 300, async () => {
    const { code, stdout } = await kubectl("get nodes --no-headers");
    const lines = stdout.trim().split("\n");
    return code === 0 && lines.every((line) => / Ready /.test(line)) ? true : undefined;
  });
  await until("a write is taken", 60, async () => {
    const { code } = await kubectl(`create configmap alone-${Date.now()} --from-literal=a=b`);
    return code === 0 ? true : undefined;
  });
  await until("pods and the metrics API answer", 300, async () => {
    const { code, stdout } = await kubectl("get --raw /apis/metrics.k8s.io/v1beta1/nodes");
    return code === 0 && JSON.parse(stdout).items.length > 0 ? true : undefined;
  });
  await until("DNS and every other pod of the cluster's own runs", 300, async () => {
    const { code, stdout } = await kubectl("--namespace kube-system get pods --no-headers");
    const lines = stdout.trim().split("\n");
    return code === 0 && lines.every((line) => / (\d+)\/\1 +Running /.test(line)) ? true : undefined;
  });
}

/** What ends first of what a machine shows: the generation that is in force. */
async function inForce(): Promise<string[]> {
  const said = await Promise.all(
    succeeded(site.plan).map(({ name }) =>
      onMachine(name, "cut -d' ' -f2 /var/lib/groundwork/successor-in-force 2>/dev/null || echo 0"),
    ),
  );
  return [...new Set(said.map(({ stdout }) => stdout.trim()))];
}

describe("two years without an `up`", () => {
  test("a stolen disk opens nothing: keepers give nothing out before it is time, nor to others", async () => {
    const [machine] = site.machines("worker");
    const [keeper] = machine ? keepersOf(site.plan, machine) : [];
    if (!machine || !keeper) throw new Error("no worker or keeper");
    const ask = (from: string, what: string) =>
      onMachine(
        from,
        `ssh -n -T -i /etc/ssh/ssh_host_ed25519_key -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null groundwork-keeper@${keeper.address} '${what}'`,
      );
    const early = await ask(machine.name, "1");
    expect(early.code).toBe(3);
    expect(early.text).toMatch(/generation 1 of \S+ is given out from \d{4}-/);
    expect((await ask(machine.name, "cat /etc/shadow")).text).toContain("ask for a generation, by its number");
    const stranger = site.machines("load-balancer")[0]?.name ?? "";
    expect((await ask(stranger, "1")).text).toContain("Permission denied");
    const { stdout } = await onMachine(machine.name, "grep -rl AGE-SECRET-KEY /etc /var/lib/groundwork* || true");
    expect(stdout.trim()).toBe("");
  });

  test.each([
    { months: 1, generation: "0" },
    { months: 6, generation: "0" },
    { months: 13, generation: "1" },
    { months: 23, generation: "2" },
  ])("after $months months it lives, with generation $generation", async ({ months, generation }) => {
    const [off] = site.machines("worker").slice(-1);
    const [member] = site.machines("etcd").slice(-1);
    const containers = [off, member].map((machine) => site.container(machine?.name ?? ""));
    await site.run("docker", ["stop", "--time", "20", ...containers]);
    await monthsLater(months);
    await site.run("docker", ["start", ...containers]);
    await monthsLater(months);
    const begun = Date.now();
    await until("each machine has looked after itself", 900, async () => {
      const said = [...(await hourPasses())].filter(([, line]) => !line.endsWith("[0]"));
      if (said.length > 0) throw new Error(said.map((line) => line.join(": ")).join("\n"));
      return true;
    });
    await lives();
    console.log(
      `after ${months} months: it answers ${Math.round((Date.now() - begun) / 1000)} s after the clock jumped`,
    );
    expect(await inForce()).toEqual([generation]);
  });

  test("an `up` from the old state takes over", async () => {
    await jump?.mend();
    jump = undefined;
    await Promise.all(names().map((name) => onMachine(name, "rm -f /usr/local/sbin/date")));
    const document = parseDocument(readFileSync(site.stack.configFile ?? "", "utf8"));
    document.setIn(["config", "groundwork:site", "pki", "certificateHours"], 8759);
    const file = join(site.paths.folder, "alone.yaml");
    writeFileSync(file, document.toString({ lineWidth: 0 }));
    const { code, text } = await demo("--stack", file);
    expect(code, text).toBe(0);
    site = await RunningSite.open();
    await site.healthy();
    for (const line of (await hourPasses()).values()) expect(line).toMatch(/^successors are wanted from 2\d+-/);
  });
});
