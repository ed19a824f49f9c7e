import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CertificateRecord } from "../../../components/Pki";
import { machinesOf } from "../../../site/plan/roles";
import { plain } from "./keyMaterial";
import type { RunningSite } from "./site";

interface Resource {
  urn: string;
  type: string;
  inputs: Record<string, unknown>;
  outputs: Record<string, unknown>;
}

/**
 * Makes certificates of a site end an hour ago, as those of a site do that nobody looked after for a year: in the state and at every place
 * on its machines, signed by the site's own authorities with the same keys and names. What reads them is restarted.
 */
export async function endCertificates(
  site: RunningSite,
  chosen: (record: CertificateRecord) => boolean,
): Promise<void> {
  const records = await inventory(site);
  const ended = records.filter((record) => !isAuthority(record) && chosen(record));
  const exported = JSON.parse(await site.run("pulumi", ["stack", "export", "--show-secrets", "--stack", site.lab])) as {
    deployment: { resources: Resource[] };
  };
  const of = (id: string) => {
    const found = exported.deployment.resources.find(
      ({ type, urn }) =>
        type === "tls:index/locallySignedCert:LocallySignedCert" &&
        [id, `${site.plan.site}-${id}`].includes(urn.slice(urn.lastIndexOf("::") + 2)),
    );
    if (!found) throw new Error(`${id}: the state has no such certificate`);
    return found;
  };
  const replaced = new Map<string, string>();
  for (const { id } of ended) {
    const { inputs, outputs } = of(id);
    const old = plain(outputs.certPem);
    const pem = await signed(site, inputs);
    replaced.set(old, pem);
    outputs.certPem =
      typeof outputs.certPem === "string" ? pem : { ...(outputs.certPem as object), plaintext: JSON.stringify(pem) };
    outputs.validityStartTime = end(-366 * 24).toISOString();
    outputs.validityEndTime = end(-1).toISOString();
  }
  const stack = exported.deployment.resources.find(({ type }) => type === "pulumi:pulumi:Stack");
  const told = stack?.outputs.certificates as { plaintext: string };
  told.plaintext = JSON.stringify(
    (JSON.parse(told.plaintext) as CertificateRecord[]).map((record) =>
      ended.some(({ id }) => id === record.id) ? { ...record, expires: end(-1).toISOString() } : record,
    ),
  );
  await site.run("pulumi", ["stack", "import", "--stack", site.lab], { input: JSON.stringify(exported) });
  await Promise.all(site.machines().map(({ name }) => install(site, name, ended, replaced)));
}

function isAuthority({ id, authority }: CertificateRecord): boolean {
  return id.replace(/-\d+$/, "") === `${authority}-ca`;
}

async function inventory(site: RunningSite): Promise<CertificateRecord[]> {
  return JSON.parse(
    await site.run("pulumi", ["stack", "output", "certificates", "--json", "--show-secrets", "--stack", site.lab]),
  );
}

function end(hours: number): Date {
  return new Date(Date.now() + hours * 3_600_000);
}

/** A certificate for the same request by the same authority, whose time is over. */
async function signed(site: RunningSite, inputs: Record<string, unknown>): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "groundwork-ended-"));
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  const usages = inputs.allowedUses as string[];
  const extended = usages.flatMap((use) => ({ server_auth: "serverAuth", client_auth: "clientAuth" })[use] ?? []);
  const settings = `[ca]
default_ca = site
[site]
new_certs_dir = ${folder}
database = ${file("index", "")}
rand_serial = yes
default_md = sha256
policy = any
preserve = yes
unique_subject = no
copy_extensions = copyall
x509_extensions = leaf
[any]
commonName = optional
organizationName = optional
[leaf]
keyUsage = critical,digitalSignature
extendedKeyUsage = ${extended.join(",")}
`;
  const time = (hours: number) => `${end(hours).toISOString().replace(/[-:T]/g, "").slice(0, 14)}Z`;
  try {
    const certificate = join(folder, "certificate");
    const args = ["ca", "-batch", "-notext", "-config", file("settings", settings), "-out", certificate];
    const signer = [
      "-cert",
      file("ca", plain(inputs.caCertPem)),
      "-keyfile",
      file("key", plain(inputs.caPrivateKeyPem)),
    ];
    const life = ["-startdate", time(-366 * 24), "-enddate", time(-1)];
    await site.run("openssl", [...args, ...signer, ...life, "-in", file("request", plain(inputs.certRequestPem))]);
    return readFileSync(certificate, "utf8");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Puts them where the old ones are on a machine, alone in a file or within a kubeconfig, and restarts what reads them. */
async function install(
  site: RunningSite,
  machine: string,
  ended: readonly CertificateRecord[],
  replaced: ReadonlyMap<string, string>,
): Promise<void> {
  const paths = ended.flatMap(({ places }) => places.filter(({ where }) => where === machine).map(({ path }) => path));
  if (paths.length === 0) return;
  const files = (
    await site.ssh(machine, paths.map((path) => `base64 -w0 '${path}' 2>/dev/null || true; echo`).join("\n"))
  ).split("\n");
  const writes = paths.flatMap((path, i) => {
    let text = Buffer.from(files[i] ?? "", "base64").toString();
    if (text === "") return []; // the first administrator's is taken away after the start
    const before = text;
    for (const [old, pem] of replaced) {
      text = text.replace(old.trim(), pem.trim());
      text = text.replace(Buffer.from(old).toString("base64"), Buffer.from(pem).toString("base64"));
    }
    if (text === before) throw new Error(`${machine}:${path}: the certificate of the state is not in it`);
    // The same file: its owner and mode stay.
    return [`base64 -d >'${path}' <<<'${Buffer.from(text).toString("base64")}'`];
  });
  const { role } = site.machine(machine);
  const restart =
    role === "etcd"
      ? "systemctl restart --no-block etcd"
      : "systemctl restart kubelet; pkill -x 'kube-apiserver|kube-controller|kube-scheduler' || true";
  await site.ssh(machine, [...writes, restart].join("\n"));
}

/** Certificates that one machine of each kind has for itself: a member, an API server, a kubelet. */
export function ofOneMachineEach(site: RunningSite): (record: CertificateRecord) => boolean {
  const [member, plane, worker] = (["etcd", "control-plane", "worker"] as const).map(
    (role) => machinesOf(site.plan, role).at(-1)?.name,
  );
  return ({ id }) =>
    [`etcd-server-${member}`, `etcd-peer-${member}`, `apiserver-${plane}`].includes(id) ||
    new RegExp(`^kubelet-\\w+-${worker}$`).test(id);
}
