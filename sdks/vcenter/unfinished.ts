import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { storedName } from "../../site/description/inventoryName";
import { UnusableInput, unusable } from "../../site/description/unusableInput";
import { carriedOut } from "./actions";
import { nameOf, text } from "./managedObject";
import type { ManagedObject, Session } from "./session";

/** How long what another import holds is waited for: more than vCenter waits for one that it hears nothing of. */
const PATIENCE_MS = 6 * 60_000;
/** vCenter has no names of more than 80 letters. */
const KEPT_LETTERS = 60;

/** What a template is called until it is whole: by its own name, and so that nobody else calls anything so. */
export function unfinished(template: string): string {
  const kept = [...template.replace(/[%/\\]/g, "-")].slice(0, KEPT_LETTERS).join("");
  return `${kept}.import-${createHash("sha256").update(storedName(template)).digest("hex").slice(0, 8)}`;
}

/**
 * Deletes what an import of a template has left that was ended. While another one goes on vCenter lets nobody delete it: that is waited for.
 *
 * @param machines all machines that there are, with `name` and `config.template`, read anew each time
 * @param progress is told what is waited for
 * @returns whether the template was made in the meantime
 * @throws UnusableInput if another import holds it for longer than one that was ended can
 */
export async function cleared(
  session: Session,
  template: string,
  machines: () => Promise<readonly ManagedObject[]>,
  progress: (said: string) => void,
): Promise<"free" | "made"> {
  let said = "";
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; await sleep(5_000)) {
    const found = await machines();
    const named = (name: string) => found.find((o) => nameOf(o) === storedName(name));
    const whole = named(template);
    if (whole !== undefined && text(whole, "config.template") === "true") return "made";
    const left = named(unfinished(template));
    if (left === undefined) return "free";
    try {
      await carriedOut(session, left, "Destroy_Task", template);
      return "free";
    } catch (error) {
      const [problem] = error instanceof UnusableInput ? error.problems : [];
      // An account that may not delete it never will.
      if (problem === undefined || problem.path === "user") throw error;
      said = problem.fact;
      progress(`an import that goes on, or was ended, holds it: ${said}`);
    }
  }
  throw unusable(
    template,
    `another import has held ${unfinished(template)} for 6 minutes: ${said}`,
    "wait for that import, or delete that machine in vCenter",
  );
}
