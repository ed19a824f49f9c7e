import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { succession } from "../site/description/succession";
import type { MachineSuccessors, Successors } from "../site/life/successors";
import type { CertificatePlan } from "../site/pki/certificates";
import { sshHostKey } from "../site/pki/keys";
import { certificatesOn, succeeded } from "../site/pki/successors";
import type { MachinePlan, SitePlan } from "../site/plan/model";
import { type Content, fill, type SecretRef, secretsIn } from "../site/render/content";
import { clusterCertificates, successorContent } from "../site/render/successorContent";
import { apart } from "./apart";
import { type ArchiveFile, tarball } from "./archive";
import { issuer, type Signer } from "./issue";
import type { Pki } from "./Pki";

const HOUR = 3_600_000;

/** What the certificates of a machine are issued with: none of it leaves the program. */
interface Basis {
  now: number;
  /** By authority. */
  signers: Record<string, Signer>;
  /** What fills the files beside the machine's own certificates: authorities' bundles. */
  others: Record<SecretRef, string>;
  /** When the first of the machine's present certificates ends, RFC 3339. */
  ends: string;
}

/**
 * Issues the certificates that a machine will need while no `up` reaches it, and seals each generation for itself. What the last
 * `up` issued stays as long as it is right: until the certificates that it follows were renewed, or anything else that is sealed differs.
 */
export function provideSuccessors(
  plan: SitePlan,
  pki: Pki,
  last: Successors | undefined,
): pulumi.Output<Successors> | undefined {
  const machines = succeeded(plan);
  if (machines.length === 0) return undefined;
  const made = machines.map((machine) => {
    const before = last?.machines[machine.name];
    const successors = successorsOf(plan, machine, pki, before);
    const { validityHours } = succession(plan.spec.pki);
    validityHours.forEach((_, i) => {
      const of = (tell: (generation: MachineSuccessors["generations"][number]) => string) =>
        successors.apply(({ generations: { [i]: one } }) => (one === undefined ? "" : tell(one)));
      pki.provide(
        `successor/${machine.name}/${i + 1}`,
        of(({ sealed }) => sealed),
      );
      pki.provide(
        `successor-key/${machine.name}/${i + 1}`,
        pulumi.secret(of(({ due, identity }) => `${epoch(due)} ${identity}\n`)),
      );
    });
    pki.provide(
      `successor-dates/${machine.name}`,
      successors.apply(({ generations }) => generations.map(({ due }, i) => `${i + 1} ${epoch(due)}\n`).join("")),
    );
    pki.provide(
      `successor-end/${machine.name}`,
      successors.apply(({ generations }) =>
        generations
          .slice(-1)
          .map(({ ends }) => `${epoch(ends)}\n`)
          .join(""),
      ),
    );
    if (!machine.existing) {
      const key = pki.value(`openssh-public-key/${sshHostKey(machine)}`);
      pki.provide(
        `successor-login/${machine.name}`,
        apart(key, "", async (known) => known),
      );
    }
    return successors.apply((one) => [machine.name, one] as const);
  });
  return pulumi.all(made).apply((all): Successors => ({ version: 1, machines: Object.fromEntries(all) }));
}

