import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type Policies,
  type PolicyResource,
  type ResourceValidationPolicy,
  Secret,
  type StackValidationPolicy,
} from "@pulumi/policy";
import { parse } from "yaml";
import { repository } from "../../lab/toolchain/artifact";
import { Deployment } from "../../policies/deployment";
import { policies } from "../../policies/policies";
import * as types from "../../policies/types";
import type { Scope, ScopedPolicy } from "../../sdks/pulumi/scope";
import { parseSite } from "../../site/description/parse";
import type { Rule } from "../../site/judge/rules";
import type { SitePlan } from "../../site/plan/model";
import { planSite } from "../../site/plan/plan";

export type Props = Record<string, any>;

/** A resource of a stack as the engine hands it to the pack. */
export interface Resource {
  type: string;
  name: string;
  parent?: string;
  /** As they are registered. */
  inputs: Props;
  /** As they are at the end; the inputs unless given. */
  outputs?: Props;
  /** Names of the resources that a property comes from. */
  madeFrom?: Record<string, string[]>;
}

export interface Reported {
  policy: string;
  level: string;
  message: string;
  /** The resource's name. */
  resource: string;
}

/** The plan of the demo's site, or of one that is described a little differently. */
export function demoPlan(change: (site: Props) => void = () => {}): SitePlan {
  const stack = parse(readFileSync(join(repository, "stacks/Pulumi.demo.yaml"), "utf8"));
  const site = stack.config["groundwork:site"];
  change(site);
  return planSite(parseSite(site));
}

/** The id that vCenter would give. */
export const idOf = (kind: "host" | "datastore" | "vm", name: string) => `${kind}-${name}`;

/** The resources that a site's components register for a plan. */
export function stackOf(plan: SitePlan): Resource[] {
  const named = (kind: "host" | "datastore", names: string[]) =>
    Object.fromEntries(names.map((name) => [name, idOf(kind, name)]));
  const own = plan.spec.hosts.flatMap(({ devices }) => devices.flatMap((d) => d.datastores ?? [d.datastore as string]));
  const datastores = [...own, ...plan.spec.sharedStorage.flatMap((storage) => storage.datastores)];
  const vmIds = (machines: string[]) => machines.map((name) => idOf("vm", name));
  return [
    { type: types.site, name: plan.site, inputs: { plan } },
    {
      type: types.datacenter,
      name: "datacenter",
      parent: plan.site,
      inputs: {
        hosts: named(
          "host",
          plan.spec.hosts.map(({ name }) => name),
        ),
        datastores: named("datastore", datastores),
      },
    },
    ...plan.machines.flatMap((machine): Resource[] => [
      { type: types.vsphereMachine, name: `${machine.name}-component`, parent: plan.site, inputs: { plan: machine } },
      {
        type: types.virtualMachine,
        name: machine.name,
        parent: `${machine.name}-component`,
        inputs: {
          name: machine.name,
          hostSystemId: idOf("host", machine.host),
          datastoreId: idOf("datastore", machine.disks[0]?.datastore ?? ""),
          numCpus: machine.cpus,
          memory: machine.memoryGiB * 1024,
          cpuReservation: machine.reservation.cpuMHz,
          memoryReservation: machine.reservation.memoryGiB * 1024,
          disks: machine.disks.map(({ name, datastore, sizeGiB }, unitNumber) => ({
            label: name,
            size: sizeGiB,
            unitNumber,
            ...(unitNumber > 0 && { datastoreId: idOf("datastore", datastore) }),
          })),
        },
        outputs: { uuid: idOf("vm", machine.name) },
      },
    ]),
    { type: "groundwork:index:Placement", name: "placement", parent: plan.site, inputs: { rules: plan.rules } },
    ...plan.rules.flatMap((rule): Resource[] => {
      const common = { name: rule.name, enabled: true, mandatory: true };
      const members = { virtualMachineIds: vmIds(rule.machines) };
      const madeFrom = { virtualMachineIds: rule.machines };
      if (rule.kind === "anti-affinity")
        return [
          {
            type: types.antiAffinityRule,
            name: rule.name,
            parent: "placement",
            inputs: { ...common, ...members },
            madeFrom,
          },
        ];
      const [hosts, machines] = [`${rule.name}-hosts`, `${rule.name}-machines`];
      return [
        {
          type: types.hostGroup,
          name: hosts,
          parent: "placement",
          inputs: { name: hosts, hostSystemIds: rule.hosts.map((h) => idOf("host", h)) },
        },
        {
          type: types.virtualMachineGroup,
          name: machines,
          parent: "placement",
          inputs: { name: machines, ...members },
          madeFrom,
        },
        {
          type: types.hostRule,
          name: rule.name,
          parent: "placement",
          inputs: { ...common, vmGroupName: machines, affinityHostGroupName: hosts },
        },
      ];
    }),
  ];
}

/** Several stacks as one: each resource's name gets a prefix. */
export function together(stacks: Resource[][]): Resource[] {
  return stacks.flatMap((stack, i) =>
    stack.map((resource) => ({
      ...resource,
      name: `${i}-${resource.name}`,
      ...(resource.parent !== undefined && { parent: `${i}-${resource.parent}` }),
    })),
  );
}

/** The inputs of one resource of a stack, to be changed. */
export function inputsOf(stack: Resource[], name: string, type: string = types.virtualMachine): Props {
  return found(stack, name, type).inputs;
}

export function found(stack: Resource[], name: string, type: string = types.virtualMachine): Resource {
  const resource = stack.find((r) => r.name === name && r.type === type);
  if (resource === undefined) throw new Error(`no ${type} ${name}; it has ${stack.map((r) => r.name).join(", ")}`);
  return resource;
}

