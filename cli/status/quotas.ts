import { Api } from "../../sdks/kubernetes/api";
import { amount } from "../../site/description/kubernetes/fieldTypes";

/** A quota that less than what runs would fill. */
export interface OverfullQuota {
  namespace: string;
  /** `pods`, `requests.memory` … */
  resource: string;
  /** As Kubernetes writes them: `3`, `1536Mi`. */
  used: string;
  hard: string;
}

interface ResourceQuota {
  metadata: { name: string; namespace: string };
  status?: { hard?: Record<string, string>; used?: Record<string, string> };
}

/** Asks for quotas that were made smaller than what runs; none where the API does not answer, which is told elsewhere. */
export async function askQuotas(kubeconfig: string, patience: number): Promise<OverfullQuota[]> {
  const api = new Api(kubeconfig, patience);
  try {
    const { items } = await api.get<{ items: ResourceQuota[] }>("/api/v1/resourcequotas");
    return items.flatMap(overfull);
  } catch {
    return [];
  } finally {
    api.close();
  }
}

export function overfull({ metadata, status = {} }: ResourceQuota): OverfullQuota[] {
  const { hard = {}, used = {} } = status;
  return Object.entries(hard).flatMap(([resource, most]) => {
    const now = used[resource] ?? "0";
    return amount(now) > amount(most) ? [{ namespace: metadata.namespace, resource, used: now, hard: most }] : [];
  });
}

export function quotaNotes(quotas: readonly OverfullQuota[] = []): string[] {
  return quotas.map(
    ({ namespace, resource, used, hard }) =>
      `namespace ${namespace} has ${used} of ${resource}, its quota allows ${hard}: what runs goes on, what ends does not start again`,
  );
}
