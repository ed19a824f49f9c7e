import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseSite } from "../../site/description/parse";
import { kubernetesMinor, NEWEST_MINOR, SUPPORTED_MINORS, type SupportedMinor } from "../../site/description/versions";
import { certificatesOf } from "../../site/pki/certificates";
import { keysOf } from "../../site/pki/keys";
import type { SitePlan } from "../../site/plan/model";
import { planSite } from "../../site/plan/plan";
import { cloudInit } from "../../site/render/cloudInit";
import { type Content, fill, type SecretRef, secretsIn } from "../../site/render/content";
import { applyScript, type FileSpec, machineFiles } from "../../site/render/machine";
import { shell } from "../../site/render/shell";
import { host, site, threeHosts } from "../support/sites";

function siteOf(minor: SupportedMinor): SitePlan {
  const kubernetes = {
    version: kubernetesMinor(minor).tested,
    kubelet: { cgroupDriver: "cgroupfs", featureGates: { KubeletInUserNamespace: true } },
    kubeProxy: { conntrack: { maxPerCore: 0, min: 0 } },
    ignorePreflightErrors: ["SystemVerification"],
  };
  return planSite(parseSite(site(threeHosts, { kubernetes })));
}

const demo = siteOf(NEWEST_MINOR);

/** A content as a reader of a snapshot wants to see it: every hole by the name of what goes there. */
function shown(content: Content): string {
  return content
    .map((p) => (typeof p === "string" ? p : `<${p.secret}${p.encoding ? ` in ${p.encoding}` : ""}>`))
    .join("");
}

function shownFile(file: FileSpec): string {
  const mode = file.mode.toString(8).padStart(4, "0");
  return `── ${file.path}  ${mode} ${file.owner}  [${file.units.join(" ")}]\n${shown(file.content)}`;
}

describe("the files of a three-host site", () => {
  test.each(demo.machines)("$name", async (machine) => {
    const files = machineFiles(demo, machine).map(shownFile).join("\n");
    await expect(files).toMatchFileSnapshot(`__snapshots__/render/${machine.name}.txt`);
  });

  test("what a machine is told at birth", async () => {
    const { metadata, userdata } = cloudInit(demo, demo.machines[0] as SitePlan["machines"][number]);
    await expect(`${shown(metadata)}\n${shown(userdata)}`).toMatchFileSnapshot("__snapshots__/render/cloud-init.txt");
  });
});

function filesOf(plan: SitePlan): string[] {
  return plan.machines.flatMap((machine) =>
    machineFiles(plan, machine).flatMap((file) =>
      shownFile(file)
        .split("\n")
        .map((line) => `${machine.name} ${file.path}: ${line}`),
    ),
  );
}

/** The lines that only one of two has, as often as it has them more. */
function without(lines: readonly string[], others: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const line of others) left.set(line, (left.get(line) ?? 0) + 1);
  return lines.filter((line) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count <= 0;
  });
}

describe("what an older minor version of Kubernetes has in place of the newest's files", () => {
  test.each(SUPPORTED_MINORS.filter((minor) => minor !== NEWEST_MINOR))("%s", async (minor) => {
    const [newest, older] = [filesOf(demo), filesOf(siteOf(minor))];
    const differences = [
      ...without(newest, older).map((line) => `- ${line}`),
      ...without(older, newest).map((line) => `+ ${line}`),
    ];
    expect(differences).not.toEqual([]);
    await expect(`${differences.join("\n")}\n`).toMatchFileSnapshot(`__snapshots__/render/kubernetes-${minor}.txt`);
  });
});

const manifest = {
  kind: "manifest" as const,
  url: "https://network.example/manifest.yaml",
  sha256: "0".repeat(64),
  enforcesNetworkPolicy: true,
};

const sites = fc
  .record({
    members: fc.constantFrom(1, 3, 5),
    controlPlanes: fc.integer({ min: 1, max: 4 }),
    workers: fc.integer({ min: 0, max: 5 }),
    events: fc.boolean(),
    podNetwork: fc.constantFrom({ kind: "routed" as const }, { kind: "none" as const }, manifest),
    external: fc.boolean(),
    ntp: fc.constantFrom<string[]>([], ["ntp.example", "10.0.42.2"]),
    nameservers: fc.constantFrom<string[]>([], ["10.0.42.3"]),
  })
  .map((s) => {
    const hosts = ["a", "b", "c", "d", "e"].map((name) => host(`esx-${name}`, { deviceCount: 3 }));
    const base = site(hosts);
    return planSite(
      parseSite(
        site(hosts, {
          network: { ...base.network, ntp: s.ntp, nameservers: s.nameservers },
          kubernetes: { version: kubernetesMinor(NEWEST_MINOR).tested, podNetwork: s.podNetwork },
          etcd: {
            members: s.members,
            ...(s.events && { events: { members: 3 } }),
            ...(s.podNetwork.kind === "manifest" && { networkStore: {} }),
          },
          controlPlanes: s.controlPlanes,
          workers: [{ name: "general", count: s.workers, cpus: 4, memoryGiB: 16 }],
          ...(s.external && { loadBalancer: { kind: "external" as const, endpoint: "api.example", port: 6443 } }),
        }),
      ),
    );
  });

