import { ValidatingAdmissionPolicy } from "@pulumi/kubernetes/admissionregistration/v1/validatingAdmissionPolicy";
import { ValidatingAdmissionPolicyBinding } from "@pulumi/kubernetes/admissionregistration/v1/validatingAdmissionPolicyBinding";
import * as pulumi from "@pulumi/pulumi";
import { addOnFacts, registryFact } from "../../site/facts/plan";
import type { SitePlan } from "../../site/plan/model";

export interface ImagePolicyArgs {
  /** What images' names may begin with: registries, `host[:port]`. */
  registries: readonly string[];
  /** Namespaces of what the site itself runs, whose images the machines hold by version. */
  ownNamespaces: readonly string[];
}

const NAME = "groundwork-images";

/** Refuses pods whose images the site's own registry cannot have, or that could be another image tomorrow (S8). */
export class ImagePolicy extends pulumi.ComponentResource {
  /** Known once it is in force. */
  readonly ready: pulumi.Output<unknown>;

  constructor(name: string, args: ImagePolicyArgs, opts: pulumi.ComponentResourceOptions) {
    super("groundwork:index:ImagePolicy", name, {}, opts);
    const child = { parent: this, dependsOn: opts.dependsOn };
    const policy = new ValidatingAdmissionPolicy(`${name}-policy`, admission(args), child);
    const binding = new ValidatingAdmissionPolicyBinding(
      `${name}-binding`,
      { metadata: { name: NAME }, spec: { policyName: NAME, validationActions: ["Deny"] } },
      { ...child, dependsOn: [policy] },
    );
    this.ready = binding.id;
    this.registerOutputs({});
  }
}

/** The policy of a site that has a registry of its own; none for any other. */
export function imagePolicy(plan: SitePlan, opts: pulumi.ComponentResourceOptions): ImagePolicy[] {
  const { registry } = registryFact(plan);
  if (registry === undefined) return [];
  const { nodeAddOns = [] } = addOnFacts(plan.spec);
  const ownNamespaces = ["kube-system", ...nodeAddOns.map(({ namespace }) => namespace)];
  return [new ImagePolicy(`${plan.site}-images`, { registries: registry.names, ownNamespaces }, opts)];
}

const LISTS = ["containers", "initContainers", "ephemeralContainers"];

/** Of the object or the one before it, the images of one of its lists. */
function imagesIn(of: "object" | "oldObject", list: string): string {
  return `${of}.spec.?${list}.orValue([]).map(container, container.?image.orValue(""))`;
}

/**
 * A name without a registry is one of Docker's: what comes before the first / is one if it has a dot or a port. A pod that was there before
 * the policy may be changed in all but its images.
 */
function admission({ registries, ownNamespaces }: ImagePolicyArgs) {
  const registry =
    'image.contains("/") && (image.split("/")[0].contains(".") || image.split("/")[0].contains(":") || image.split("/")[0] == "localhost")' +
    ' ? image.split("/")[0] : "docker.io"';
  return {
    metadata: { name: NAME },
    spec: {
      failurePolicy: "Fail",
      matchConstraints: {
        namespaceSelector: {
          matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "NotIn", values: [...ownNamespaces] }],
        },
        resourceRules: [
          {
            apiGroups: [""],
            apiVersions: ["v1"],
            operations: ["CREATE", "UPDATE"],
            resources: ["pods", "pods/ephemeralcontainers"],
          },
        ],
      },
      matchConditions: [
        {
          name: "new-images",
          expression: [
            "oldObject == null",
            ...LISTS.map((list) => `${imagesIn("object", list)} != ${imagesIn("oldObject", list)}`),
          ].join(" || "),
        },
      ],
      variables: [
        {
          name: "images",
          expression: LISTS.map((list) => imagesIn("object", list)).join(" + "),
        },
        {
          name: "elsewhere",
          expression: `variables.images.filter(image, !((${registry}) in ${JSON.stringify(registries)}))`,
        },
        {
          name: "moving",
          expression: 'variables.images.filter(image, !image.matches("@sha256:[0-9a-f]{64}$"))',
        },
      ],
      validations: [
        {
          expression: "variables.elsewhere.size() == 0",
          messageExpression: `"the site's registry has images of ${registries.join(", ")} only, and not " + variables.elsewhere.join(", ")`,
          reason: "Forbidden",
        },
        {
          expression: "variables.moving.size() == 0",
          messageExpression: '"name images by digest, as NAME@sha256:…: " + variables.moving.join(", ")',
          reason: "Forbidden",
        },
      ],
    },
  };
}
