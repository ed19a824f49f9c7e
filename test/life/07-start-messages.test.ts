import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { repository } from "../../lab/toolchain/artifact";
import type { Role } from "../../site/description/spec";
import { RunningSite } from "../support/lab/site";

/** A row of docs/start-messages.md: what a program says. */
interface Known {
  program: string;
  says: RegExp;
}

const page = readFileSync(join(repository, "docs/start-messages.md"), "utf8");
const known: Known[] = [...page.matchAll(/^\| (\S+) \| `(.+?)` \| .+ \|$/gm)].map(([, program = "", text = ""]) => ({
  program,
  says: new RegExp(text.split("…").map(escaped).join(".*")),
}));

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

/** Units of a machine by what they are called in the page. */
const units: Record<string, string> = {
  kubelet: "kubelet",
  containerd: "containerd",
  etcd: "etcd",
  HAProxy: "haproxy",
};
const roles: Record<string, Role[]> = {
  kubelet: ["control-plane", "worker"],
  containerd: ["control-plane", "worker"],
  etcd: ["etcd"],
  HAProxy: ["load-balancer"],
};

/** Lines that are a warning or worse, in each program's own way to say so. */
const isWarning = (line: string) =>
  /^[WE]\d{4} /.test(line) ||
  / level=(warning|error|fatal) /.test(line) ||
  /^\{"level":"(warn|error|fatal)"/.test(line) ||
  /^\[(WARNING|ALERT|ERROR)\]/.test(line);

async function warnings(site: RunningSite): Promise<{ program: string; line: string }[]> {
  const found: { program: string; line: string }[] = [];
  for (const [program, unit] of Object.entries(units))
    for (const { name } of site.machines(...(roles[program] ?? []))) {
      const log = await site.ssh(name, `journalctl --unit=${unit} --output=cat --no-pager --quiet`);
      found.push(...log.split("\n").map((line) => ({ program, line })));
    }
  for (const { name } of site.machines("control-plane", "worker")) {
    const log = await site.ssh(name, "cd /var/log/pods && grep -rE '' --include='*.log' . | grep -v '^./groundwork-'");
    for (const line of log.split("\n")) {
      const [, program = "", text = ""] = /^[^:]+\/([^/:]+)\/\d+\.log:\S+ std(?:err|out) F (.*)$/.exec(line) ?? [];
      found.push({ program, line: text });
    }
  }
  return found.filter(({ line }) => isWarning(line));
}

test("every warning of a site that comes up stands in docs/start-messages.md with its reason", async () => {
  const site = await RunningSite.open();
  await site.healthy();
  expect(known.length).toBeGreaterThan(40);
  const seen = await warnings(site);
  expect(new Set(seen.map(({ program }) => program)).size).toBeGreaterThan(6);
  const unknown = seen.filter(
    ({ program, line }) => !known.some((row) => row.program === program && row.says.test(line)),
  );
  expect([...new Set(unknown.map(({ program, line }) => `${program}: ${line.slice(0, 300)}`))]).toEqual([]);
});

test("a worker's kubelet finds its folder of static pods", async () => {
  const site = await RunningSite.open();
  for (const { name } of site.machines("worker"))
    expect(
      await site.ssh(name, "journalctl --unit=kubelet --output=cat | grep -c 'Unable to read config path' || :"),
    ).toBe("0\n");
});
