import { CustomResourceDefinition } from "@pulumi/kubernetes/apiextensions/v1/customResourceDefinition";
import type * as pulumi from "@pulumi/pulumi";
import { untypedDefinition } from "../definition";

/** The API groups of Flux's own objects, and their version. */
export const SOURCES = "source.toolkit.fluxcd.io";
export const APPLIED = "kustomize.toolkit.fluxcd.io";
export const VERSION = "v1";

/** The controllers wait for each of them to be there, those of charts, buckets and registries too, of which a site has none. */
export const SOURCE_KINDS: readonly [kind: string, plural: string][] = [
  ["Bucket", "buckets"],
  ["GitRepository", "gitrepositories"],
  ["HelmChart", "helmcharts"],
  ["HelmRepository", "helmrepositories"],
  ["OCIRepository", "ocirepositories"],
];

const condition = (field: string) => `.status.conditions[?(@.type=="Ready")].${field}`;
const columns = [
  { name: "Ready", type: "string", jsonPath: condition("status") },
  { name: "Status", type: "string", jsonPath: condition("message") },
  { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" },
] as const;

/** The kinds of objects that Flux reads and writes; `kubectl get` shows how each is. */
export function fluxDefinitions(
  named: (suffix: string) => string,
  opts: pulumi.CustomResourceOptions,
): CustomResourceDefinition[] {
  const kinds = [
    ...SOURCE_KINDS.map(([kind, plural]) => ({ group: SOURCES, kind, plural })),
    { group: APPLIED, kind: "Kustomization", plural: "kustomizations" },
  ];
  return kinds.map(
    (kind) =>
      new CustomResourceDefinition(
        named(`definition-${kind.plural}`),
        untypedDefinition({ ...kind, versions: [VERSION], columns }),
        opts,
      ),
  );
}
