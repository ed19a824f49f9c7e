import { Client, Connection } from "@temporalio/client";
import { loadClientConnectConfig } from "@temporalio/envconfig";
import type { ServiceAddress } from "../fleet/rollout/service";
import { failureAt } from "./failure";

const PATIENCE = 5_000;

/** Temporal's own settings, environment variables and configuration file, with what was said to us over them. */
export function settingsOf({ address, namespace }: ServiceAddress) {
  const { connectionOptions, namespace: configured } = loadClientConnectConfig();
  return {
    options: { ...connectionOptions, address: address ?? connectionOptions.address ?? "127.0.0.1:7233" },
    namespace: namespace ?? configured ?? "default",
  };
}

/** A client that was answered by a Temporal that has the namespace. */
export async function connected(where: ServiceAddress): Promise<{ client: Client; address: string }> {
  const { options, namespace } = settingsOf(where);
  let connection: Connection | undefined;
  try {
    connection = await Connection.connect({ ...options, connectTimeout: PATIENCE });
    const { workflowService } = connection;
    await connection.withDeadline(Date.now() + PATIENCE, () => workflowService.describeNamespace({ namespace }));
    return { client: new Client({ connection, namespace }), address: options.address };
  } catch (error) {
    await connection?.close();
    throw failureAt(options.address, namespace, error);
  }
}
