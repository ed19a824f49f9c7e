import { Api, ApiError } from "../../sdks/kubernetes/api";
import { unusable } from "../../site/description/unusableInput";
import type { Node, Pod, PodMetrics, Volume } from "./kubernetes";
import type { Told } from "./seen";

/** Milliseconds that the API has for an answer. */
const PATIENCE = 20_000;

/**
 * Asks a cluster for its nodes, pods and volumes, and what pods use where metrics-server answers.
 *
 * @throws UnusableInput if the API does not answer, or refuses
 */
export async function askCluster(kubeconfig: string): Promise<Told> {
  const api = new Api(kubeconfig, PATIENCE);
  const items = async <T>(path: string) => (await api.get<{ items: T[] }>(path)).items;
  try {
    const [nodes, pods, volumes, metrics] = await Promise.all([
      items<Node>("/api/v1/nodes"),
      items<Pod>("/api/v1/pods"),
      items<Volume>("/api/v1/persistentvolumes"),
      items<PodMetrics>("/apis/metrics.k8s.io/v1beta1/pods").catch((error: unknown) => {
        if (error instanceof ApiError) return undefined;
        throw error;
      }),
    ]);
    return { nodes, pods, volumes, ...(metrics && { metrics }) };
  } catch (error) {
    const fix = "see `groundwork status`; nothing can be proposed until it answers";
    throw unusable("the cluster's API", (error as Error).message, fix);
  } finally {
    api.close();
  }
}
