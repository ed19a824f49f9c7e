import type { Document } from "yaml";
import type { Problem } from "../../site/description/problem";
import type { SiteSpec } from "../../site/description/spec";
import type { Given } from "../pool/schema";
import type { Description } from "./description";
import { moveTo } from "./move";
import { keysOf } from "./path";
import { withoutSecrets } from "./secrets";

/** A site that is made from another one. */
export interface NewSite {
  name: string;
  /** Its network, or its part of one. */
  given: Given;
  /** Hosts, shared storage and existing servers, as `groundwork discover` prints them. */
  hardware?: Document;
  /** Settings of its own: `["workers[0].count", "3"]`; the value is YAML, and `{name}` in it the site's name. */
  set: readonly (readonly [path: string, value: unknown])[];
}

export interface Derived {
  description: Description;
  /** What is otherwise than in the source, as sentences. */
  notes: string[];
  /** What the owner must still say; the plan refuses what cannot be without. */
  missing: Problem[];
  problems: Problem[];
}

/** The settings that hold a site's name: it is replaced there by the new one. */
const NAMED = ["overrides[].machine", "hypervisor.folder", "loadBalancer.endpoint", "backup.targets[].path"].concat([
  "backup.targets[].prefix",
  "backup.targets[].bucket",
  "backup.targets[].user",
]);

/** A description from another one: its own name, addresses and hardware; no secret of the source, and none of its rotations. */
export function derive(source: Description, spec: SiteSpec, wanted: NewSite): Derived {
  const description = source.clone();
  const derived: Derived = { description, notes: [], missing: [], problems: [] };
  description.set(["name"], wanted.name);
  rename(description, spec.name, wanted.name);
  const { settings, provider } = withoutSecrets(description);
  for (const setting of settings) derived.missing.push(secretOf(setting, wanted.name));
  if (provider !== undefined)
    derived.notes.push(
      `secrets: encrypted with a key of its own: pulumi stack init ${wanted.name} --secrets-provider ${provider.split("?")[0]}`,
    );
  if (description.document.hasIn(["config", "groundwork:plan"])) {
    description.deleteOfStack(["config", "groundwork:plan"]);
    derived.notes.push(`groundwork:plan: left out, it names the saved plan of ${spec.name}`);
  }
  if (description.get(["pki", "rotation"]) !== undefined) {
    description.delete(["pki", "rotation"]);
    derived.notes.push("pki.rotation: left out, keys begin with their first generation");
  }
  const { edits, problems } = moveTo(spec, wanted.given);
  const set = new Set(wanted.set.map(([path]) => path));
  derived.problems.push(...problems.filter(({ path }) => !set.has(path)));
  for (const { path, from, to } of edits) {
    const keys = keysOf(path) as (string | number)[];
    description.set(keys, String(description.get(keys)).replace(from, to));
  }
  hardware(derived, spec, wanted);
  for (const [path, value] of wanted.set) assign(derived, path, value);
  return derived;
}

/** The old name in texts that hold it: `backups/store-042` becomes `backups/store-043`; `store-0421` is another site's. */
function rename(description: Description, from: string, to: string): void {
  const name = new RegExp(`(?<![A-Za-z0-9])${from}(?![A-Za-z0-9])`, "g");
  const renameAt = (at: readonly (string | number)[], [key, ...rest]: string[]): void => {
    if (key === "[]") {
      const list = description.hasPlace(at) ? description.get(at) : undefined;
      if (Array.isArray(list)) for (const i of list.keys()) renameAt([...at, i], rest);
    } else if (key !== undefined) renameAt([...at, key], rest);
    else {
      const text = description.hasPlace(at) ? description.get(at) : undefined;
      const renamed = typeof text === "string" ? text.replace(name, to) : text;
      if (renamed !== text) description.set(at, renamed);
    }
  };
  for (const setting of NAMED) renameAt([], setting.replaceAll("[]", ".[]").split("."));
  for (const at of placements(description))
    for (const [machine, where] of Object.entries((description.get(at) as object | undefined) ?? {})) {
      if (!machine.startsWith(`${from}-`)) continue;
      description.delete([...at, machine]);
      description.set([...at, `${to}${machine.slice(from.length)}`], where);
    }
}

function placements(description: Description): (string | number)[][] {
  const workers = description.get(["workers"]);
  const pools = Array.isArray(workers) ? workers.map((_, i) => ["workers", i, "placement"]) : [];
  return [...["etcd", "controlPlanes", "loadBalancer"].map((group) => [group, "placement"]), ...pools].filter((at) =>
    isObject(description.hasPlace(at) ? description.get(at) : undefined),
  );
}

/** Hosts and storage of its own, and nothing that names those of the source. */
function hardware({ description, notes, missing }: Derived, spec: SiteSpec, { hardware: own, set }: NewSite): void {
  if (own === undefined) {
    if (!set.some(([path]) => path === "hosts"))
      missing.push({
        path: "hosts",
        fact: `they are those of ${spec.name}`,
        fix: "read its own with `groundwork discover`, and pass --hosts FILE or --discover",
      });
    return;
  }
  description.take("hosts", own);
  for (const key of ["sharedStorage", "machines"])
    if (!description.take(key, own) && description.get([key]) !== undefined) {
      description.delete([key]);
      notes.push(`${key}: left out, it is of ${spec.name}'s hardware`);
    }
  const hosts = new Set(namesIn(description.get(["hosts"])));
  const unknown = (where: unknown) =>
    isObject(where) && typeof where.host === "string" && !hosts.has(where.host) ? where.host : undefined;
  for (const at of placements(description))
    for (const [machine, where] of Object.entries(description.get(at) as object)) {
      const host = unknown(where);
      if (host === undefined) continue;
      description.delete([...at, machine]);
      notes.push(`${at.join(".")}.${machine}: left out, there is no host ${host}`);
    }
  dropFrom(description, ["overrides"], (one) => unknown(one), notes);
  dropFrom(
    description,
    ["network", "rtt"],
    (one) => (isObject(one) && Array.isArray(one.between) ? one.between.find((host) => !hosts.has(host)) : undefined),
    notes,
  );
}

function dropFrom(
  description: Description,
  at: string[],
  unknown: (one: unknown) => string | undefined,
  notes: string[],
): void {
  const list = description.get(at);
  if (!Array.isArray(list)) return;
  for (let i = list.length - 1; i >= 0; i--) {
    const host = unknown(list[i]);
    if (host === undefined) continue;
    description.delete([...at, i]);
    notes.push(`${at.join(".")}[${i}]: left out, there is no host ${host}`);
  }
}

function assign({ description, problems }: Derived, path: string, value: unknown): void {
  const keys = keysOf(path);
  if (keys === undefined || keys[0] === "name")
    problems.push({ path: `--set ${path}`, fact: "it is no path of a setting", fix: "write it as workers[0].count=3" });
  else if (!description.hasPlace(keys))
    problems.push({ path: `--set ${path}`, fact: "there is nothing to set it in", fix: "set what is around it" });
  else description.set(keys, value);
}

function secretOf(setting: string, stack: string): Problem {
  const path = /[.[]/.test(setting) ? ` --path '${setting}'` : ` ${setting.replace(/^groundwork:/, "")}`;
  return {
    path: `config.${setting}`,
    fact: "it is a secret of the source, which is not copied",
    fix: `run \`pulumi config set --stack ${stack} --secret${path} < FILE\``,
  };
}

function namesIn(hosts: unknown): string[] {
  return Array.isArray(hosts) ? hosts.flatMap((host) => (isObject(host) ? [String(host.name)] : [])) : [];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
