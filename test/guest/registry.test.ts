import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { program as run } from "../../cli/process/program";
import { loadMachineImage } from "../../lab/guest/machine-image";
import { parseSite } from "../../site/description/parse";
import { REGISTRY_MEMORY_MIB } from "../../site/description/registry";
import type { MachinePlan, SitePlan } from "../../site/plan/model";
import { planSite } from "../../site/plan/plan";
import { registryMachines } from "../../site/plan/registry";
import { quoted } from "../../site/render/apply";
import { fill } from "../../site/render/content";
import { registryClientFiles, registryFiles } from "../../site/render/registry";
import { shell } from "../../site/render/shell";
import { existingSite } from "../support/existingSite";
import { SitePki } from "../support/sitePki";
import { type SmallImage, smallImage } from "../support/smallImage";
import { Guest } from "./guest";

// The two copies of a site's own registry, on machines of the image: who may do what, that one copy follows the other, and that
// containerd asks them for images of any registry's name (S8).

let folder: string;
let guests: [Guest, Guest];
let plan: SitePlan;
let pki: SitePki;
let copies: [MachinePlan, MachinePlan];
let image: SmallImage;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "groundwork-registry-"));
  const machineImage = await loadMachineImage();
  guests = [await Guest.start(machineImage, {}), await Guest.start(machineImage, {})];
  await Promise.all(guests.map((guest) => guest.booted()));
  plan = planOver(guests.map(({ address }) => address));
  copies = registryMachines(plan) as [MachinePlan, MachinePlan];
  pki = new SitePki(plan);
  writeFileSync(join(folder, "file"), "nowhere else\n");
  const layer = execFileSync("tar", ["-C", folder, "-c", "file"]);
  image = smallImage(join(folder, "layout"), layer);
});

afterAll(async () => {
  pki?.remove();
  await Promise.all((guests ?? []).map((guest) => guest.remove()));
  rmSync(folder, { recursive: true, force: true });
});

/** A site on servers, whose control planes are the guests; nobody balances, so that each is asked by its own address. */
function planOver(addresses: string[]): SitePlan {
  const net = (addresses[0] ?? "").split(".").slice(0, 2).join(".");
  const site = existingSite();
  const planes = [...addresses];
  const machines = (site.machines ?? []).filter(({ role }) => role !== "load-balancer");
  return planSite(
    parseSite({
      ...site,
      machines: machines.map((machine, i) => ({
        ...machine,
        address: machine.role === "control-plane" ? (planes.shift() ?? "") : `${net}.200.${i + 10}`,
      })),
      network: { cidr: `${net}.0.0/16`, gateway: `${net}.250.1`, machines: `${net}.200.1-${net}.200.99` },
      loadBalancer: { kind: "external", endpoint: `${net}.250.2` },
      registry: { kind: "local", upstreams: ["quay.io"] },
    }),
  );
}

const written = new Set<number>();

/** Brings a guest to its copy, by the program that `up` runs. */
function apply(index: 0 | 1, more = ""): string {
  const [guest, machine] = [guests[index], copies[index]];
  const files = [...registryFiles(plan, machine), ...registryClientFiles(plan, machine)];
  if (!written.has(index))
    for (const { path, content, mode } of files)
      guest.write(
        path,
        fill(content, (ref) => pki.value(ref)),
        mode,
      );
  written.add(index);
  const lines = files.map(
    ({ path, mode, owner, units }) => `0${mode.toString(8)} ${owner} ${path} ${units.join() || "-"}`,
  );
  const header = {
    MACHINE: machine.name,
    ADDRESS: machine.address,
    FILES: lines.join("\n"),
    CGROUP_DRIVER: "cgroupfs",
  };
  const program = [
    "#!/bin/bash",
    ...Object.entries(header).map(([name, value]) => `${name}=${quoted(value)}`),
    ...[shell("common"), shell("node"), shell("registry")],
    "mkdir -p $STATE/applied; systemctl daemon-reload",
    more || "registry_in_force; own_registry",
  ].join("\n");
  guest.write("/root/apply/identity", "x");
  guest.write("/root/apply/apply", program, 0o700);
  return guest.run("bash", "/root/apply/apply");
}

