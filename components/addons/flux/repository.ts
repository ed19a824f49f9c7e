import * as pulumi from "@pulumi/pulumi";
import { FLUX_APPLIES_AS, FLUX_NAMESPACE as namespace, repositoryOf } from "../../../site/description/flux";
import type { Gitops } from "../../../site/description/spec";
import { APPLIED, SOURCES, VERSION } from "./definitions";

/** The Secret with what signs in at the repository, and what it is known by. */
export const CREDENTIALS = "repository";
/** The name of what is fetched, and of what is applied. */
const NAME = "site";
/** What may hold data is not deleted because a file is. */
const KEPT = ["PersistentVolumeClaim", "Namespace"];

/** What source-controller signs in with and knows the server by; undefined where there is nothing of both. */
export function credentials(gitops: Gitops, secret?: pulumi.Input<string>): Record<string, pulumi.Input<string>> {
  const { user, ca, hostKeys } = gitops.flux;
  const { scheme, host, port } = repositoryOf(gitops);
  const signs = secret === undefined ? undefined : pulumi.secret(secret);
  if (scheme === "https")
    return { ...(user !== undefined && signs && { username: user, password: signs }), ...(ca && { "ca.crt": ca }) };
  const known = port === 22 ? host : `[${host}]:${port}`;
  return {
    // OpenSSH's keys end with a line feed, which a configuration's value has lost.
    ...(signs && { identity: signs.apply((key) => `${key.trim()}\n`) }),
    known_hosts: hostKeys.map((key) => `${known} ${key}\n`).join(""),
  };
}

/** What is fetched. Without a timeout of its own, the controller would have none. */
export function gitRepository({ flux }: Gitops, hasCredentials: boolean) {
  const { url, branch = "main", tag, intervalMinutes } = flux;
  return {
    apiVersion: `${SOURCES}/${VERSION}`,
    kind: "GitRepository",
    metadata: { name: NAME, namespace },
    spec: {
      url,
      ref: tag === undefined ? { branch } : { tag },
      interval: `${intervalMinutes}m`,
      timeout: "60s",
      ...(hasCredentials && { secretRef: { name: CREDENTIALS } }),
    },
  };
}

/**
 * What is applied. What leaves the repository is deleted, but for what may hold data; when Flux itself leaves, everything stays.
 */
export function kustomization({ flux }: Gitops) {
  const keep = (kind: string) => ({
    target: { kind },
    patch: JSON.stringify({
      apiVersion: "v1",
      kind,
      metadata: { name: "any", annotations: { [`${APPLIED}/prune`]: "disabled" } },
    }),
  });
  return {
    apiVersion: `${APPLIED}/${VERSION}`,
    kind: "Kustomization",
    metadata: { name: NAME, namespace },
    spec: {
      sourceRef: { kind: "GitRepository", name: NAME },
      path: `./${flux.path}`,
      interval: `${flux.intervalMinutes}m`,
      retryInterval: "1m",
      timeout: "2m",
      serviceAccountName: FLUX_APPLIES_AS,
      prune: true,
      deletionPolicy: "Orphan",
      force: false,
      wait: false,
      patches: KEPT.map(keep),
    },
  };
}
