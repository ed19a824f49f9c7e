import { setTimeout as sleep } from "node:timers/promises";
import { type UnusableInput, unusable } from "../../site/description/unusableInput";
import type { ObjectReference, Session } from "./session";
import { type Element, messageIn } from "./xml";

/** How often vCenter hears of a lease. One that it hears nothing of for five minutes is given up, and what it was for deleted. */
export const SAY_EVERY_MS = 10_000;
/** How long vCenter may take to make the machine that the disks are written into. */
const PATIENCE_MS = 5 * 60_000;

/**
 * Waits until disks can be written.
 *
 * @param name what is made, to people
 * @returns what the lease says then
 * @throws UnusableInput with what vCenter says against it
 */
export async function readyLease(session: Session, lease: ObjectReference, name: string): Promise<Element | undefined> {
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; await sleep(500)) {
    const { state, info, error } = await stateOf(session, lease);
    if (state === "ready") return info;
    if (state === "error") throw refused(name, error);
  }
  throw unusable(
    name,
    "vCenter makes nothing ready for it within 5 minutes",
    "see its task in vCenter, and run this again",
  );
}

/** Why vCenter gave a lease up while disks were written, where it did: a host that has no room closes its connection without a word. */
export async function leaseFailure(
  session: Session,
  lease: ObjectReference,
  name: string,
): Promise<UnusableInput | undefined> {
  const { state, error } = await stateOf(session, lease).catch((): LeaseState => ({}));
  return state === "error" ? refused(name, error) : undefined;
}

interface LeaseState {
  state?: string;
  info?: Element;
  error?: Element;
}

async function stateOf(session: Session, lease: ObjectReference): Promise<LeaseState> {
  const [found] = await session.readObjects([lease], ["state", "info", "error"]);
  const of = (property: string) => found?.properties.get(property);
  return { state: of("state")?.text, info: of("info"), error: of("error") };
}

function refused(name: string, error: Element | undefined): UnusableInput {
  return unusable(name, `vCenter refuses it: ${messageIn(error)}`, "mend that, and run this again");
}
