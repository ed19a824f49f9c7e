import type { KubeconfigPlan } from "../pki/kubeconfigs";
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
