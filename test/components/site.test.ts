import { execFileSync } from "node:child_process";
import { afterEach, describe, expect, it } from "vitest";
import { existingSite, ownersKey, program } from "../support/existingSite";
import { Project } from "../support/project";
import { installed } from "../support/standins";

let project: Project | undefined;
afterEach(() => project?.remove());

async function projectOf(site: unknown): Promise<Project> {
  project = await Project.create({
    files: program,
    plugins: await installed("command", "tls", "kubernetes"),
    config: { "groundwork:site": site, "groundwork:sshPrivateKey": ownersKey },
  });
  return project;
}

/** What the program said, without the frame around it. */
function said(output: string): string[] {
  const lines = output.slice(output.indexOf("Diagnostics:")).split("\n");
  return lines.map((line) => line.trim()).filter((line) => line !== "");
}

describe("a site's description with mistakes", () => {
  it("is answered by every mistake, each with its place and its fix, and no stack trace", async () => {
    const site = existingSite();
    const wrong = {
      ...site,
      colour: "red",
      etcd: { members: "3" },
      network: { ...site.network, gateway: "203.0.113.300" },
    };
    const { code, output } = await (await projectOf(wrong)).preview();
    expect(code).not.toBe(0);
    expect(output).toContain("colour: no such setting; remove it or correct its name");
    expect(output).toContain('etcd.members: "3" is not');
    expect(output).toContain("network.gateway: ");
    expect(output).not.toMatch(/^\s+at /m);
  });

  it("is refused with the reasons when it is unsafe, and nothing is made", async () => {
    const site = existingSite();
    const hosts = site.hosts.map((host) => ({ ...host, devices: host.devices?.map((d) => ({ ...d, media: "hdd" })) }));
    const { code, output } = await (await projectOf({ ...site, hosts })).up("--skip-preview");
    expect(code).not.toBe(0);
    expect(output).toContain("plain: refused before anything is made");
    for (const member of ["plain-etcd-a", "plain-etcd-b", "plain-etcd-c"]) {
      expect(output).toMatch(new RegExp(`machines\\.${member}\\.disks\\.data: .* a magnetic disk: .*; use an SSD`));
    }
    expect(output).not.toMatch(/^\s+at /m);
    expect(output).not.toContain("groundwork:index:");
  });

  it("says how to sign in to vCenter when nobody said", async () => {
    const site = { ...existingSite(), machines: [], hypervisor: vsphere };
    project = await Project.create({
      files: program,
      config: { "groundwork:site": site },
      env: { VSPHERE_USER: "", VSPHERE_PASSWORD: "" },
    });
    const { output } = await project.preview();
    expect(said(output)).toContainEqual(
      expect.stringContaining("hypervisor: no vCenter user or password; set VSPHERE_USER"),
    );
  });
});

describe("a site of existing servers", () => {
  it("is planned without touching a machine", async () => {
    const { code, output } = await (await projectOf(existingSite())).preview();
    expect(output).toContain("command:remote:Command plain-health create");
    expect(output).toContain("kubernetes:apps/v1:Deployment plain-addons-coredns-deployment create");
    expect(output).toContain("command:remote:Command plain-snapshot create");
    // Nine machines, all but the two load balancers with a way out, and what is asked and saved at the end.
    expect(output.match(/command:remote:Command plain-\S+ create/g)).toHaveLength(9 + 7 + 2);
    expect(output).not.toContain("vsphere:");
    expect(code).toBe(0);
  });

  it("says how to give the key that the servers accept when nobody gave it", async () => {
    project = await Project.create({
      files: program,
      plugins: await installed("command", "tls", "kubernetes"),
      config: { "groundwork:site": existingSite() },
    });
    const { code, output } = await project.preview();
    expect(code).not.toBe(0);
    expect(said(output)).toContainEqual(expect.stringContaining("run `pulumi config set --secret sshPrivateKey < "));
  });

  it("stops at servers that cannot be reached, says which, and keeps the keys for the next run", async () => {
    const site = await projectOf(existingSite());
    // Nobody has these addresses, and no router is asked for them.
    execFileSync("ip", ["route", "replace", "unreachable", "203.0.113.0/24"]);
    const first = await site
      .up("--skip-preview")
      .finally(() => execFileSync("ip", ["route", "delete", "unreachable", "203.0.113.0/24"]));
    expect(first.code).not.toBe(0);
    // The engine begins nothing new after the first one, so that on a busy computer the last of these are not tried.
    const told = first.output.matchAll(/Command plain-(\S+) \*\*creating failed\*\*.*203\.0\.113\./g);
    const failed = new Set([...told].map(([, machine]) => machine));
    expect(failed.size).toBeGreaterThan(0);
    expect(["etcd-a", "etcd-b", "etcd-c", "load-balancer-a", "load-balancer-b"]).toEqual(
      expect.arrayContaining([...failed]),
    );
    expect(first.output).not.toContain("Command plain-control-plane-a");
    const second = await site.preview();
    expect(second.output).not.toMatch(/tls:index:\w+ \S+ (create|replace|update)/);
    expect(second.output).toMatch(/Command plain-etcd-a create/);
  });
});

const vsphere = {
  kind: "vsphere",
  server: "vcenter.example",
  datacenter: "DC0",
  cluster: "C0",
  template: "groundwork-node",
  network: "VM Network",
};