const isPrivate = (ref: SecretRef) => /^(key|encryption-key|openssh-key)\//.test(ref);
const idOf = (ref: SecretRef) => ref.slice(ref.indexOf("/") + 1);
const stand = (ref: SecretRef) => `-----${ref}-----\nline "two"\n`;

describe("of any site", () => {
  test("the same plan gives the same bytes", () => {
    fc.assert(
      fc.property(sites, (plan) => {
        const bytes = (p: SitePlan) => p.machines.map((m) => [machineFiles(p, m), applyScript(p, m), cloudInit(p, m)]);
        expect(JSON.stringify(bytes(structuredClone(plan)))).toBe(JSON.stringify(bytes(plan)));
      }),
      { numRuns: 20 },
    );
  });

  test("a machine gets exactly the private keys that the plan gives it", () => {
    fc.assert(
      fc.property(sites, (plan) => {
        const held = new Map<string, Set<string>>();
        for (const machine of plan.machines) {
          const refs = machineFiles(plan, machine).flatMap((file) => secretsIn(file.content));
          const born = machine.existing ? [] : secretsIn(cloudInit(plan, machine).userdata);
          for (const ref of [...refs, ...born].filter(isPrivate)) {
            held.set(idOf(ref), (held.get(idOf(ref)) ?? new Set()).add(machine.name));
          }
        }
        const planned = [...certificatesOf(plan), ...keysOf(plan)].filter((k) => k.machines.length > 0);
        expect(Object.fromEntries([...held].map(([id, names]) => [id, [...names].sort()]).sort())).toEqual(
          Object.fromEntries(planned.map((k) => [k.id, [...k.machines].sort()] as const).sort()),
        );
      }),
      { numRuns: 30 },
    );
  });

  test("what holds a private key is for its owner's eyes only", () => {
    fc.assert(
      fc.property(sites, (plan) => {
        for (const machine of plan.machines) {
          for (const file of machineFiles(plan, machine)) {
            if (secretsIn(file.content).some(isPrivate)) expect([file.path, file.mode]).toEqual([file.path, 0o600]);
          }
        }
      }),
      { numRuns: 20 },
    );
  });

  test("no path comes twice, and every file is absolute and ends with a line end", () => {
    fc.assert(
      fc.property(sites, (plan) => {
        for (const machine of plan.machines) {
          const files = machineFiles(plan, machine);
          expect(new Set(files.map((f) => f.path)).size).toBe(files.length);
          for (const file of files) {
            expect(file.path).toMatch(/^\/[a-z]/);
            expect(fill(file.content, stand)).toMatch(/\n$/);
          }
        }
      }),
      { numRuns: 20 },
    );
  });
});

describe("the programs that apply", () => {
  test.each(demo.machines)("$name: bash and shellcheck have nothing to say", (machine) => {
    const script = applyScript(demo, machine);
    expect(run("bash", ["-n"], script)).toBe("");
    expect(run("shellcheck", ["--shell=bash", "-"], script)).toBe("");
  });

  test("the program that tells a machine's metrics: bash and shellcheck have nothing to say", () => {
    expect(run("bash", ["-n"], shell("metrics"))).toBe("");
    expect(run("shellcheck", ["--shell=bash", "-"], shell("metrics"))).toBe("");
  });

  test("hold no secret, and name none on a command line", () => {
    for (const machine of demo.machines) {
      const script = applyScript(demo, machine);
      expect(script).not.toMatch(/PRIVATE KEY|secretbox/);
    }
  });
});

function run(command: string, args: string[], input: string): string {
  try {
    return execFileSync(command, args, { input, encoding: "utf8", stdio: "pipe" });
  } catch (error) {
    const { stdout, message } = error as { stdout?: string; message: string };
    return stdout || message;
  }
}
