import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { encryptionKeyOf } from "../../site/pki/keys";
import { type Needle, needlesOfKey, needlesOfText, secretsIn } from "../support/lab/clearText";
import { keysOfState } from "../support/lab/keyMaterial";
import { labName, RunningSite } from "../support/lab/site";

describe("no secret lies in the clear (S4)", () => {
  let site: RunningSite;
  let needles: Needle[];
  let aKey: string;

  beforeAll(async () => {
    site = await RunningSite.open();
    const keys = await keysOfState(site);
    const encryption = keys.get(`${site.plan.site}-encryption`)?.find((form) => form.includes("BEGIN PRIVATE KEY"));
    aKey = keys.get(`${site.plan.site}-cluster-ca`)?.[0] ?? "";
    const { environment } = site;
    needles = [
      ...[...keys].flatMap(([name, forms]) => needlesOfKey(name, forms)),
      ...needlesOfText("encryption key", encryptionKeyOf(encryption ?? "")),
      ...needlesOfText("passphrase of the state", environment.PULUMI_CONFIG_PASSPHRASE ?? ""),
      ...needlesOfText("password of vCenter", environment.VSPHERE_PASSWORD ?? ""),
    ];
    expect(keys.size).toBeGreaterThan(35);
    expect(Math.min(...needles.map(({ text }) => text.length))).toBeGreaterThanOrEqual(12);
  });

  const none = (content: string | Buffer, place: string) => expect(secretsIn(content, needles), place).toEqual([]);

  /** Files of a folder that hold a secret, and how many were read. */
  const searchFolder = (folder: string): { read: number; holders: string[] } => {
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
      .map((name) => join(folder, name))
      .filter((file) => statSync(file).isFile());
    return { read: files.length, holders: files.filter((file) => secretsIn(readFileSync(file), needles).length > 0) };
  };

  /** What a script prints as a user of a machine. */
  const inside = async (machine: string, user: "root" | "nobody", script: string): Promise<string> =>
    site.run("docker", ["exec", "-i", "-u", user, site.container(machine), "bash", "-s"], { input: script });

  /** All that anybody on a machine can read and that was written since it was made. */
  const readableByAll = async (machine: string): Promise<string> => {
    const made = (await site.run("docker", ["inspect", "-f", "{{.Created}}", site.container(machine)])).trim();
    return inside(
      machine,
      "nobody",
      `find / /run /tmp /dev/shm /var/log /var/lib/kubelet /var/lib/etcd -xdev -type f -readable -newerct '${made}' \\
         -exec cat {} + 2>/dev/null || true`,
    );
  };

  const guestinfo = () => site.run("govc", ["vm.info", "-e", "-json", ...site.machines().map(({ name }) => name)]);

  it("in the state files", () => {
    const { read, holders } = searchFolder(site.paths.backend);
    expect(holders).toEqual([]);
    expect(read).toBeGreaterThan(0);
  });

  it("in the logs of the lab and of vCenter, and in the stack's settings", () => {
    const { read, holders } = searchFolder(site.paths.logs);
    expect(holders).toEqual([]);
    expect(read).toBeGreaterThan(0);
    for (const file of ["vcenter/vcenter.log", `Pulumi.${labName}.yaml`, "Pulumi.yaml"])
      none(readFileSync(join(site.paths.folder, file)), file);
  });

  it("in what Pulumi exports, shows and remembers", async () => {
    none(await site.run("pulumi", ["stack", "export", "--stack", labName]), "export");
    none(await site.run("pulumi", ["stack", "output", "--json", "--stack", labName]), "outputs");
    none(await site.run("pulumi", ["stack", "history", "--json", "--stack", labName]), "history");
  });

  it("in the diff of a change that reaches machines", async () => {
    const changed = join(site.paths.folder, "Pulumi.changed.yaml");
    const config = readFileSync(site.stack.configFile ?? "", "utf8");
    writeFileSync(changed, config.replace(/etcd: \{ ?members: 3 ?\}/, "etcd: { members: 3, heartbeatMs: 200 }"), {
      mode: 0o600,
    });
    const arrange = ["--config-file", changed, "--stack", labName, "--non-interactive", "--show-secrets=false"];
    try {
      const diff = await site.run("pulumi", ["preview", "--diff", "--show-config", ...arrange], { seconds: 300 });
      expect(diff.split("command:remote:Command: (update)").length - 1).toBeGreaterThanOrEqual(3);
      expect(diff).toContain("[secret]");
      none(diff, "preview --diff");
      const json = await site.run("pulumi", ["preview", "--json", ...arrange], { seconds: 300 });
      none(json, "preview --json");
    } finally {
      rmSync(changed);
    }
  });

  it("in the guestinfo of any machine, nor in what vCenter keeps of them", async () => {
    const text = await guestinfo();
    expect(text).toContain("guestinfo.metadata");
    none(text, "govc vm.info -e");
    const decoded = [...text.matchAll(/"value": "([A-Za-z0-9+/=]{16,})"/g)].map(([, value]) =>
      Buffer.from(value ?? "", "base64"),
    );
    none(Buffer.concat(decoded), "govc vm.info -e, decoded");
    expect(searchFolder(join(site.paths.folder, "vcenter/objects")).holders).toEqual([]);
  });

  it("in the environment, the command line or the labels of a container", async () => {
    none(await site.run("docker", ["inspect", ...site.machines().map(({ name }) => site.container(name))]), "inspect");
  });

  it("in a command line or an environment of a process on a machine", async () => {
    for (const { name } of site.machines()) {
      const text = await inside(name, "root", "cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null || true");
      expect(text, name).toContain("/sbin/init");
      none(text, name);
    }
  });

  it("in a file that anybody on a machine can read", async () => {
    for (const { name } of site.machines()) {
      const text = await readableByAll(name);
      expect(text, name).toContain(name);
      none(text, name);
    }
  });

  it("in a machine's logs", async () => {
    for (const { name } of site.machines()) {
      const script = "journalctl --no-pager -o cat; find /var/log -type f ! -path '*/journal/*' -exec cat {} +";
      const text = await inside(name, "root", script);
      expect(text, name).toContain("Server listening");
      none(text, name);
    }
  });

  describe("and the search would find one", () => {
    const found = ["demo-cluster-ca"];
    it("in each of its forms", () => {
      const coded = Buffer.from(aKey);
      for (const text of [
        aKey,
        JSON.stringify(aKey),
        coded.toString("base64"),
        Buffer.from(` ${aKey}`).toString("base64"),
        Buffer.from(`  ${aKey}`).toString("base64"),
        gzipSync(coded).toString("base64"),
        Buffer.from(gzipSync(coded).toString("base64")).toString(),
      ])
        expect(secretsIn(`before ${text} after`, needles)).toEqual(found);
      expect(secretsIn("nothing", needles)).toEqual([]);
    });

    it("in a log", () => {
      const file = join(site.paths.logs, "planted.log");
      writeFileSync(file, JSON.stringify({ planted: aKey }), { mode: 0o600 });
      try {
        expect(searchFolder(site.paths.logs).holders).toEqual([file]);
      } finally {
        rmSync(file);
      }
    });

    it("in a machine's file, process and guestinfo", async () => {
      const [machine] = site.machines("worker");
      const name = machine?.name ?? "";
      const coded = Buffer.from(aKey).toString("base64");
      const plant = `echo '${coded}' > /etc/planted; PLANTED='${coded}' nohup sleep 300 >/dev/null 2>&1 & echo $!`;
      const process = (await inside(name, "root", plant)).trim();
      await site.run("govc", ["vm.change", "-vm", name, "-e", `guestinfo.planted=${coded}`]);
      try {
        expect(secretsIn(await readableByAll(name), needles)).toEqual(found);
        expect(secretsIn(await inside(name, "root", "cat /proc/[0-9]*/environ 2>/dev/null || true"), needles)).toEqual(
          found,
        );
        expect(secretsIn(await guestinfo(), needles)).toEqual(found);
      } finally {
        await site.run("govc", ["vm.change", "-vm", name, "-e", "guestinfo.planted="]);
        await inside(name, "root", `rm /etc/planted; kill ${process}`);
      }
      expect(secretsIn(await guestinfo(), needles)).toEqual([]);
    });
  });
});
