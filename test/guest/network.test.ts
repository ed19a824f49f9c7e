import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { machineBase } from "../../image/machine/base";
import { ensure } from "../../lab/toolchain/artifact";
import { parseSite } from "../../site/description/parse";
import { macAddress } from "../../site/plan/macAddress";
import type { MachinePlan } from "../../site/plan/model";
import { planSite } from "../../site/plan/plan";
import { cloudInit } from "../../site/render/cloudInit";
import { site, threeHosts } from "../support/sites";

const base = site(threeHosts);
const storage = { name: "storage", network: "Storage", cidr: "10.0.50.0/25", machines: "10.0.50.10-10.0.50.40" };
const hypervisor = { ...base.hypervisor, networks: [{ ...storage, mtu: 9000 }] };
const plan = planSite(parseSite({ ...base, hypervisor, network: { ...base.network, nameservers: ["10.0.42.3"] } }));
const machine = plan.machines[0] as MachinePlan;
const mac = macAddress(plan, machine);
/** A machine with a card in a further network. */
const worker = plan.machines.find(({ role }) => role === "worker") as MachinePlan;
const [first, second] = [macAddress(plan, worker), macAddress(plan, worker, "storage")];
const there = `${worker.cards?.[0]?.address}/25`;

/** The root of a machine's own Debian, for its cloud-init. */
let root = "";

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "groundwork-network-"));
  const archive = join(await ensure(machineBase()), "base.tar");
  execFileSync("tar", ["-xf", archive, "-C", root, "--exclude=./usr/share/*", "--exclude=./boot/*"]);
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

/** What cloud-init writes for one of the ways in which distributions set up their network: files by path, from `/` on. */
function rendered(renderer: string, of = machine): Map<string, string> {
  const metadata = parse(cloudInit(plan, of).metadata.join("")) as { network: unknown };
  writeFileSync(join(root, "network.yaml"), stringify(metadata.network));
  const output = join(root, `${renderer}-${of.name}`);
  mkdirSync(output, { recursive: true });
  // A second card, as a template may have.
  const cards =
    of === machine
      ? ["-m", `ens192,${mac}`, "-m", "ens224,00:50:56:aa:bb:cc"]
      : ["-m", `ens224,${first}`, "-m", `ens192,${second}`];
  const convert = [
    "devel",
    "net-convert",
    "-p",
    "/network.yaml",
    "-k",
    "yaml",
    "-d",
    `/${renderer}-${of.name}`,
    "-D",
    "debian",
  ];
  execFileSync("chroot", [root, "cloud-init", ...convert, ...cards, "-O", renderer], { stdio: "pipe" });
  const files = readdirSync(output, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    files.map(({ parentPath, name }) => {
      const file = join(parentPath, name);
      return [file.slice(output.length), readFileSync(file, "utf8")];
    }),
  );
}

describe("real-vcenter-01, F1: the network that cloud-init's own renderers make of what a machine is told", () => {
  it("eni (ifupdown): the card is found by its MAC address and has the planned address", () => {
    const files = rendered("eni");
    expect(files.get("/etc/udev/rules.d/70-persistent-net.rules")).toContain(`ATTR{address}=="${mac}", NAME="eth0"`);
    const interfaces = files.get("/etc/network/interfaces.d/50-cloud-init") ?? "";
    expect(interfaces).toContain(`auto eth0\niface eth0 inet static\n    address ${machine.address}/24`);
    expect(interfaces).toContain("gw 10.0.42.1");
    expect(interfaces.match(/^iface /gm)).toHaveLength(2);
  });

  it("netplan: the card is found by its MAC address and has the planned address", () => {
    const { network } = parse(rendered("netplan").get("/etc/netplan/50-cloud-init.yaml") ?? "");
    expect(Object.values(network.ethernets)).toEqual([
      expect.objectContaining({
        match: { macaddress: mac },
        "set-name": "eth0",
        addresses: [`${machine.address}/24`],
        routes: [{ to: "0.0.0.0/0", via: "10.0.42.1" }],
      }),
    ]);
  });

  it("networkd: the card is found by its MAC address and has the planned address", () => {
    const files = rendered("networkd");
    expect([...files.keys()]).toEqual(["/etc/systemd/network/10-cloud-init-eth0.network"]);
    const text = [...files.values()].join("");
    expect(text).toContain(`MACAddress=${mac}`);
    expect(text).toContain(`Address=${machine.address}/24`);
    expect(text).toContain("Gateway=10.0.42.1");
  });

  it("network-manager: the card is found by its MAC address and has the planned address", () => {
    const files = rendered("network-manager");
    expect([...files.keys()]).toEqual(["/etc/NetworkManager/system-connections/cloud-init-eth0.nmconnection"]);
    const text = [...files.values()].join("");
    expect(text.toLowerCase()).toContain(`mac-address=${mac}`);
    expect(text).toContain(`address1=${machine.address}/24`);
    expect(text).toContain("route1=0.0.0.0/0,10.0.42.1");
  });
});

describe("the card in a further network, which has an address and neither a router nor name servers", () => {
  it("eni (ifupdown)", () => {
    const files = rendered("eni", worker);
    const rules = files.get("/etc/udev/rules.d/70-persistent-net.rules");
    expect(rules).toContain(`ATTR{address}=="${first}", NAME="eth0"`);
    expect(rules).toContain(`ATTR{address}=="${second}", NAME="storage"`);
    const interfaces = files.get("/etc/network/interfaces.d/50-cloud-init") ?? "";
    const [, own = ""] = interfaces.split("auto storage\n");
    expect(own).toMatch(new RegExp(`^iface storage inet static\\n    address ${there}\\n    mtu 9000`));
    expect(own.split(/^auto /m)[0]).not.toMatch(/gw |gateway|dns/);
    expect(interfaces.match(/gw 10\.0\.42\.1/g)).not.toBeNull();
  });

  it("netplan", () => {
    const { network } = parse(rendered("netplan", worker).get("/etc/netplan/50-cloud-init.yaml") ?? "");
    const cards = Object.values(network.ethernets) as { "set-name": string }[];
    expect(cards.map((card) => card["set-name"])).toEqual(["eth0", "storage"]);
    expect(cards[1]).toEqual({
      match: { macaddress: second },
      "set-name": "storage",
      dhcp4: false,
      addresses: [there],
      mtu: 9000,
    });
  });

  it("networkd", () => {
    const text = rendered("networkd", worker).get("/etc/systemd/network/10-cloud-init-storage.network") ?? "";
    expect(text).toContain(`MACAddress=${second}`);
    expect(text).toContain(`Address=${there}`);
    expect(text).toContain("MTUBytes=9000");
    expect(text).not.toMatch(/Gateway|DNS|DHCP=(yes|ipv4)/);
  });

  it("network-manager", () => {
    const files = rendered("network-manager", worker);
    const text = files.get("/etc/NetworkManager/system-connections/cloud-init-storage.nmconnection") ?? "";
    expect(text.toLowerCase()).toContain(`mac-address=${second}`);
    expect(text).toContain(`address1=${there}`);
    expect(text).toContain("mtu=9000");
    expect(text).not.toMatch(/gateway|route1|dns=/);
  });
});
