import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { answersOf } from "../../cli/init/ask";
import { init } from "../../cli/init/command";
import { stackText } from "../../cli/init/description";
import { runPlan } from "../../cli/plan/command";
import { hostKeyOf } from "../support/hostKeys";

let folder: string;
let said = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "groundwork-init-"));
  said = "";
});
afterEach(() => rmSync(folder, { recursive: true }));

const made = (options: Record<string, string> = {}, where = folder) =>
  init(where, { ...options, yes: true }, {}, (text) => {
    said += text;
  });
const text = (file: string) => readFileSync(join(folder, file), "utf8");
const site = (name: string) => parse(text(`stacks/Pulumi.${name}.yaml`)).config["groundwork:site"];

describe("a folder of one's own", () => {
  it("holds a Pulumi project over the installed package, and nothing of the lab", async () => {
    const own = join(folder, "new/sites");
    expect(await made({}, own)).toBe(0);
    expect(readdirSync(own, { recursive: true }).sort()).toEqual(
      [
        ...[".github", ".github/workflows", ".github/workflows/report.yml", ".gitignore", ".npmrc", "Pulumi.yaml"],
        ...["index.ts", "package.json", "stacks", "stacks/Pulumi.store-001.yaml"],
      ].sort(),
    );
    expect(readFileSync(join(own, "index.ts"), "utf8").trim().split("\n")).toHaveLength(3);
    const stack = readFileSync(join(own, "stacks/Pulumi.store-001.yaml"), "utf8");
    expect(stack).not.toMatch(/allowUnverifiedSsl|failSwapOn|cgroup|ignorePreflightErrors|kubeProxy|kubelet/);
    expect(said).toContain("pulumi up --stack store-001 --policy-pack node_modules/groundwork/policies");
  });

  it.each(["1", "2", "3", "4", "7"])("of %s hosts has a plan that nothing refuses", async (hosts) => {
    expect(await made({ hosts })).toBe(0);
    expect(site("store-001").hosts).toHaveLength(Number(hosts));
    const ignored = () => {};
    expect(runPlan(join(folder, "stacks/Pulumi.store-001.yaml"), {}, ignored, ignored)).toBe(0);
  });

  it("says what the answers say", async () => {
    const answers = {
      name: "shop",
      server: "vc.example:8443",
      cidr: "192.168.7.0/27",
      workers: "3",
      template: "node 1",
    };
    expect(await made(answers)).toBe(0);
    expect(site("shop")).toMatchObject({
      name: "shop",
      hypervisor: { kind: "vsphere", server: "vc.example:8443", template: "node 1" },
      network: {
        cidr: "192.168.7.0/27",
        gateway: "192.168.7.1",
        apiVip: "192.168.7.2",
        machines: "192.168.7.3-192.168.7.30",
      },
      workers: [{ count: 3 }],
    });
  });

  it("is never written over: another site is added, the same one is refused", async () => {
    await made();
    writeFileSync(join(folder, "index.ts"), "// mine\n");
    said = "";
    expect(await made({ name: "store-002" })).toBe(0);
    expect(said).toContain("kept   index.ts");
    expect(text("index.ts")).toBe("// mine\n");
    const before = text("stacks/Pulumi.store-001.yaml");
    await expect(made({ hosts: "5" })).rejects.toThrow(
      "stacks/Pulumi.store-001.yaml: it is there already; edit it, or give the new site another --name",
    );
    expect(text("stacks/Pulumi.store-001.yaml")).toBe(before);
  });

  it("is not made in somebody else's project", async () => {
    writeFileSync(join(folder, "Pulumi.yaml"), "name: shop\nruntime: go\n");
    writeFileSync(join(folder, "package.json"), `{"name": "shop"}`);
    await expect(made()).rejects.toThrow(
      'Pulumi.yaml: it is of another project, "shop"; name a folder of its own\n' +
        "package.json: it does not depend on groundwork; install groundwork there first with `npm install`, or name a folder of its own",
    );
    expect(existsSync(join(folder, "stacks"))).toBe(false);
  });
});

