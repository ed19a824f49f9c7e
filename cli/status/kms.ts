import { KMS_CHECK } from "../../site/description/kms";
import type { Need } from "./model";

/** How a control plane is whose KMS plugin is away: its API server gets no requests while another has its own. */
export const KMS_AWAY = "its KMS plugin does not answer";

/** Has a control plane say `+` or `-` of its KMS plugin; nothing where its API server does not answer. One that hangs holds up the answer. */
export function kmsQuestion(address: string): string {
  return `ready=$(curl --silent --max-time 2 --noproxy '*' --cacert /etc/kubernetes/pki/ca.crt 'https://${address}:6443/readyz?verbose')
[[ $? != 28 ]] || ready='[-]${KMS_CHECK} '
say kms "$(sed -n 's/^\\[\\(.\\)\\]${KMS_CHECK} .*/\\1/p' <<<"$ready")"
`;
}

export function kmsNeed(name: string, host: string): Need {
  return {
    what: `${name} on ${host}: ${KMS_AWAY}`,
    run: "start the plugin there, or mend its way to the KMS; restart no API server before (docs/kms.md)",
  };
}
