import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import type { Backup as BackupSpec } from "../site/description/spec";
import type { Sealed, SealedSite } from "../site/life/sealed";
import type { MachinePlan, SitePlan } from "../site/plan/model";
import { machinesOf } from "../site/plan/roles";
import { machineFiles } from "../site/render/machine";
import { apart } from "./apart";
import type { Pki } from "./Pki";

/** How members sign in to the targets. */
export interface BackupSecrets {
  sftpKey?: pulumi.Input<string>;
  s3AccessKey?: pulumi.Input<string>;
  s3SecretKey?: pulumi.Input<string>;
}

export interface BackupArgs {
  plan: SitePlan;
  pki: Pki;
  backup: BackupSpec;
  secrets: BackupSecrets;
  kubeconfig: pulumi.Output<string>;
  /** What the last `up` sealed. */
  sealed?: Sealed;
}

/**
 * What members put beside a snapshot (D3): the keys, authorities and configuration that live outside etcd. It is encrypted here, so that
 * no machine ever sees an authority's key, and only when it has changed, so that a second `up` changes nothing.
 */
export class Backup extends pulumi.ComponentResource {
  readonly sealed: pulumi.Output<Sealed>;

  constructor(name: string, args: BackupArgs, opts: pulumi.ComponentResourceOptions) {
    const { recipients, schedule } = args.backup;
    super("groundwork:index:Backup", name, { recipients, schedule }, opts);
    const nothing: Sealed = { digest: "", text: "" };
    this.sealed = apart(described(args), nothing, async (site) => {
      const text = JSON.stringify(site);
      const digest = createHash("sha256").update(`${recipients.join()}\n${text}`).digest("hex");
      return args.sealed?.digest === digest
        ? args.sealed
        : { version: 1, digest, text: await encrypted(text, recipients) };
    });
    const { sftpKey, s3AccessKey, s3SecretKey } = args.secrets;
    args.pki.provide(
      "backup/sealed",
      this.sealed.apply(({ text }) => text),
    );
    // OpenSSH's keys end with a line feed, which a configuration's value has lost.
    if (sftpKey)
      args.pki.provide(
        "backup/sftp-key",
        pulumi.secret(sftpKey).apply((key) => `${key.trim()}\n`),
      );
    if (s3AccessKey) args.pki.provide("backup/s3-access-key", pulumi.secret(s3AccessKey));
    if (s3SecretKey) args.pki.provide("backup/s3-secret-key", pulumi.secret(s3SecretKey));
    this.registerOutputs({});
  }
}

function described({ plan, pki, kubeconfig }: BackupArgs): pulumi.Output<SealedSite> {
  const files = machinesOf(plan, "load-balancer", "control-plane").flatMap((machine) => configurationOf(plan, machine));
  const contents = pki.allFilled(files.map(({ content }) => content));
  return pulumi.all([pki.kept(), contents, kubeconfig]).apply(([kept, texts, operator]): SealedSite => {
    const all: Record<string, string> = Object.fromEntries(files.map(({ name }, i) => [name, texts[i] ?? ""]));
    return {
      version: 1,
      site: plan.site,
      spec: plan.spec,
      machines: plan.machines.map(({ name, role, host, address }) => ({ name, role, host, address })),
      endpoint: plan.endpoint,
      kept,
      files: { ...all, "operator:kubeconfig": operator },
    };
  });
}

/** What a person would want to look up: nothing that `up` cannot make again. */
function configurationOf(plan: SitePlan, machine: MachinePlan) {
  const wanted = /^\/etc\/(haproxy|keepalived)\/|^\/etc\/kubernetes\/apiserver\/(encryption|authentication)\.yaml$/;
  return machineFiles(plan, machine)
    .filter(({ path }) => wanted.test(path))
    .map(({ path, content }) => ({ name: `${machine.name}:${path}`, content }));
}

async function encrypted(text: string, recipients: readonly string[]): Promise<string> {
  const { Encrypter, armor } = await import("age-encryption");
  const encrypter = new Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  return armor.encode(await encrypter.encrypt(text));
}