describe("a site of servers that exist", () => {
  const servers =
    "etcd=10.0.42.11,10.0.42.12,10.0.42.13 control-plane=10.0.42.21,10.0.42.22 load-balancer=10.0.42.31,10.0.42.32 worker=10.0.42.41";
  const scanned = (addresses: string) =>
    addresses.match(/[\d.]{4,}/g)?.map((address, i) => `${address} ${hostKeyOf(i)}\n`) ?? [];
  const keys = (lines: string[]) => {
    const file = join(folder, "known_hosts");
    writeFileSync(file, `# 10.0.42.11:22 SSH-2.0-OpenSSH_9.2\n10.0.42.11 ssh-rsa AAAA\n${lines.join("")}`);
    return file;
  };

  it("is described by their addresses and host keys, and has a plan that nothing refuses", async () => {
    const knownHosts = keys(scanned(servers));
    expect(await made({ kind: "existing", servers, knownHosts }), said).toBe(0);
    const described = site("store-001");
    expect(described.hypervisor).toEqual({ kind: "existing" });
    expect(described.machines).toHaveLength(8);
    expect(described.machines[7]).toEqual({
      ...{ name: "worker-1", role: "worker", host: "worker-1", address: "10.0.42.41", pool: "general" },
      hostKey: hostKeyOf(7),
    });
    expect(described.machines[0].hostKey).toBe(hostKeyOf(0));
    expect(described.network.machines).toBe("10.0.42.11-10.0.42.41");
    expect(said).toContain("pulumi config set --secret sshPrivateKey");
    let planned = "";
    const file = join(folder, "stacks/Pulumi.store-001.yaml");
    expect(
      runPlan(
        file,
        {},
        (text) => (planned += text),
        () => {},
      ),
    ).toBe(0);
    expect(planned).toContain("10.0.42.41");
  });

  it("is refused by its flags, where something is missing or wrong", async () => {
    const told = async (answers: Record<string, string>) => {
      const error = await made({ kind: "existing", ...answers }).catch((thrown: unknown) => thrown);
      return (error as Error).message.split("\n").map((line) => line.replace(folder, ""));
    };
    expect(await told({ servers })).toEqual([
      expect.stringMatching(
        /^--known-hosts: the servers' SSH host keys are not given; .*`ssh-keyscan -t ed25519 10\.0\.42\.11 /,
      ),
    ]);
    expect(await told({ servers, knownHosts: "nowhere" })).toEqual([
      expect.stringMatching(/^--known-hosts: "nowhere" cannot be read; /),
    ]);
    expect(await told({ servers, knownHosts: keys(scanned(servers).slice(0, -1)) })).toEqual([
      expect.stringMatching(/^--known-hosts: it has no key of 10\.0\.42\.41; add it; /),
    ]);
    expect(await told({ servers: "etcd=10.0.42.11", knownHosts: keys(["10.0.42.11 ssh-ed25519 AAAA\n"]) })).toEqual([
      expect.stringMatching(/^--known-hosts machines\[0\]\.hostKey: /),
    ]);
    expect(await told({ servers: "master=10.0.42.11", knownHosts: keys([]) })).toEqual([
      expect.stringMatching(/^--servers: "master" is no role; use etcd, control-plane, load-balancer, worker/),
    ]);
    expect(
      await told({ servers: "etcd=10.9.9.1", knownHosts: keys(["10.9.9.1 ssh-ed25519 AAAA\n"]), server: "vc" }),
    ).toEqual([
      "--server: a site of --kind existing has none; leave it out, or name another kind",
      expect.stringMatching(/^--known-hosts machines\[0\]\.hostKey: /),
    ]);
    expect(
      await told({ servers, knownHosts: keys(scanned(servers)), apiVip: "10.0.42.21", gateway: "10.1.1.1" }),
    ).toEqual([expect.stringMatching(/^--gateway: /), expect.stringMatching(/^--api-vip: /)]);
    expect(await told({ kind: "xen" })).toEqual(['--kind: "xen" is not possible; use vsphere or existing']);
    expect(readdirSync(folder)).toEqual(["known_hosts"]);
  });
});

describe("answers", () => {
  const problems = (given: Record<string, string>, choices = {}) => {
    try {
      answersOf(given, choices);
      return [];
    } catch (error) {
      return (error as Error).message.split("\n").map((line) => line.split(":")[0]);
    }
  };

  it("that cannot be are refused all at once, by their flags", () => {
    expect(problems({ name: "Übel", hosts: "0", workers: "many", cidr: "10.0.0.0/33", kubernetes: "latest" })).toEqual([
      ...["--name", "--hosts", "--cidr", "--kubernetes", "--workers"],
    ]);
    expect(problems({ gateway: "10.9.9.1" })).toEqual(["--gateway"]);
  });

  it("are taken from vCenter if it has one; of several one has to be named", () => {
    expect(answersOf({}, { cluster: ["C0"], server: ["vc:8989"] })).toMatchObject({ cluster: "C0", server: "vc:8989" });
    expect(() => answersOf({}, { cluster: ["C0", "C1"], template: [] })).toThrow(
      "--cluster: vCenter has 2: C0, C1; name one\n--template: vCenter has none that can be seen; name one",
    );
    expect(answersOf({ cluster: "C1" }, { cluster: ["C0", "C1"] }).cluster).toBe("C1");
  });

  it("name the distributed switch of a port group only where several networks have its name", () => {
    const choices = {
      network: ["Nodes", "Office"],
      distributedSwitch: ({ network }: { network?: string }) =>
        network === "Nodes" ? ["switch-a", "switch-b"] : undefined,
    };
    expect(stackText(answersOf({ network: "Office" }, choices))).not.toContain("distributedSwitch");
    expect(() => answersOf({ network: "Nodes" }, choices)).toThrow(
      "--distributed-switch: vCenter has 2: switch-a, switch-b; name one",
    );
    expect(stackText(answersOf({ network: "Nodes", distributedSwitch: "switch-b" }, choices))).toContain(
      "distributedSwitch: switch-b",
    );
  });
});
