import type { PolicyResource } from "@pulumi/policy";
import type { CertificateFact, NamespaceFact, ObjectFacts, ObjectKind } from "../../site/facts/objects";
import type { Rule } from "../../site/judge/rules";
import { allRules } from "../../site/judge/rules/catalog";
import type { Deployment } from "../deployment";
import { selfSignedCertificate, signedCertificate } from "../types";
import { factsOfResource, kindsOf, kubernetesKind } from "./objects";
import { type Assumption, Reading } from "./reading";

/** The objects of a whole stack, with what only the whole tells: whose key a certificate has, what a namespace has. */
export interface StackObjects {
  objects: Partial<ObjectFacts>;
  /** What is not known, by the resource's name. */
  unknowns: Map<string, string[]>;
  urns: Map<string, string>;
}

/** What rules about objects together read. */
const readTogether: ReadonlySet<ObjectKind> = new Set(
  allRules.flatMap(({ scope, reads = [] }: Rule) => (scope === "stack" ? reads : [])),
);

const made = new WeakMap<object, Partial<Record<Assumption, StackObjects>>>();

/** The objects at the end of a preview or update; every policy asks for the same. */
export function stackObjects(
  resources: readonly PolicyResource[],
  assume: Assumption,
  deployment: Deployment,
): StackObjects {
  // Each policy gets a list of its own, of the same resources.
  const key = deployment.outcome;
  const known = made.get(key) ?? {};
  known[assume] ??= allObjects(resources, assume);
  made.set(key, known);
  return known[assume];
}

function allObjects(resources: readonly PolicyResource[], assume: Assumption): StackObjects {
  const objects: Partial<Record<ObjectKind, { path: string }[]>> = {};
  const unknowns = new Map<string, string[]>();
  const urns = new Map<string, string>();
  const links = new Links(resources);
  for (const resource of resources) {
    const kinds = kindsOf(resource.type).filter((kind) => readTogether.has(kind));
    if (kinds.length === 0) continue;
    urns.set(resource.name, resource.urn);
    const facts = factsOfResource(resource, assume);
    if (facts.unknowns.length > 0) unknowns.set(resource.name, facts.unknowns);
    for (const kind of kinds) {
      const found = (facts.objects[kind] ?? []) as { path: string }[];
      const all = objects[kind] ?? [];
      for (const fact of found) all.push({ ...fact, ...links.of(resource, kind) });
      objects[kind] = all;
    }
  }
  return { objects: objects as Partial<ObjectFacts>, unknowns, urns };
}

/** What resources say of each other. */
class Links {
  private readonly authorityKeys = new Set<string>();
  private readonly holders = new Map<string, string[]>();
  private readonly byNamespace: PolicyResource[];

  constructor(resources: readonly PolicyResource[]) {
    for (const resource of resources) {
      const from = (property: string) => sourcesOf(resource, property);
      const isAuthority =
        resource.type === selfSignedCertificate &&
        Reading.of(resource.props, "left out").at("isCaCertificate").flag() === true;
      if (isAuthority) for (const key of from("privateKeyPem")) this.authorityKeys.add(key.urn);
      if (resource.type === signedCertificate)
        for (const key of from("caPrivateKeyPem")) this.authorityKeys.add(key.urn);
      if (/^(tls|pulumi|groundwork):/.test(resource.type)) continue;
      for (const property of Object.keys(resource.propertyDependencies))
        for (const { type, urn } of from(property))
          if (type === privateKey) this.holders.set(urn, [...(this.holders.get(urn) ?? []), resource.name]);
    }
    this.byNamespace = resources.filter(({ type }) =>
      ["NetworkPolicy", "ResourceQuota", "LimitRange"].includes(kubernetesKind(type) ?? ""),
    );
  }

  of(resource: PolicyResource, kind: ObjectKind): object {
    switch (kind) {
      case "keys":
        return {
          ofAuthority: this.authorityKeys.has(resource.urn),
          heldBy: [...new Set(this.holders.get(resource.urn) ?? [])],
        };
      case "certificates":
        return this.certificate(resource);
      case "namespaces":
        return this.namespace(resource);
      default:
        return {};
    }
  }

  private certificate(resource: PolicyResource): Pick<CertificateFact, "ends" | "key" | "names"> {
    const end = Reading.of(resource.props, "left out").at("validityEndTime").text();
    const [request] = sourcesOf(resource, "certRequestPem");
    const [key] = request ? sourcesOf(request, "privateKeyPem") : sourcesOf(resource, "privateKeyPem");
    const names = request && Reading.of(request.props, "left out");
    const listed = ["dnsNames", "ipAddresses", "uris"].map((property) => names?.at(property).texts());
    return {
      ...(typeof end === "string" && { ends: end }),
      ...(key && { key: key.name }),
      ...(request && !listed.includes(undefined) && { names: listed.flatMap((list) => list ?? []) }),
    };
  }

  private namespace(resource: PolicyResource): Pick<NamespaceFact, "defaultDeny" | "quota" | "limitRange"> {
    const name = Reading.of(resource.props, "left out").at("metadata", "name").text();
    const inIt = this.byNamespace.filter((other) => {
      const namespace = Reading.of(other.props, "left out").at("metadata", "namespace").text();
      const refers = sourcesOf(other, "metadata").some(({ urn }) => urn === resource.urn);
      return refers || (typeof namespace === "string" && namespace === name);
    });
    const has = (kind: string, which: (read: Reading) => boolean = () => true) =>
      inIt.some((other) => kubernetesKind(other.type) === kind && which(Reading.of(other.props, "left out")));
    return {
      defaultDeny: has("NetworkPolicy", deniesByDefault),
      quota: has("ResourceQuota"),
      limitRange: has("LimitRange"),
    };
  }
}

const privateKey = "tls:index/privateKey:PrivateKey";

function sourcesOf({ propertyDependencies }: PolicyResource, property: string): PolicyResource[] {
  return propertyDependencies[property] ?? [];
}

/** It selects every pod and lets nothing in. */
function deniesByDefault(read: Reading): boolean {
  const spec = read.at("spec");
  const selector = spec.at("podSelector");
  const types = spec.at("policyTypes").texts();
  const selects = selector.at("matchLabels").entries().length + selector.at("matchExpressions").list().length;
  return (
    selects === 0 && spec.at("ingress").list().length === 0 && (types === null || (types ?? []).includes("Ingress"))
  );
}