/** The value that the engine sends for a string that a preview cannot know. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export interface Judging {
  /** A preview, not an update. */
  preview?: boolean;
  /** The engine makes nothing more once a mandatory policy reported. */
  stopAtFirst?: boolean;
  config?: Record<string, Props>;
  /** Policies that are disabled. */
  off?: string[];
  /** Other rules than the pack's own. */
  rules?: readonly Rule[];
  deployment?: Deployment;
}

/** Marks a property as a Pulumi secret. */
export const secret = (value: unknown) => ({ [secretMark]: value });
const secretMark = "test:secret";

/** Asks the whole pack, as the engine does: each resource before it is made, then the stack. */
export function judged(stack: Resource[], args: Judging = {}): Reported[] {
  const deployment = args.deployment ?? new Deployment(args.preview ?? true);
  const pack = policies(deployment, args.rules).filter(({ name }) => !args.off?.includes(name));
  const reported: Reported[] = [];
  const urns = new Map(stack.map((r) => [r.name, urnOf(r)]));
  const resources = stack.map((resource) => policyResource(resource, urnOf(resource), urns));
  for (const [i, resource] of stack.entries())
    for (const [key, names] of Object.entries(sourcesOf(resource)))
      (resources[i] as any).propertyDependencies[key] = resources.filter(({ name }) => names.includes(name));
  const report = (policy: Policies[number], of?: string) => (message: string, on?: string) => {
    reported.push({
      policy: policy.name,
      level: policy.enforcementLevel ?? "",
      message,
      resource: (on ?? of ?? "").split("::").at(-1) ?? "",
    });
  };
  const common = (policy: Policies[number]) => ({
    stackTags: new Map(),
    getConfig: () => args.config?.[policy.name] ?? {},
    notApplicable: () => {
      throw new Error("not applicable");
    },
  });
  for (const [i, resource] of stack.entries()) {
    const shown = { ...(resources[i] as PolicyResource), props: proxied(resource.inputs) };
    for (const policy of pack) scopeOf(policy).inspect?.({ ...shown, props: proxied(resource.inputs, true) });
    for (const policy of pack as ResourceValidationPolicy[]) {
      const { validateResource: validate } = policy;
      const type = (validate as { __pulumiType?: string } | undefined)?.__pulumiType;
      if (typeof validate !== "function" || (type !== undefined && type !== resource.type)) continue;
      if (!scopeOf(policy).resource?.(resource.type)) continue;
      validate({ ...shown, ...common(policy) } as any, report(policy, shown.urn));
    }
    if (args.stopAtFirst && reported.some(({ level }) => level === "mandatory")) return reported;
  }
  for (const policy of pack as StackValidationPolicy[])
    policy.validateStack?.({ resources: partFor(policy, resources), ...common(policy) } as never, report(policy));
  return reported;
}

function scopeOf(policy: Policies[number]): Scope {
  return (policy as ScopedPolicy).scope;
}

function partFor(policy: Policies[number], resources: PolicyResource[]): PolicyResource[] {
  const { stack } = scopeOf(policy);
  if (stack === "everything") return resources;
  return typeof stack === "object" ? resources.filter(({ type }) => stack.has(type)) : [];
}

/** A stack as the engine hands it on at the end, after each of its resources was seen. */
export function registered(stack: Resource[], deployment: Deployment): PolicyResource[] {
  const urns = new Map(stack.map((r) => [r.name, urnOf(r)]));
  for (const resource of stack)
    deployment.register({ ...policyResource(resource, urnOf(resource), urns), props: proxied(resource.inputs) });
  return stack.map((resource) => ({
    ...policyResource(resource, urnOf(resource), urns),
    propertyDependencies: Object.fromEntries(
      Object.entries(sourcesOf(resource)).map(([key, names]) => [key, names.map((name) => ({ urn: urns.get(name) }))]),
    ) as never,
  }));
}

const urnOf = ({ type, name }: Resource) => `urn:pulumi:test::project::${type}::${name}`;

/** The resources that a property comes from: those that are said, and those it refers to. */
function sourcesOf({ inputs, madeFrom }: Resource): Record<string, string[]> {
  const referred = Object.entries(inputs).flatMap(([key, value]): [string, string[]][] => {
    const names = [...JSON.stringify(value ?? null).matchAll(/"test:from":\["([^"]+)"/g)].map(
      ([, name]) => name as string,
    );
    return names.length > 0 ? [[key, names]] : [];
  });
  return { ...Object.fromEntries(referred), ...madeFrom };
}

function policyResource(resource: Resource, urn: string, urns: Map<string, string>): PolicyResource {
  const parent = resource.parent === undefined ? undefined : urns.get(resource.parent);
  return {
    type: resource.type,
    name: resource.name,
    urn,
    props: proxied({ ...resource.inputs, ...resource.outputs }),
    opts: { protect: false, ignoreChanges: [], aliases: [], customTimeouts: {}, additionalSecretOutputs: [], parent },
    dependencies: [],
    propertyDependencies: {},
  } as any;
}

/** Properties as `@pulumi/policy` hands them on: reading an unknown one throws, unless what is secret is shown. */
function proxied(props: Props, showSecrets = false): Props {
  const plain = (value: any): unknown => {
    if (typeof value !== "object" || value === null) return value;
    if ("test:from" in value) return unknown;
    if (secretMark in value) {
      const inner = plain(value[secretMark]);
      return showSecrets ? new Secret(inner) : inner;
    }
    if (Array.isArray(value)) return value.map(plain);
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, part]) => (part === undefined ? [] : [[key, plain(part)]])),
    );
  };
  const shown = plain(props);
  const { secretsPreservingProxy } = require("@pulumi/policy/secret");
  return showSecrets ? secretsPreservingProxy(shown) : require("@pulumi/policy/proxy").unknownCheckingProxy(shown);
}
