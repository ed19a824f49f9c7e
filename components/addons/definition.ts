/** A kind of objects that an add-on reads and writes. */
export interface OwnKind {
  group: string;
  kind: string;
  /** Small letters. */
  plural: string;
  /** Whether its objects lie in no namespace. Default: they do. */
  isOfCluster?: boolean;
  /** The one that objects are stored in first. */
  versions: readonly string[];
  /** What `kubectl get` shows of one, beside its name. */
  columns?: readonly { name: string; type: "string" | "date"; jsonPath: string }[];
}

/**
 * The definition of a kind, as a CustomResourceDefinition has it. Fields are not checked by the API server: the site's description is what is
 * checked, and an add-on says in its own objects what it cannot use.
 */
export function untypedDefinition({ group, kind, plural, isOfCluster, versions, columns }: OwnKind) {
  return {
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: isOfCluster ? "Cluster" : "Namespaced",
      names: { kind, listKind: `${kind}List`, plural, singular: kind.toLowerCase() },
      versions: versions.map((name, i) => ({
        name,
        storage: i === 0,
        served: true,
        schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } as object },
        subresources: { status: {} },
        ...(columns && { additionalPrinterColumns: [...columns] }),
      })),
    },
  };
}
