import { setTimeout as sleep } from "node:timers/promises";
import { storedName } from "../../site/description/inventoryName";
import type { Session } from "./session";

/** How long a clone may take. Templates of some GiB over a slow datastore take minutes. */
const patience = 15 * 60_000;

/**
 * Waits until no clone of these is under way: vCenter carries one on though who asked for it is gone, and until its end the machine
 * can be neither used nor deleted. Clones of anything else are somebody else's.
 *
 * @param named what is cloned or made: a template's name, or machines'; empty for any
 * @throws Error after a quarter of an hour
 */
export async function clonesEnd(session: Session, named: readonly string[]): Promise<void> {
  const own = new Set(named.map(storedName));
  let running: string[] = [];
  for (const deadline = Date.now() + patience; Date.now() < deadline; await sleep(500)) {
    const tasks = await session.tasks("info.state", "info.descriptionId", "info.entityName");
    running = tasks.flatMap(({ properties }) => {
      const isClone = /\.clone$/i.test(properties.get("info.descriptionId")?.text ?? "");
      const isRunning = /^(running|queued)$/.test(properties.get("info.state")?.text ?? "");
      const name = storedName(properties.get("info.entityName")?.text ?? "");
      return isClone && isRunning && (own.size === 0 || own.has(name)) ? [name] : [];
    });
    if (running.length === 0) return;
  }
  const minutes = patience / 60_000;
  throw new Error(
    `hypervisor: a clone of ${running[0]} still runs after ${minutes} minutes; see in vCenter whether it is this site's, end its task if so, and run this again`,
  );
}
