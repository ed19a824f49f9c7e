import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import type { RunningSite } from "./site";

/** A server that exists: nothing of a site in it but a login of its owner's. */
export interface Server {
  name: string;
  address: string;
  host: string;
  /** Its public SSH host key. */
  hostKey: string;
}

/** Servers of an owner who has a key, beside the machines of the tests' site and made without it. */
export class Servers {
  private readonly folder = mkdtempSync(join(tmpdir(), "groundwork-servers-"));
  private readonly names: string[] = [];

  private constructor(private readonly site: RunningSite) {}

  static async of(site: RunningSite): Promise<Servers> {
    const servers = new Servers(site);
    await servers.key("owner");
    return servers;
  }

  get ownersKey(): string {
    return readFileSync(join(this.folder, "owner"), "utf8");
  }

  /** Starts a server and returns when it has power; it may still boot. */
  async start(name: string, host: string, address: string, dataOn?: string): Promise<Server> {
    const { govc } = this.site.datacenter;
    const { cidr, gateway, nameservers } = this.site.plan.spec.network;
    const hostKey = await this.key(name);
    const metadata = {
      "instance-id": name,
      "local-hostname": name,
      network: {
        version: 2,
        ethernets: {
          primary: {
            match: { name: "e*" },
            addresses: [`${address}/${cidr.split("/")[1]}`],
            routes: [{ to: "0.0.0.0/0", via: gateway }],
            nameservers: { addresses: nameservers },
          },
        },
      },
    };
    const userdata = {
      hostname: name,
      manage_etc_hosts: "localhost",
      ssh_deletekeys: true,
      ssh_genkeytypes: [],
      ssh_keys: { ed25519_private: readFileSync(join(this.folder, name), "utf8"), ed25519_public: hostKey },
      users: [
        {
          name: "owner",
          shell: "/bin/bash",
          lock_passwd: true,
          sudo: "ALL=(ALL) NOPASSWD:ALL",
          ssh_authorized_keys: [readFileSync(join(this.folder, "owner.pub"), "utf8").trim()],
        },
      ],
    };
    const place = ["-host", host, "-ds", `${host}-b`, "-net", "VM Network", "-c", "2", "-m", "4096"];
    await govc("vm.clone", "-vm", "groundwork-node", "-on=false", ...place, name);
    this.names.push(name);
    if (dataOn !== undefined)
      await govc("vm.disk.create", "-vm", name, "-ds", dataOn, "-name", `${name}-data`, "-size", "20G");
    const guestinfo = { metadata: stringify(metadata), userdata: `#cloud-config\n${stringify(userdata)}` };
    const settings = Object.entries(guestinfo).flatMap(([key, text]) => [
      ...["-e", `guestinfo.${key}=${Buffer.from(text).toString("base64")}`],
      ...["-e", `guestinfo.${key}.encoding=base64`],
    ]);
    await govc("vm.change", "-vm", name, ...settings);
    await govc("vm.power", "-on", name);
    return { name, address, host, hostKey };
  }

  /** Takes all of them away. */
  async destroy(): Promise<void> {
    const { govc } = this.site.datacenter;
    await Promise.all(
      this.names.map(async (name) => {
        await govc("vm.power", "-off", "-force", name).catch(() => "it has no power");
        await govc("vm.destroy", name);
      }),
    );
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Makes a key pair and returns its public half. */
  private async key(name: string): Promise<string> {
    await this.site.run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", join(this.folder, name)]);
    return readFileSync(join(this.folder, `${name}.pub`), "utf8").trim();
  }
}