const name = (index: 0 | 1, path = "quay.io/shop/app:1.0.0") => `docker://${copies[index].address}:5000/${path}`;
const skopeo = async (...args: string[]) => {
  const { code, stderr, stdout } = await run("skopeo", args);
  return { code, said: stdout + stderr };
};
const push = (index: 0 | 1, id?: string, path?: string) =>
  skopeo(
    ...["copy", "--all", "--preserve-digests", `--dest-cert-dir=${pki.certificates(id)}`],
    `oci:${image.folder}:it`,
    name(index, path),
  );
const told = (index: 0 | 1, unit: string) => guests[index].run("journalctl", "-u", unit, "-o", "cat");

/** What containerd of a guest says that pulls an image by the name that it has upstream. */
function pulled(index: 0 | 1, what = `quay.io/shop/app@${image.digest}`): string {
  const ctr = "ctr -n k8s.io images pull --hosts-dir /etc/containerd/certs.d --local";
  return guests[index].run("bash", "-c", `timeout 60 ${ctr} ${quoted(what)} 2>&1; echo "code $?"`);
}

describe("one copy after the other", () => {
  test("the first starts while the other is not there", () => {
    expect(apply(0)).toMatch(/copying what the other copy of the registry has/);
  });

  test("nobody writes but who has the pusher's certificate, and nobody reads who is no node", async () => {
    const node = `kubelet-client-${copies[0].name}`;
    expect((await push(0)).said).toMatch(/401|unauthorized/i);
    expect((await push(0, node)).said).toMatch(/403/);
    expect((await push(0, "apiserver-kubelet-client")).said).toMatch(/403/);
    const { code, said } = await push(0, "registry-push");
    expect(code, said).toBe(0);
    const inspected = (id?: string) =>
      skopeo("inspect", "--no-tags", "--format={{.Digest}}", `--cert-dir=${pki.certificates(id)}`, name(0));
    expect((await inspected(node)).said.trim()).toBe(image.digest);
    expect((await inspected()).code).not.toBe(0);
    expect((await inspected("controller-manager")).code).not.toBe(0);
  });

  test("who did what is in the journal, without what a connection is known by", () => {
    const log = told(0, "groundwork-registry-front");
    expect(log).toMatch(
      /^registry: "groundwork:registry-push" from \S+ PUT "\/v2\/quay\.io\/shop\/app\/manifests\/1\.0\.0" 201 /m,
    );
    expect(log).toMatch(
      /^registry: "system:node:\S+" from \S+ GET "\/v2\/quay\.io\/shop\/app\/manifests\/1\.0\.0" 200 /m,
    );
    expect(log).toMatch(/^registry: "system:node:\S+" from \S+ POST \S+ 403 /m);
    expect(log).not.toContain("_state");
  });

  test("the second has all of the first's when it is up, with the same digests", async () => {
    apply(1);
    const there = await skopeo(
      ...["inspect", "--raw", `--cert-dir=${pki.certificates("registry-push")}`],
      name(1, `quay.io/shop/app@${image.digest}`),
    );
    expect(JSON.parse(there.said).manifests[0].digest).toBe(image.manifest);
    expect(guests[1].run("cat", "/var/lib/groundwork/registry-filled")).toBe("");
  });

  test("a second time nothing is started again", () => {
    const started = () =>
      guests[0].run(
        "systemctl",
        "show",
        "--property=ActiveEnterTimestampMonotonic",
        "groundwork-registry",
        "groundwork-registry-front",
      );
    const before = started();
    expect(apply(0)).not.toContain("copying");
    expect(started()).toBe(before);
  });
});

