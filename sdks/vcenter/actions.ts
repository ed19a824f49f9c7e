import { setTimeout as sleep } from "node:timers/promises";
import { unusable } from "../../site/description/unusableInput";
import type { ObjectReference, Session } from "./session";
import { at } from "./xml";

/** What is done to a virtual machine that is given up, or that an import has made. */
export type Action = "PowerOffVM_Task" | "UnregisterVM" | "Destroy_Task" | "Rename_Task";

/** How long vCenter may take for one of them. */
const patience = 5 * 60_000;

/**
 * Has vCenter do something to a virtual machine, and waits until it is done.
 *
 * @param path what it is to people: `machines.demo-etcd-b`
 * @param args what the action takes, as XML
 * @throws UnusableInput with what vCenter says against it
 */
export async function carriedOut(
  session: Session,
  machine: ObjectReference,
  action: Action,
  path: string,
  args = "",
): Promise<void> {
  const { value } = await session.invoke(machine, action, args);
  if (value === undefined) return;
  const task: ObjectReference = { type: "Task", id: value.text };
  for (const deadline = Date.now() + patience; Date.now() < deadline; await sleep(250)) {
    const [found] = await session.readObjects([task], ["info.state", "info.error"]);
    const state = found?.properties.get("info.state")?.text;
    if (state === "success") return;
    if (state !== "error") continue;
    const said = at(found?.properties.get("info.error"), "localizedMessage")?.text ?? `${action} failed`;
    throw unusable(path, said.replace(/\.$/, ""), "mend that in vCenter, and run this again");
  }
  throw unusable(path, `${action} still runs after 5 minutes`, "see its task in vCenter, and run this again");
}
