import { Client, Connection } from "@temporalio/client";
import { loadClientConnectConfig } from "@temporalio/envconfig";
import type { ServiceAddress } from "../fleet/rollout/service";
import { unusable } from "../site/description/unusableInput";
import { failureAt, isUnavailable } from "./failure";
import { handshakeFault } from "./handshake";

const PATIENCE = 5_000;

/** Temporal's own settings, environment variables and configuration file, with what was said to us over them. */
export function settingsOf({ address, namespace }: ServiceAddress) {
  const { connectionOptions, namespace: configured } = ownSettings();
  return {
    options: { ...connectionOptions, address: address ?? connectionOptions.address ?? "127.0.0.1:7233" },
    namespace: namespace ?? configured ?? "default",
  };
}

/** @throws UnusableInput for a file that cannot be read */
function ownSettings() {
  try {
    return loadClientConnectConfig();
  } catch (error) {
    throw unusable("Temporal's settings", (error as Error).message, "correct TEMPORAL_* and its configuration file");
  }
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
    const fault = isUnavailable(error) && (await handshakeFault(options.address, options.tls));
    if (fault) throw unusable(`Temporal at ${options.address}`, fault.fact, fault.fix);
    throw failureAt(options.address, namespace, error);
  }
}
