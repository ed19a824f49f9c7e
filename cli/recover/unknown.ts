import { clonesEnd } from "../../sdks/vcenter/clones";
import { endingWith, readExisting } from "../../sdks/vcenter/existing";
import { type Login, Session } from "../../sdks/vcenter/session";
import { all, at } from "../../sdks/vcenter/xml";
import { formatProblem } from "../../site/description/problem";
import { UnusableInput } from "../../site/description/unusableInput";
import type { PulumiStack } from "../stack/pulumi";
import { deleteThings } from "./leftovers";
import { knownLogin, machinePath, type VcenterPlace, virtualMachine } from "./vcenter";

/**
 * Deletes machines of the plan that vCenter has and the state does not know: of a clone that took longer than its time, or whose
 * settings were refused and which could not be deleted again. One that may ever have run is left, and told.
 *
 * @param planned names of the site's machines
 * @param known names of those that the state has
 * @returns what was done, and what was left, for a person to read; nothing where vCenter is not known
 */
export async function deleteUnknown(
  stack: PulumiStack,
  place: VcenterPlace,
  planned: readonly string[],
  known: ReadonlySet<string>,
): Promise<string[]> {
  const missing = planned.filter((name) => !known.has(name));
  if (missing.length === 0 || !place.datacenter) return [];
  const login = await knownLogin(stack, place);
  if (login === undefined) return [notAsked("set VSPHERE_USER and VSPHERE_PASSWORD")];
  try {
    return await deletedUnknown(stack, place, missing, login);
  } catch (error) {
    // The rest is recovered without it.
    if (error instanceof UnusableInput) return [notAsked(error.message)];
    throw error;
  }
}

function notAsked(why: string): string {
  return `vCenter was not asked for machines that the state does not know: ${why}`;
}

async function deletedUnknown(
  stack: PulumiStack,
  place: VcenterPlace,
  missing: readonly string[],
  login: Login,
): Promise<string[]> {
  const session = await Session.open(login);
  try {
    // A clone under way is there under its name only at its end.
    await clonesEnd(session, [...(place.templates ?? []), ...missing]);
    const { machines, ids } = await readExisting(session);
    const found = missing.flatMap((name) => {
      const path = endingWith(machines, machinePath(place, name));
      const id = path && ids.get(path);
      return path && id ? [{ name, path, id }] : [];
    });
    const lives = await everRan(
      session,
      found.map(({ id }) => id),
    );
    const unused = found.filter(({ id }) => !lives.has(id));
    if (unused.length > 0)
      await deleteThings(
        stack,
        unused.map(({ name, path }) => ({ type: virtualMachine, name, id: path })),
        login,
      );
    return [
      ...unused.map(({ name }) => `deleted ${name}, which vCenter had and the state did not know; it had never run`),
      ...found.filter(({ id }) => lives.has(id)).map(({ name, path }) => left(name, path)),
    ];
  } finally {
    await session.close();
  }
}

function left(name: string, path: string): string {
  return formatProblem({
    path: `machines.${name}`,
    fact: `vCenter has ${path}, which the state does not know, and it has run`,
    fix: "if the state was lost, see damaged-state.md; else delete or rename that machine in vCenter",
  });
}

/** Ids of machines that may hold something: which are on, have told of their guest, or have read what cloud-init is told. */
async function everRan(session: Session, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const machines = await session.readObjects(
    ids.map((id) => ({ type: "VirtualMachine", id })),
    ["runtime.powerState", "guest.hostName", "config.extraConfig"],
  );
  const ran = machines.filter(({ properties }) => {
    const options = all(properties.get("config.extraConfig"), "OptionValue");
    // Without its settings nothing is known of it.
    if (!properties.has("config.extraConfig")) return true;
    const userdata = options.find((option) => at(option, "key")?.text === "guestinfo.userdata");
    return (
      properties.get("runtime.powerState")?.text !== "poweredOff" ||
      (properties.get("guest.hostName")?.text ?? "") !== "" ||
      at(userdata, "value")?.text === "---"
    );
  });
  return new Set(ran.map(({ id }) => id));
}
