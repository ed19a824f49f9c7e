import { setTimeout as sleep } from "node:timers/promises";
import type { Session } from "./session";

/** How long a clone may take. Templates of some GiB over a slow datastore take minutes. */
const patience = 15 * 60_000;

/**
 * Waits until no clone is under way: vCenter carries one on though who asked for it is gone, and until its end the machine
 * can be neither used nor deleted.
 *
 * @throws Error after a quarter of an hour
 */
export async function clonesEnd(session: Session): Promise<void> {
  for (const deadline = Date.now() + patience; Date.now() < deadline; await sleep(500)) {
    const tasks = await session.tasks("info.state", "info.descriptionId");
    const running = tasks.filter(({ properties }) => {
      const isClone = /\.clone$/i.test(properties.get("info.descriptionId")?.text ?? "");
      return isClone && /^(running|queued)$/.test(properties.get("info.state")?.text ?? "");
    });
    if (running.length === 0) return;
  }
  const minutes = patience / 60_000;
  throw new Error(
    `hypervisor: a clone still runs after ${minutes} minutes; end its task in vCenter and run this again`,
  );
}
