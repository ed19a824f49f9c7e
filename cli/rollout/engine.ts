import type { FleetEngine } from "../../fleet/engine";
import { unusable } from "../../site/description/unusableInput";

/** What carries rollouts out. Nothing else loads its packages, which are larger than all the others together. */
export function fleetEngine(): FleetEngine {
  try {
    return (require("../../temporal") as { engine: FleetEngine }).engine;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== "MODULE_NOT_FOUND" || !message.includes("@temporalio/")) throw error;
    const { dependencies } = require("../../temporal/package.json") as { dependencies: Record<string, string> };
    const wanted = Object.entries(dependencies).map(([name, version]) => `${name}@${version}`);
    throw unusable("rollout", "Temporal's packages are not installed", `npm install ${wanted.join(" ")}`);
  }
}
