import { createHash } from "node:crypto";
import type { Api } from "../../sdks/kubernetes/api";
import type { KeptObject } from "../../site/life/drill";

interface ResourceList {
  resources: { name: string; verbs: string[]; namespaced: boolean }[];
}

interface ObjectList {
  metadata: { continue?: string };
  items?: { metadata: { name: string; namespace?: string; uid?: string; resourceVersion?: string } }[];
}

/** What tells of machines and moments, and is created again wherever a cluster runs. */
const ofTheMoment = new Set([
  ...["nodes", "pods", "events", "endpoints", "componentstatuses"],
  ...[
    "coordination.k8s.io/leases",
    "discovery.k8s.io/endpointslices",
    "events.k8s.io/events",
    "storage.k8s.io/csinodes",
  ],
  ...["storage.k8s.io/volumeattachments", "storage.k8s.io/csistoragecapacities"],
]);

/** Every object that a cluster's etcd holds for its users, by `group/resource namespace/name`, as the API server reads it. */
export async function objectsOf(api: Api): Promise<Map<string, KeptObject>> {
  const objects = new Map<string, KeptObject>();
  for (const { kind, path } of await kindsOf(api)) {
    let token = "";
    do {
      const page = await api.get<ObjectList>(`${path}?limit=500${token && `&continue=${token}`}`);
      for (const item of page.items ?? []) {
        const { name, namespace, uid, resourceVersion } = item.metadata;
        if (uid === undefined || !resourceVersion) continue;
        const key = `${kind} ${namespace ? `${namespace}/` : ""}${name}`;
        objects.set(key, { uid, revision: Number(resourceVersion), sha256: digest(item) });
      }
      token = encodeURIComponent(page.metadata.continue ?? "");
    } while (token);
  }
  return objects;
}

/** Every kind in one of its versions. What another server adds to the API is not in etcd. */
async function kindsOf(api: Api): Promise<{ kind: string; path: string }[]> {
  const { groups } = await api.get<{ groups: { name: string; preferredVersion: { groupVersion: string } }[] }>("/apis");
  const services = await api.get<{ items: { spec: { group?: string; service?: unknown } }[] }>(
    "/apis/apiregistration.k8s.io/v1/apiservices",
  );
  const others = new Set(services.items.flatMap(({ spec }) => (spec.service ? [spec.group] : [])));
  const own = groups.filter(({ name }) => !others.has(name));
  const roots = [
    { group: "", path: "/api/v1" },
    ...own.map(({ name, preferredVersion }) => ({ group: name, path: `/apis/${preferredVersion.groupVersion}` })),
  ];
  const kinds = await Promise.all(
    roots.map(async ({ group, path }) => {
      const { resources } = await api.get<ResourceList>(path);
      return resources
        .filter(({ name, verbs }) => verbs.includes("list") && !name.includes("/"))
        .map(({ name }) => ({ kind: group ? `${group}/${name}` : name, path: `${path}/${name}` }));
    }),
  );
  return kinds.flat().filter(({ kind }) => !ofTheMoment.has(kind));
}

/** Of all that is in an object, whatever the order of its fields. */
function digest(object: unknown): string {
  const sorted = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(sorted);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, each]) => [key, sorted(each)]),
    );
  };
  return createHash("sha256")
    .update(JSON.stringify(sorted(object)))
    .digest("hex");
}
