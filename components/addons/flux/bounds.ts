import { FLUX_APPLIES_AS, FLUX_NAMESPACE } from "../../../site/description/flux";
import { VOLUMES_NAMESPACE } from "../../../site/description/localVolumes";
import { METALLB_NAMESPACE } from "../../../site/description/metalLb";

/** Namespaces of the site's own, whether they are there or may come. Kubernetes' own begin with `kube-`. */
const OWN = [FLUX_NAMESPACE, METALLB_NAMESPACE, VOLUMES_NAMESPACE];

/** The account that applies what a repository says. */
export const appliesAs = { kind: "ServiceAccount", name: FLUX_APPLIES_AS, namespace: FLUX_NAMESPACE };

/** What lies in no namespace and may be written with `clusterWide`. Of roles, none: who may write those may do everything. */
export const clusterRules = (
  [
    ["", "namespaces"],
    ["apiextensions.k8s.io", "customresourcedefinitions"],
    ["gateway.networking.k8s.io", "gatewayclasses"],
    ["networking.k8s.io", "ingressclasses"],
    ["scheduling.k8s.io", "priorityclasses"],
    ["storage.k8s.io", "storageclasses"],
  ] as const
).map(([apiGroup, resource]) => ({
  apiGroups: [apiGroup],
  resources: [resource],
  verbs: ["get", "list", "watch", "create", "update", "patch", "delete"],
}));

/**
 * Refuses that account, whatever roles somebody binds it to, what is the site's own: objects that `up` applies, known by whose fields they
 * hold, and namespaces of the site and of Kubernetes. Everybody else's requests are passed by at once.
 *
 * @param namespaces where alone it may write; left out: everywhere else
 */
export function boundsPolicy(name: string, namespaces?: readonly string[]) {
  const where = "variables.within";
  const inside =
    namespaces === undefined
      ? {
          expression: `!${where}.startsWith("kube-") && !(${where} in ${JSON.stringify(OWN)})`,
          message: "the namespace is the cluster's own",
        }
      : {
          expression: `${where} in ${JSON.stringify(namespaces)}`,
          message: "it lies in none of the namespaces of the site's description",
        };
  return {
    metadata: { name },
    spec: {
      failurePolicy: "Fail",
      matchConstraints: {
        resourceRules: [
          {
            apiGroups: ["*"],
            apiVersions: ["*"],
            operations: ["CREATE", "UPDATE", "DELETE"],
            resources: ["*/*"],
            scope: "*",
          },
        ],
      },
      matchConditions: [
        {
          name: "applied-from-the-repository",
          expression: `request.userInfo.username == "system:serviceaccount:${FLUX_NAMESPACE}:${FLUX_APPLIES_AS}"`,
        },
      ],
      variables: [
        {
          name: "isNamespace",
          expression: 'request.resource.group == "" && request.resource.resource == "namespaces"',
        },
        { name: "within", expression: 'variables.isNamespace ? request.name : request.?namespace.orValue("")' },
        {
          name: "isOurs",
          expression:
            "oldObject != null && oldObject.?metadata.?managedFields.orValue([])" +
            '.exists(entry, entry.?manager.orValue("").startsWith("pulumi-kubernetes"))',
        },
        {
          name: "level",
          expression:
            'variables.isNamespace && object != null ? object.?metadata.?labels[?"pod-security.kubernetes.io/enforce"].orValue("") : ""',
        },
      ],
      validations: [
        { ...inside, reason: "Forbidden" },
        {
          expression: "!variables.isOurs",
          message: "`up` makes this object from the site's description: change it there",
          reason: "Forbidden",
        },
        {
          expression: 'variables.level != "privileged"',
          message: "a namespace must not let privileged pods in",
          reason: "Forbidden",
        },
      ],
    },
  };
}