describe("containerd", () => {
  test("gets an image by the name that it has upstream, of whichever copy has it", async () => {
    expect((await push(0, "registry-push", "quay.io/shop/first:1.0.0")).code).toBe(0);
    for (const index of [0, 1] as const) expect(pulled(index, "quay.io/shop/first:1.0.0")).toMatch(/code 0$/m);
  });

  test("gets none of another registry that has the same path, and asks nobody else", () => {
    expect(pulled(0, "ghcr.io/shop/first:1.0.0")).toMatch(/not found[\s\S]*code [1-9]/);
  });

  test("gets one by the registry's own name, too", () => {
    expect(pulled(1, `${copies[0].address}:5000/quay.io/shop/first:1.0.0`)).toMatch(/code 0$/m);
  });

  test("goes on when a copy's machine is away, and the other one is filled when it is back", async () => {
    guests[0].run("systemctl", "stop", "groundwork-registry-front", "groundwork-registry");
    expect((await push(1, "registry-push", "quay.io/shop/second:1.0.0")).code).toBe(0);
    expect(pulled(1, "quay.io/shop/second:1.0.0")).toMatch(/code 0$/m);
    expect(pulled(0, "quay.io/shop/second:1.0.0")).toMatch(/code 0$/m);
    guests[0].run("systemctl", "start", "groundwork-registry", "groundwork-registry-front");
    guests[0].run("systemctl", "start", "groundwork-registry-copy");
    const { said } = await skopeo(
      ...["inspect", "--no-tags", "--format={{.Digest}}", `--cert-dir=${pki.certificates("registry-push")}`],
      name(0, "quay.io/shop/second:1.0.0"),
    );
    expect(said.trim()).toBe(image.digest);
    expect(told(0, "groundwork-registry-copy")).toMatch(/1 images came from the other copy/);
  });

  test("that does not read where it is told what to ask is refused", () => {
    const check = (config: string) =>
      `rm -f $STATE/applied/registry-client; containerd() { cat <<'X'\n${config}\nX\n}; (registry_in_force && echo well) 2>&1 || true`;
    expect(apply(1, check("    config_path = '/etc/containerd/certs.d:/etc/docker/certs.d'"))).toContain("well");
    for (const config of ["config_path = ''", "  config_path = '/etc/docker/certs.d'", ""])
      expect(apply(1, check(config))).toMatch(
        /containerd does not read \/etc\/containerd\/certs\.d.*; set config_path/,
      );
  });
});

describe("a registry that is as large as it may be", () => {
  test("takes nothing more, and gives what it has, until it may be larger", async () => {
    const size = (mib: number) => {
      guests[1].run("sed", "-i", `s/^SIZE_MIB=.*/SIZE_MIB=${mib}/`, "/etc/groundwork/registry/copy.conf");
      guests[1].run("systemctl", "start", "groundwork-registry-copy");
    };
    size(0);
    expect((await push(1, "registry-push", "quay.io/shop/third:1.0.0")).said).toMatch(/507/);
    expect(pulled(1, "quay.io/shop/second:1.0.0")).toMatch(/code 0$/m);
    expect(told(1, "groundwork-registry-copy")).toMatch(
      /the registry takes \d+ MiB and may take 0: nothing more is written/,
    );
    size(10_240);
    expect((await push(1, "registry-push", "quay.io/shop/third:1.0.0")).code).toBe(0);
  });

  test("takes as much memory as is counted for it, at most", () => {
    const used = ["groundwork-registry", "groundwork-registry-front"].map((unit) => {
      const pids = guests[1].run(
        "bash",
        "-c",
        `cat /proc/$(systemctl show -P MainPID ${unit})/task/*/children; systemctl show -P MainPID ${unit}`,
      );
      return pids
        .trim()
        .split(/\s+/)
        .reduce(
          (sum, pid) => sum + Number(/^Pss: +(\d+)/m.exec(guests[1].run("cat", `/proc/${pid}/smaps_rollup`))?.[1] ?? 0),
          0,
        );
    });
    console.log(`memory of a copy, KiB: ${used.join(" Distribution, ")} HAProxy`);
    expect(used.reduce((a, b) => a + b) / 1024).toBeLessThan(REGISTRY_MEMORY_MIB);
  });
});

describe("left out of the description", () => {
  test("it ends, and what lay in it stays", () => {
    const lines =
      "FILES=''; for f in /etc/systemd/system/groundwork-registry*; do rm $f; done; systemctl daemon-reload; own_registry";
    apply(1, lines);
    const units = ["groundwork-registry", "groundwork-registry-front", "groundwork-registry-copy.timer"];
    const states = guests[1].run("bash", "-c", `systemctl is-active ${units.join(" ")} || true`);
    expect(states.trim().split("\n")).toEqual(units.map(() => "inactive"));
    expect(
      guests[1].run("bash", "-c", "ls /var/lib/groundwork-registry/docker/registry/v2/repositories/quay.io/shop"),
    ).toContain("app");
    expect(
      guests[1].run("bash", "-c", "ls /etc/systemd/system/*.wants | grep -c groundwork-registry || true").trim(),
    ).toBe("0");
  });
});
