import { setTimeout as sleep } from "node:timers/promises";
import { type Login, Session } from "./session";

/** How long a clone may take. Templates of some GiB over a slow datastore take minutes. */
const patience = 15 * 60_000;

/**
 * Waits until no clone is under way: vCenter carries one on though who asked for it is gone, and until its end the machine
 * can be neither used nor deleted.
 *
 * @returns how many there were
 * @throws UnusableInput if vCenter cannot be asked
 */
export async function clonesEnd(login: Login): Promise<number> {
  const session = await Session.open(login);
  let most = 0;
  try {
    for (const deadline = Date.now() + patience; Date.now() < deadline; await sleep(500)) {
      const tasks = await session.tasks("info.state", "info.descriptionId");
      const running = tasks.filter(({ properties }) => {
        const isClone = /\.clone$/i.test(properties.get("info.descriptionId")?.text ?? "");
        return isClone && /^(running|queued)$/.test(properties.get("info.state")?.text ?? "");
      });
      most = Math.max(most, running.length);
      if (running.length === 0) return most;
    }
    throw new Error(
      `${login.server}: a clone still runs after ${patience / 60_000} minutes; see its task in vCenter, end it there and run this again`,
    );
  } finally {
    await session.close();
  }
}