function successorsOf(
  plan: SitePlan,
  machine: MachinePlan,
  pki: Pki,
  last: MachineSuccessors | undefined,
): pulumi.Output<MachineSuccessors> {
  const { files, cluster } = successorContent(plan, machine);
  const certificates = certificatesOn(plan, machine);
  const clustered = cluster.length > 0 ? pki.planned(clusterCertificates(plan)) : [];
  const issued = new Set([...certificates, ...clustered].flatMap(({ id }) => [`certificate/${id}`, `key/${id}`]));
  const refs = [...files, ...cluster].flatMap(({ content }) => secretsIn(content)).filter((ref) => !issued.has(ref));
  const all = [...certificates, ...clustered];
  const keys: pulumi.Output<Basis> = pulumi
    .all([
      pulumi.all(Object.fromEntries(all.map(({ authority }) => [authority, pki.signer(authority)]))),
      pulumi.all(Object.fromEntries(refs.map((ref) => [ref, pki.value(ref)]))),
      pki.firstEnd(certificates.map(({ id }) => id)),
    ])
    .apply(([signers, others, ends]) => ({ now: Date.now(), signers, others, ends }));
  const nothing: MachineSuccessors = last ?? { basis: "", issued: "", generations: [] };
  return apart(keys, nothing, async (basis) => {
    const digest = digestOf(plan, all, files, cluster, basis);
    const due = plan.spec.pki.certificateHours - plan.spec.pki.earlyRenewalHours;
    if (last?.basis === digest && basis.now < Date.parse(last.issued) + due * HOUR) return last;
    return { basis: digest, ...(await issueAll(plan, all, { files, cluster }, basis)) };
  });
}

function digestOf(
  { spec }: SitePlan,
  certificates: readonly CertificatePlan[],
  files: readonly { path: string; content: Content }[],
  cluster: readonly { name: string; content: Content }[],
  { signers, others, ends }: Basis,
): string {
  const authorities = Object.entries(signers).map(([id, { certificatePem }]) => [id, certificatePem]);
  const sealed = [...files.map(({ path, content }) => [path, content]), ...cluster];
  const text = JSON.stringify([succession(spec.pki), certificates, sealed, authorities, others, ends]);
  return createHash("sha256").update(text).digest("hex");
}

async function issueAll(
  { spec }: SitePlan,
  certificates: readonly CertificatePlan[],
  sealed: Pick<ReturnType<typeof successorContent>, "files" | "cluster">,
  { now, signers, others, ends: firstEnd }: Basis,
): Promise<Omit<MachineSuccessors, "basis">> {
  const { validityHours, leadHours } = succession(spec.pki);
  const [notBefore, generations] = [new Date(now), [] as MachineSuccessors["generations"]];
  const issuers = new Map<string, Awaited<ReturnType<typeof issuer>>>();
  for (const [authority, signer] of Object.entries(signers)) issuers.set(authority, await issuer(signer));
  let before = Date.parse(firstEnd);
  for (const hours of validityHours) {
    const notAfter = new Date(now + hours * HOUR);
    let ends = notAfter.getTime();
    const made = new Map<SecretRef, string>(Object.entries(others) as [SecretRef, string][]);
    for (const certificate of certificates) {
      const issued = await issuers.get(certificate.authority)?.(certificate, notBefore, notAfter);
      if (issued === undefined) continue;
      ends = Math.min(ends, issued.notAfter.getTime());
      made.set(`certificate/${certificate.id}`, issued.certificatePem);
      made.set(`key/${certificate.id}`, issued.privateKeyPem);
    }
    const value = (ref: SecretRef) => made.get(ref) ?? "";
    const entry = (path: string, content: Content): ArchiveFile => {
      return { path, mode: 0o600, owner: "root:root", content: fill(content, value) };
    };
    const bundle = await tarball([
      ...sealed.files.map(({ path, content }) => entry(`files${path}`, content)),
      ...sealed.cluster.map(({ name, content }) => entry(`cluster/${name}.yaml`, content)),
    ]);
    generations.push({
      due: new Date(before - leadHours * HOUR).toISOString(),
      ends: new Date(ends).toISOString(),
      ...(await seal(bundle)),
    });
    before = ends;
  }
  return { issued: notBefore.toISOString(), generations };
}

async function seal(bundle: Buffer): Promise<{ identity: string; sealed: string }> {
  const { Encrypter, armor, generateX25519Identity, identityToRecipient } = await import("age-encryption");
  const identity = await generateX25519Identity();
  const encrypter = new Encrypter();
  encrypter.addRecipient(await identityToRecipient(identity));
  return { identity, sealed: armor.encode(await encrypter.encrypt(bundle)) };
}

function epoch(time: string): number {
  return Math.floor(Date.parse(time) / 1000);
}
