import { isIPv4 } from "node:net";
import { parseRange, type Range } from "./ipv4";
import type { SiteSpec } from "./spec";

/** Whose an address or name is. */
export type Owner =
  | "cluster"
  | "gateway"
  | "vip"
  | "machines"
  | "exposed"
  | "entry"
  | "served"
  | "further"
  | "cards"
  | "pods"
  | "services"
  | "domain"
  | "host"
  | "server"
  | "nameserver"
  | "timeServer"
  | "balancer"
  | "target"
  | "registry"
  | "manifest"
  | "proxy"
  | "issuer"
  | "receiver"
  | "collector"
  | "repository"
  | "vcenter";

/** How an owner is called in a sentence. */
export const OWNERS: Record<Owner, string> = {
  cluster: "the machines' network",
  gateway: "the gateway",
  vip: "the API's virtual address",
  machines: "the machines' range",
  exposed: "the range for Services",
  entry: "the address that answers for Gateways",
  served: "the domain of what the cluster serves",
  further: "a further network",
  cards: "the machines' range in a further network",
  pods: "the pods' network",
  services: "the services' network",
  domain: "the cluster's domain",
  host: "a host",
  server: "a machine of the site",
  nameserver: "a name server",
  timeServer: "a time server",
  balancer: "the load balancer",
  target: "a backup target",
  registry: "the registry",
  manifest: "the server of the pod network's manifest",
  proxy: "the proxy",
  issuer: "the issuer that people sign in at",
  receiver: "a receiver of alerts",
  collector: "a receiver of logs or metrics",
  repository: "the Git server",
  vcenter: "vCenter",
};

/** How a value is written: what of it is the address or the name. */
type Form = "plain" | "host:port" | "url" | "image";

/**
 * Every setting that holds an address, a network or the name of a machine, by its path in the schema. A setting of that kind
 * that is not here is checked against nothing, so a test compares this table with the schema.
 */
export const ADDRESS_SETTINGS: Record<string, { owner: Owner; form?: Form }> = {
  "network.cidr": { owner: "cluster" },
  "network.gateway": { owner: "gateway" },
  "network.apiVip": { owner: "vip" },
  "network.machines": { owner: "machines" },
  "network.serviceAddresses": { owner: "exposed" },
  "addons.gatewayApi.address": { owner: "entry" },
  "addons.gatewayApi.domain": { owner: "served" },
  "network.podCidr": { owner: "pods" },
  "network.serviceCidr": { owner: "services" },
  "network.domain": { owner: "domain" },
  "hypervisor.networks[].cidr": { owner: "further" },
  "hypervisor.networks[].machines": { owner: "cards" },
  "machines[].address": { owner: "server" },
  "machines[].name": { owner: "server" },
  "hosts[].name": { owner: "host" },
  "hypervisor.server": { owner: "vcenter", form: "host:port" },
  "loadBalancer.endpoint": { owner: "balancer" },
  "network.nameservers[]": { owner: "nameserver" },
  "network.ntp[]": { owner: "timeServer" },
  "kubernetes.imageRepository": { owner: "registry", form: "image" },
  "registry.url": { owner: "registry", form: "url" },
  "kubernetes.podNetwork.url": { owner: "manifest", form: "url" },
  "proxy.http": { owner: "proxy", form: "url" },
  "proxy.https": { owner: "proxy", form: "url" },
  "access.oidc.issuer": { owner: "issuer", form: "url" },
  "addons.monitoring.alerts[].url": { owner: "receiver", form: "url" },
  "addons.monitoring.alerts[].server": { owner: "receiver" },
  "addons.monitoring.logs.sendTo.server": { owner: "collector" },
  "addons.monitoring.remoteWrite.url": { owner: "collector", form: "url" },
  "gitops.flux.url": { owner: "repository", form: "url" },
  "backup.targets[].host": { owner: "target" },
  "backup.targets[].endpoint": { owner: "target", form: "url" },
};

/** An address, a range of them, a network or a name that a description holds, and where. */
export interface Held {
  path: string;
  owner: Owner;
  kind: "address" | "range" | "network" | "name";
  /** The address or name alone: of `https://store.example:9000` it is `store.example`. */
  text: string;
  /** The addresses it stands for; a name has none. */
  range?: Range;
}

/** All of them, in the order of the table. */
export function addressesOf(spec: Partial<SiteSpec>): Held[] {
  return Object.entries(ADDRESS_SETTINGS).flatMap(([setting, { owner, form }]) =>
    valuesAt(spec, setting.replaceAll("[]", ".[]").split(".")).map(([path, value]) =>
      held(path, owner, hostPart(value, form)),
    ),
  );
}

/** Whose setting is a range, `first-last`. */
const RANGES: readonly Owner[] = ["machines", "cards", "exposed"];

function held(path: string, owner: Owner, text: string): Held {
  if (isIPv4(text)) return { path, owner, kind: "address", text, range: parseRange(text) };
  if (RANGES.includes(owner)) return { path, owner, kind: "range", text, range: parseRange(text) };
  if (["cluster", "further", "pods", "services"].includes(owner))
    return { path, owner, kind: "network", text, range: parseRange(text) };
  return { path, owner, kind: "name", text };
}

function hostPart(value: string, form: Form = "plain"): string {
  if (form === "url") return new URL(value).hostname;
  return form === "plain" ? value : (value.split(/[:/]/)[0] ?? value);
}

/** Every text at a path of the schema, with its path in the description. */
function valuesAt(value: unknown, [key, ...rest]: string[], path = ""): [path: string, value: string][] {
  if (key === undefined) return typeof value === "string" ? [[path, value]] : [];
  if (key === "[]") return Array.isArray(value) ? value.flatMap((one, i) => valuesAt(one, rest, `${path}[${i}]`)) : [];
  if (typeof value !== "object" || value === null) return [];
  return valuesAt((value as Record<string, unknown>)[key], rest, path === "" ? key : `${path}.${key}`);
}
