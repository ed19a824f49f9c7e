import { carriedOut } from "../../sdks/vcenter/actions";
import { type ManagedObject, Session } from "../../sdks/vcenter/session";
import { storedName } from "../../site/description/inventoryName";
import { UnusableInput, unusable } from "../../site/description/unusableInput";
import { readApplied } from "../../site/life/applied";
import { type PulumiStack, pulumiOrThrow } from "../stack/pulumi";
import { recordsOf, type StateResource, stateOf } from "../stack/state";
import { type GivingUp, givingUp, type ListedMachine, machinesOn, namesOf, type PlacedMachine } from "./gone";
import { loginOf, type VcenterPlace, virtualMachine } from "./vcenter";

/** What is gone for good, and whether it is to be done or only told. */
export interface Gone {
  names: readonly string[];
  yes: boolean;
  /** The machines of the description, for a site that was never complete. */
  planned: readonly PlacedMachine[];
}

/**
 * Gives up the machines that went with something: takes them out of vCenter, as far as it still lists them, and out of the state, so that the
 * next `up` makes them again. Interrupted, it goes on when it is run again.
 *
 * @returns what was done, or would be, for a person to read
 * @throws UnusableInput with every reason against it, before anything is changed
 */
export async function giveUp(
  stack: PulumiStack,
  place: VcenterPlace,
  { names, yes, planned }: Gone,
): Promise<string[]> {
  const { resources } = await stateOf(stack);
  const standing = readApplied((await recordsOf(stack)).standing);
  const all = "applied" in standing && standing.applied ? standing.applied.machines : planned;
  const [stranger] = names.filter((name) => machinesOn(all, [name]).length === 0);
  if (stranger !== undefined)
    throw unusable("--gone", `nothing of this site lies on ${stranger}`, `name one of ${namesOf(all).join(", ")}`);
  const concerned = machinesOn(all, names);
  const own = new Map(resources.flatMap((resource) => entryOf(resource)));
  const session = await Session.open(await loginOf(stack, place));
  try {
    const listed = await listedMachines(session, own);
    const judged = givingUp(all, concerned, new Set(own.keys()), listed);
    if ("problems" in judged) throw new UnusableInput(judged.problems);
    if (judged.steps.length === 0) return [];
    if (!yes)
      return [...judged.steps.map(wouldBe), "Nothing was changed: add --yes to do it, and run `pulumi up` afterwards."];
    return await done(stack, session, judged.steps, own);
  } finally {
    await session.close();
  }
}

async function done(
  stack: PulumiStack,
  session: Session,
  steps: readonly GivingUp[],
  own: ReadonlyMap<string, StateResource>,
): Promise<string[]> {
  for (const { machine, actions } of steps)
    for (const { id, action } of actions)
      await carriedOut(session, { type: "VirtualMachine", id }, action, `machines.${machine}`);
  const urns = steps.flatMap(({ machine }) => own.get(machine)?.urn ?? []);
  // vCenter does not have them: what is read again of these alone is taken out of the state, with all that refers to it.
  if (urns.length > 0)
    await pulumiOrThrow(stack, ["refresh", "--yes", "--skip-preview", ...urns.flatMap((urn) => ["--target", urn])]);
  const kept = new Set((await stateOf(stack)).resources.map(({ urn }) => urn));
  const stayed = steps.filter(({ machine }) => kept.has(own.get(machine)?.urn ?? ""));
  if (stayed.length > 0)
    throw unusable(
      stayed.map(({ machine }) => `machines.${machine}`).join(", "),
      "the state still has it, as vCenter finds a machine of its UUID",
      "look for it in vCenter under another name, and run this again",
    );
  return steps.map(({ machine, because }) => `gave up ${machine}: ${because}`);
}

function wouldBe({ machine, because, actions }: GivingUp): string {
  const deleted = actions.some(({ action }) => action === "Destroy_Task");
  const inVcenter = actions.length === 0 ? "" : `${deleted ? "deleted in" : "taken out of"} vCenter and `;
  return `would give up ${machine}: ${because}; it is ${inVcenter}taken out of the state`;
}

function entryOf(resource: StateResource): [string, StateResource][] {
  const name = resource.outputs?.name;
  return resource.type === virtualMachine && typeof name === "string" && !resource.delete ? [[name, resource]] : [];
}

/** The state's machines that vCenter still lists, by their names. */
async function listedMachines(
  session: Session,
  own: ReadonlyMap<string, StateResource>,
): Promise<ReadonlyMap<string, ListedMachine>> {
  const objects = await session.read(
    {
      VirtualMachine: ["name", "runtime.connectionState", "runtime.powerState", "datastore"],
      Datastore: ["name", "summary.accessible"],
    },
    { lenient: true },
  );
  const text = (object: ManagedObject, property: string) => object.properties.get(property)?.text ?? "";
  const dead = new Map(
    objects
      .filter((object) => object.type === "Datastore" && text(object, "summary.accessible") === "false")
      .map((object) => [object.id, text(object, "name")]),
  );
  const machines = new Map(
    objects.filter(({ type }) => type === "VirtualMachine").map((object) => [object.id, object]),
  );
  return new Map(
    [...own].flatMap(([name, { outputs }]) => {
      // Another machine of the name is not this one.
      const found = machines.get(String(outputs?.moid ?? ""));
      if (found === undefined || storedName(text(found, "name")) !== storedName(name)) return [];
      const listed: ListedMachine = {
        id: found.id,
        connection: text(found, "runtime.connectionState"),
        isOn: text(found, "runtime.powerState") === "poweredOn",
        deadDatastores: (found.properties.get("datastore")?.children ?? []).flatMap(
          ({ text: id }) => dead.get(id) ?? [],
        ),
      };
      return [[name, listed] as const];
    }),
  );
}
