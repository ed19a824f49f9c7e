import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { authorities } from "../../site/pki/authorities";
import { certificatesOf } from "../../site/pki/certificates";
import { encryptionKeyOf, keysOf } from "../../site/pki/keys";
import { nodesOf } from "../../site/plan/roles";
import { certificatesIn, keysOfState, type MaterialFile, materialOf, privateKeysIn } from "../support/lab/keyMaterial";
import { RunningSite } from "../support/lab/site";

/** What a certificate must be good for, and the purpose by which openssl judges it. */
const purposes = {
  server_auth: { words: "TLS Web Server Authentication", purpose: "sslserver" },
  client_auth: { words: "TLS Web Client Authentication", purpose: "sslclient" },
} as const;

describe("keys and certificates, as openssl finds them on the machines (S1)", () => {
  let site: RunningSite;
  let folder: string;
  let files: MaterialFile[];
  /** Private keys by their id in the plan, in each form. */
  let keys: Map<string, string[]>;
  /** Certificates by the id of their key. */
  let certificates: Map<string, string>;

  beforeAll(async () => {
    site = await RunningSite.open();
    folder = mkdtempSync(join(tmpdir(), "groundwork-certificates-"));
    const prefix = `${site.plan.site}-`;
    const named = await keysOfState(site);
    keys = new Map(
      [...named].map(([name, forms]) => [name.startsWith(prefix) ? name.slice(prefix.length) : name, forms]),
    );
    files = (await Promise.all(site.machines().map(({ name }) => materialOf(site, name)))).flat();
    for (const { id } of authorities) writeFileSync(join(folder, `${id}.crt`), await authority(id));
    certificates = await collected();
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** An authority's certificate, as a machine has it that trusts it. */
  const authority = async (id: string): Promise<string> => {
    const path = { cluster: "ca.crt", etcd: "etcd/ca.crt", "front-proxy": "front-proxy-ca.crt" }[id];
    const machine = site.machines("control-plane")[0]?.name ?? "";
    return site.ssh(machine, `cat /etc/kubernetes/pki/${path}`);
  };

  const openssl = (args: string[], input = "") => site.run("openssl", args, { input });

  /** Every certificate on the machines, in the operator's kubeconfig and in the cluster, by its public key. */
  const collected = async (): Promise<Map<string, string>> => {
    const found = new Set(files.flatMap(({ text }) => certificatesIn(text)));
    const metrics = await site.kubectl(
      "-n",
      "kube-system",
      "get",
      "secrets",
      "-o",
      "jsonpath={.items[*].data.tls\\.crt}",
    );
    const operator = await site.kubectl(
      "config",
      "view",
      "--raw",
      "-o",
      "jsonpath={.users[*].user.client-certificate-data}",
    );
    for (const data of [...metrics.split(" "), operator])
      for (const pem of certificatesIn(Buffer.from(data, "base64").toString())) found.add(pem);
    const owner = new Map<string, string>();
    for (const [id, [pem = ""]] of keys)
      if (!id.startsWith("ssh-") && id !== "encryption" && id !== "service-account")
        owner.set(await openssl(["pkey", "-pubout"], pem), id);
    const result = new Map<string, string>();
    for (const pem of found) {
      const id = owner.get(await openssl(["x509", "-noout", "-pubkey"], pem));
      expect(id, `nobody's certificate:\n${pem}`).toBeDefined();
      result.set(id as string, pem);
    }
    return result;
  };

  it("are all there, but for the first administrator's, which is taken away after the start", () => {
    const planned = [...certificatesOf(site.plan), ...authorities.map(({ id }) => ({ id: `${id}-ca` }))];
    const expected = planned.map(({ id }) => id).filter((id) => id !== "super-admin");
    expect([...certificates.keys()].sort()).toEqual(expected.sort());
    expect(expected.length).toBeGreaterThan(25);
  });

  it("have chain, names, usages and life as planned", async () => {
    for (const plan of certificatesOf(site.plan).filter(({ id }) => id !== "super-admin")) {
      const file = join(folder, "certificate.pem");
      writeFileSync(file, certificates.get(plan.id) ?? "");
      const uses = plan.usages.flatMap((usage) =>
        usage in purposes ? [purposes[usage as keyof typeof purposes]] : [],
      );
      expect(uses.length, plan.id).toBeGreaterThan(0);
      for (const { purpose } of uses) {
        const verify = [
          "verify",
          "-x509_strict",
          "-purpose",
          purpose,
          "-CAfile",
          join(folder, `${plan.authority}.crt`),
          file,
        ];
        expect(await openssl(verify), plan.id).toContain(": OK");
      }
      for (const { id } of authorities.filter(({ id }) => id !== plan.authority)) {
        const { code } = await site.attempt("openssl", ["verify", "-CAfile", join(folder, `${id}.crt`), file]);
        expect(code, `${plan.id} is not of ${id}`).not.toBe(0);
      }
      const shown = await openssl([
        ...["x509", "-noout", "-in", file, "-subject", "-nameopt", "sep_multiline,utf8", "-ext"],
        "subjectAltName,extendedKeyUsage,keyUsage,basicConstraints",
      ]);
      expect(subject(shown), plan.id).toEqual({
        CN: plan.commonName,
        ...(plan.organization && { O: plan.organization }),
      });
      expect(alternativeNames(shown), plan.id).toEqual(
        [...plan.dnsNames.map((name) => `DNS:${name}`), ...plan.ipAddresses.map((ip) => `IP Address:${ip}`)].sort(),
      );
      expect(extension(shown, "Extended Key Usage"), plan.id).toEqual(uses.map(({ words }) => words).sort());
      expect(extension(shown, "Key Usage"), plan.id).toEqual(["Digital Signature"]);
      expect(shown, plan.id).not.toContain("CA:TRUE");
      const almost = `${(plan.validityHours - 48) * 3600}`;
      expect(await openssl(["x509", "-noout", "-in", file, "-checkend", almost]), plan.id).toContain("will not expire");
    }
  });

  it("have authorities that sign themselves and may sign", async () => {
    for (const { id, commonName } of authorities) {
      const file = join(folder, `${id}.crt`);
      expect(await openssl(["verify", "-x509_strict", "-CAfile", file, file])).toContain(": OK");
      const shown = await openssl([
        "x509",
        "-noout",
        "-in",
        file,
        "-subject",
        "-nameopt",
        "sep_multiline,utf8",
        "-ext",
        "basicConstraints,keyUsage",
      ]);
      expect(subject(shown)).toEqual({ CN: commonName });
      expect(shown).toContain("CA:TRUE");
      expect(extension(shown, "Key Usage")).toContain("Certificate Sign");
    }
  });

  it("lie on the planned machines and nowhere else, the authorities' nowhere", () => {
    const where = new Map<string, Set<string>>([...keys.keys()].map((id) => [id, new Set()]));
    const strangers: string[] = [];
    for (const { machine, path, text } of files) {
      for (const key of privateKeysIn(text)) {
        const id = [...keys].find(([, forms]) => forms.some((form) => sameText(form, key)))?.[0];
        if (id === undefined) strangers.push(`${machine}:${path}`);
        else where.get(id)?.add(machine);
      }
      const encryption = keys.get("encryption")?.find((form) => form.includes("BEGIN PRIVATE KEY"));
      if (text.includes(encryptionKeyOf(encryption ?? ""))) where.get("encryption")?.add(machine);
    }
    expect(strangers).toEqual([]);
    const planned = new Map([
      ...authorities.map(({ id }): [string, string[]] => [`${id}-ca`, []]),
      ...[...certificatesOf(site.plan), ...keysOf(site.plan)].map(({ id, machines }): [string, string[]] => [
        id,
        id === "super-admin" ? [] : [...machines].sort(),
      ]),
    ]);
    const found = new Map([...where].map(([id, machines]) => [id, [...machines].sort()]));
    expect(Object.fromEntries([...found].sort())).toEqual(Object.fromEntries([...planned].sort()));
  });

  it("are in files that only their owner can read", () => {
    const holders = files.filter(({ text }) => privateKeysIn(text).length > 0 || text.includes("secretbox:"));
    expect(holders.length).toBeGreaterThan(30);
    expect(
      holders.filter(({ mode }) => mode !== "600").map(({ machine, path, mode }) => `${machine}:${path} ${mode}`),
    ).toEqual([]);
  });

  it("are what the running servers show", async () => {
    const shows = async (address: string, port: number, ca: string, name: string) => {
      const names = /^[\d.]+$/.test(name) ? ["-verify_ip", name] : ["-verify_hostname", name, "-servername", name];
      const connect = ["s_client", "-connect", `${address}:${port}`, "-CAfile", join(folder, `${ca}.crt`)];
      const { text } = await site.attempt("openssl", [...connect, ...names, "-verify_return_error"]);
      expect(text, `${address}:${port} as ${name}`).toContain("Verify return code: 0 (ok)");
      return certificatesIn(text)[0];
    };
    const vip = site.plan.vip as string;
    await shows(vip, 6443, "cluster", vip);
    await shows(vip, 6443, "cluster", "kubernetes.default.svc.cluster.local");
    for (const { name, address } of site.machines("control-plane"))
      expect(await shows(address, 6443, "cluster", address)).toBe(certificates.get(`apiserver-${name}`));
    for (const { name, address } of nodesOf(site.plan)) {
      expect(await shows(address, 10250, "cluster", address)).toBe(certificates.get(`kubelet-serving-${name}`));
      await shows(address, 10250, "cluster", name);
    }
    for (const { name, address } of site.machines("etcd")) {
      expect(await shows(address, 2379, "etcd", address)).toBe(certificates.get(`etcd-server-${name}`));
      expect(await shows(address, 2380, "etcd", address)).toBe(certificates.get(`etcd-peer-${name}`));
    }
  });

  it("stand in the stack's inventory with their ends", async () => {
    const inventory = JSON.parse(
      await site.run("pulumi", ["stack", "output", "certificates", "--show-secrets", "--json"]),
    ) as {
      id: string;
      expires: string;
    }[];
    for (const { id, expires } of inventory.filter(({ id }) => id !== "super-admin")) {
      const shown = await openssl(["x509", "-noout", "-enddate", "-dateopt", "iso_8601"], certificates.get(id));
      expect(new Date(shown.trim().replace("notAfter=", "").replace(" ", "T")), id).toEqual(new Date(expires));
    }
    expect(inventory.length).toBe(certificates.size + 1);
  });
});

function sameText(a: string, b: string): boolean {
  return a.replace(/\s/g, "") === b.replace(/\s/g, "");
}

function subject(shown: string): Record<string, string> {
  return Object.fromEntries([...shown.matchAll(/^ {4}(CN|O) ?= ?(.+)$/gm)].map(([, name, value]) => [name, value]));
}

function alternativeNames(shown: string): string[] {
  return extension(shown, "Subject Alternative Name");
}

function extension(shown: string, name: string): string[] {
  const line = new RegExp(`X509v3 ${name}:.*\\n\\s+(.+)`).exec(shown)?.[1];
  return line === undefined
    ? []
    : line
        .split(", ")
        .map((each) => each.trim())
        .sort();
}
