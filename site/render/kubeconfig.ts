import type { KubeconfigPlan } from "../pki/kubeconfigs";
import { endpointUrl } from "../plan/endpoints";
import type { SitePlan } from "../plan/model";
import { type Content, content } from "./content";

/** A kubeconfig with everything embedded, so that it is one file to install and to replace. */
export function kubeconfig(plan: SitePlan, file: KubeconfigPlan): Content {
  return content`apiVersion: v1
kind: Config
current-context: ${file.user}@${plan.site}
clusters:
  - name: ${plan.site}
    cluster:
      server: ${file.server}
      certificate-authority-data: ${{ secret: "authority/cluster", encoding: "base64" }}
contexts:
  - name: ${file.user}@${plan.site}
    context:
      cluster: ${plan.site}
      user: ${file.user}
users:
  - name: ${file.user}
    user:
      client-certificate-data: ${{ secret: `certificate/${file.certificate}`, encoding: "base64" }}
      client-key-data: ${{ secret: `key/${file.certificate}`, encoding: "base64" }}
`;
}

/**
 * A kubeconfig for people, with no secret in it: kubectl has them sign in at the issuer, by the plugin kubelogin, each as themselves. Nothing for a site
 * without an issuer.
 *
 * @see https://github.com/int128/kubelogin
 */
export function oidcKubeconfig(plan: SitePlan): Content | undefined {
  const { site, spec } = plan;
  const oidc = spec.access?.oidc;
  if (oidc === undefined) return undefined;
  const exec = {
    apiVersion: "client.authentication.k8s.io/v1",
    command: "kubectl",
    args: [
      "oidc-login",
      "get-token",
      `--oidc-issuer-url=${oidc.issuer}`,
      `--oidc-client-id=${oidc.clientId}`,
      ...oidc.scopes.map((scope) => `--oidc-extra-scope=${scope}`),
      ...(oidc.ca === undefined ? [] : [`--certificate-authority-data=${Buffer.from(oidc.ca).toString("base64")}`]),
    ],
    interactiveMode: "IfAvailable",
    installHint: "people sign in by kubelogin: kubectl krew install oidc-login (https://github.com/int128/kubelogin)",
  };
  return content`apiVersion: v1
kind: Config
current-context: ${site}
clusters:
  - name: ${site}
    cluster:
      server: ${endpointUrl(plan)}
      certificate-authority-data: ${{ secret: "authority/cluster", encoding: "base64" }}
contexts:
  - name: ${site}
    context:
      cluster: ${site}
      user: ${site}-person
users:
  - name: ${site}-person
    user:
      exec: ${JSON.stringify(exec)}
`;
}
