import { ValidatingAdmissionPolicy } from "@pulumi/kubernetes/admissionregistration/v1/validatingAdmissionPolicy";
import { ValidatingAdmissionPolicyBinding } from "@pulumi/kubernetes/admissionregistration/v1/validatingAdmissionPolicyBinding";
import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import { Deployment } from "@pulumi/kubernetes/apps/v1/deployment";
import { Namespace } from "@pulumi/kubernetes/core/v1/namespace";
import { Secret } from "@pulumi/kubernetes/core/v1/secret";
import { Service } from "@pulumi/kubernetes/core/v1/service";
import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount";
import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1/networkPolicy";
import { ClusterRole } from "@pulumi/kubernetes/rbac/v1/clusterRole";
import { ClusterRoleBinding } from "@pulumi/kubernetes/rbac/v1/clusterRoleBinding";
import { RoleBinding } from "@pulumi/kubernetes/rbac/v1/roleBinding";
import * as pulumi from "@pulumi/pulumi";
import { FLUX_APPLIES_AS, FLUX_NAMESPACE as namespace, repositoryOf } from "../../site/description/flux";
import type { Gitops } from "../../site/description/spec";
import { fluxAccess } from "./flux/access";
import { appliesAs, boundsPolicy, clusterRules } from "./flux/bounds";
import { fluxDefinitions } from "./flux/definitions";
import { fluxPolicies } from "./flux/network";
import { CREDENTIALS, credentials, gitRepository, kustomization } from "./flux/repository";
import { kustomizeDeployment, sourceDeployment, sourceService } from "./flux/workloads";
import { restricted } from "./pods";

export interface FluxArgs {
  gitops: Gitops;
  /** What signs in at the repository: a private SSH key or a token, a secret. Left out: nobody signs in. */
  secret?: pulumi.Input<string>;
  images: { source: string; kustomize: string };
  /** The cluster's DNS domain. */
  domain: string;
  /** The namespaces of the description, which are there. */
  namespaces: readonly string[];
}

const BOUNDS = "groundwork-gitops";
const rbac = "rbac.authorization.k8s.io";

/**
 * Hand-over to a Git repository: source-controller fetches it, and kustomize-controller applies what it says, as an account that may write in
 * the description's namespaces alone and never what `up` makes. Both pull; nobody reaches them from outside. What they cannot do they say in
 * their objects; `up` does not wait for the repository.
 */
export class Flux extends pulumi.ComponentResource {
  /** Known once it looks at the repository. */
  readonly ready: pulumi.Output<unknown>;

  constructor(name: string, args: FluxArgs, opts: pulumi.ComponentResourceOptions) {
    super("groundwork:index:Flux", name, {}, opts);
    const { gitops } = args;
    const named = (suffix: string) => `${name}-${suffix}`;
    const child = { parent: this, dependsOn: opts.dependsOn };
    const home = new Namespace(named("namespace"), { metadata: { name: namespace, labels: restricted } }, child);
    const inside = { parent: this, dependsOn: [home] };
    const definitions = fluxDefinitions(named, child);
    const policies = fluxPolicies(repositoryOf(gitops)).map(
      (policy) => new NetworkPolicy(named(`policy-${policy.metadata.name}`), policy, inside),
    );
    const stringData = credentials(gitops, args.secret);
    const hasCredentials = Object.keys(stringData).length > 0;
    const secrets = hasCredentials
      ? [new Secret(named("credentials"), { metadata: { name: CREDENTIALS, namespace }, stringData }, inside)]
      : [];
    const access = [...fluxAccess(named, inside), ...this.bounds(named, args, inside)];
    const before = { parent: this, dependsOn: [...definitions, ...access, ...policies, ...secrets] };
    const service = new Service(named("service"), sourceService(), inside);
    const source = new Deployment(named("source"), sourceDeployment(args.images.source, args.domain), {
      ...before,
      dependsOn: [...before.dependsOn, service],
    });
    const kustomize = new Deployment(named("kustomize"), kustomizeDeployment(args.images.kustomize), before);
    // They go first, while the controllers still let go of them.
    const running = { parent: this, dependsOn: [source, kustomize] };
    const fetched = new CustomResource(named("repository"), gitRepository(gitops, hasCredentials), running);
    const applied = new CustomResource(named("applied"), kustomization(gitops), {
      ...running,
      dependsOn: [...running.dependsOn, fetched],
    });
    this.ready = applied.id;
    this.registerOutputs({});
  }

  /** What the account may that applies. What refuses it more is there before any right. */
  private bounds(
    named: (suffix: string) => string,
    { gitops: { flux }, namespaces }: FluxArgs,
    inside: { parent: pulumi.Resource; dependsOn: pulumi.Resource[] },
  ): pulumi.Resource[] {
    const account = new ServiceAccount(
      named("applies-as"),
      { metadata: { name: FLUX_APPLIES_AS, namespace }, automountServiceAccountToken: false },
      inside,
    );
    const policy = new ValidatingAdmissionPolicy(
      named("bounds"),
      boundsPolicy(BOUNDS, flux.clusterWide ? undefined : namespaces),
      inside,
    );
    const binding = new ValidatingAdmissionPolicyBinding(
      named("bounds-binding"),
      { metadata: { name: BOUNDS }, spec: { policyName: BOUNDS, validationActions: ["Deny"] } },
      { ...inside, dependsOn: [policy] },
    );
    const bounded = { parent: inside.parent, dependsOn: [account, binding] };
    const edit = { roleRef: { apiGroup: rbac, kind: "ClusterRole", name: "edit" }, subjects: [appliesAs] };
    if (!flux.clusterWide)
      return namespaces.map(
        (each) =>
          new RoleBinding(named(`edits-${each}`), { metadata: { name: "gitops", namespace: each }, ...edit }, bounded),
      );
    const name = "groundwork:gitops";
    const role = new ClusterRole(named("cluster-role"), { metadata: { name }, rules: clusterRules }, bounded);
    return [
      new ClusterRoleBinding(named("edits"), { metadata: { name: `${name}-edit` }, ...edit }, bounded),
      new ClusterRoleBinding(
        named("cluster-binding"),
        { metadata: { name }, roleRef: { apiGroup: rbac, kind: "ClusterRole", name }, subjects: [appliesAs] },
        { ...bounded, dependsOn: [role] },
      ),
    ];
  }
}
