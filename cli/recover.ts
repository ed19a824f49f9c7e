import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { endOrphans } from "./orphans";
import { type PulumiStack, pulumiOrThrow } from "./pulumi";
import { abandonedLocks, removeEmptyAttributes } from "./stateFiles";
import { clonesEnd } from "./vsphere/clones";
import { type Existing, readExisting } from "./vsphere/existing";
import { Session } from "./vsphere/session";

const virtualMachine = "vsphere:index/virtualMachine:VirtualMachine";

interface PendingOperation {
  type: "creating" | "updating" | "deleting" | string;
  resource: { urn: string; type: string; parent?: string; provider?: string; inputs?: Record<string, unknown> };
}

interface MadeThing {
  resource: PendingOperation["resource"];
  /** What the provider imports it by. */
  id: string;
  found(existing: Existing): boolean;
}

/** Where a site lies in vCenter's inventory; empty for a site without a hypervisor. */
export interface Inventory {
  server?: string;
  allowUnverifiedSsl?: boolean;
  datacenter?: string;
  cluster?: string;
}

const clusterSettings = /^vsphere:index\/computeCluster(HostGroup|VmGroup|VmAntiAffinityRule|VmHostRule):/;

/** Something that was being made, by what the provider finds it. Undefined for what can be made again as it is. */
function madeThing({ resource }: PendingOperation, { datacenter, cluster }: Inventory): MadeThing | undefined {
  const { type, inputs } = resource;
  const name = inputs?.name;
  if (typeof name !== "string" || !datacenter) return undefined;
  if (type === virtualMachine) {
    const folder = typeof inputs?.folder === "string" ? `${inputs.folder.replace(/^\/+|\/+$/g, "")}/` : "";
    const path = `/${datacenter}/vm/${folder}${name}`;
    return { resource, id: path, found: ({ machines }) => machines.has(path) };
  }
  if (!cluster || !clusterSettings.test(type)) return undefined;
  const id = JSON.stringify({ compute_cluster_path: `/${datacenter}/host/${cluster}`, name });
  return { resource, id, found: ({ settings }) => settings.has(name) };
}

/** What `recover` did, for a person to read; empty if there was nothing to do. */
export type Recovery = string[];

/**
 * Makes a stack ready for the next `up` after one that was killed: ends the plugins it left at work, removes the lock of a
 * process of this machine that is gone, and settles what was being created at that moment. A virtual machine that vCenter has
 * but the state does not know was never configured, so it holds nothing and is deleted; everything else can be created again
 * as it is.
 *
 * @throws Error if Pulumi or vCenter refuses; it can be run again
 */
export async function recover(stack: PulumiStack, project: string, inventory: Inventory): Promise<Recovery> {
  const done: Recovery = [];
  const orphans = await endOrphans(stack);
  if (orphans > 0) done.push(`ended ${orphans} plugin(s) that a killed run had left at work`);
  if (removeEmptyAttributes(stack, project) > 0) done.push("removed side files of the state that were cut off");
  if ((await abandonedLocks(stack, project)).length > 0) {
    await pulumiOrThrow(stack, ["cancel", "--yes"]);
    done.push("removed the lock of a run that is gone");
  }
  const exported = JSON.parse(await pulumiOrThrow(stack, ["stack", "export"])) as {
    deployment?: { resources?: { urn: string }[]; pending_operations?: PendingOperation[] };
  };
  const pending = (exported.deployment?.pending_operations ?? []).filter(({ type }) =>
    /^(creat|import)ing$/.test(type),
  );
  if (pending.length === 0) return done;

  const candidates = pending.flatMap((operation) => madeThing(operation, inventory) ?? []);
  if (candidates.length > 0) {
    const made = await foundAfterClones(stack, inventory);
    const left = candidates.filter(({ found }) => found(made));
    // A recovery that was itself interrupted may have taken some in already.
    const known = new Set(exported.deployment?.resources?.map(({ urn }) => urn));
    const unknown = left.filter(({ resource }) => !known.has(resource.urn));
    if (unknown.length > 0) await takeIn(stack, unknown);
    if (left.length > 0) await destroy(stack, left);
    for (const { resource } of left)
      done.push(`deleted ${resource.inputs?.name}, which a killed run had left half made`);
  }
  // The stack itself, which nothing is asked about: only the list of unfinished operations is to change.
  const root = `urn:pulumi:${stack.stack}::${project}::pulumi:pulumi:Stack::${project}-${stack.stack}`;
  await pulumiOrThrow(stack, ["refresh", "--yes", "--skip-preview", "--clear-pending-creates", "--target", root]);
  done.push(`cleared ${pending.length} unfinished operation(s); the next up makes them again`);
  return done;
}

/** What vCenter has once no clone is under way, as whoever the stack's program signs in as sees it. */
async function foundAfterClones(stack: PulumiStack, inventory: Inventory): Promise<Existing> {
  const text = await pulumiOrThrow(stack, ["config", "--json", "--show-secrets"]);
  const config = JSON.parse(text) as Record<string, { value?: string }>;
  const user = config["groundwork:vsphereUser"]?.value ?? stack.env.VSPHERE_USER;
  const password = config["groundwork:vspherePassword"]?.value ?? stack.env.VSPHERE_PASSWORD;
  const { server, allowUnverifiedSsl } = inventory;
  if (!server || !user || !password)
    throw new Error(
      "hypervisor: what a killed run has made is not known without vCenter; set VSPHERE_USER and VSPHERE_PASSWORD",
    );
  const session = await Session.open({ server, user, password, insecure: allowUnverifiedSsl });
  try {
    await clonesEnd(session);
    return await readExisting(session, inventory.cluster);
  } finally {
    await session.close();
  }
}

/** Takes things into the state, so that Pulumi itself can delete them. */
async function takeIn(stack: PulumiStack, things: MadeThing[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "groundwork-recover-"));
  try {
    const file = join(folder, "import.json");
    writeFileSync(file, importFile(things));
    const quietly = ["--yes", "--skip-preview"];
    await pulumiOrThrow(stack, ["import", "--file", file, "--generate-code=false", "--protect=false", ...quietly]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function destroy(stack: PulumiStack, things: MadeThing[]): Promise<void> {
  const targets = things.flatMap(({ resource }) => ["--target", resource.urn]);
  await pulumiOrThrow(stack, ["destroy", "--yes", "--skip-preview", "--target-dependents", ...targets]);
}

/** The file `pulumi import` reads: https://www.pulumi.com/docs/iac/guides/migration/import/#bulk-import-operations */
function importFile(things: MadeThing[]): string {
  const nameTable: Record<string, string> = {};
  const named = (urn: string | undefined) => {
    if (urn === undefined) return undefined;
    const known = Object.entries(nameTable).find(([, each]) => each === urn)?.[0];
    const name = known ?? `resource${Object.keys(nameTable).length}`;
    nameTable[name] = urn;
    return name;
  };
  const resources = things.map(({ resource: { urn, type, parent, provider }, id }) => ({
    type,
    name: urn.slice(urn.lastIndexOf("::") + 2),
    id,
    parent: named(parent),
    provider: named(provider?.slice(0, provider.lastIndexOf("::"))),
  }));
  return JSON.stringify({ nameTable, resources });
}
