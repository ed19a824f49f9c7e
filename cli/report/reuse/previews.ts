import type { Preview } from "../preview";
import { type Answer, type Ask, previews } from "../previews";
import { Inputs } from "./inputs";
import { KeptPreviews } from "./kept";

/** What was made before, and when; nothing of a preview that was made now. */
export type Told = Preview & { made?: string };

/**
 * Previews; one of which everything is unchanged since it was last made is not made again. Only whole ones without an error are
 * kept, of programs that ran in a process of ours, so that it is known what they were made of.
 *
 * @param outputs files and folders that the report itself writes
 */
export async function previewsOrKept(
  asks: readonly Ask[],
  parallel: number,
  log: (text: string) => void,
  folder: string,
  outputs: readonly string[],
): Promise<Told[]> {
  const kept = new KeptPreviews(folder);
  const before = new Inputs(outputs);
  const begun = new Date().toISOString();
  const keys = await Promise.all(asks.map((ask) => before.key(ask)));
  const told = keys.map((key): Told | undefined => {
    const found = key === undefined ? undefined : kept.find(key);
    return found && before.areUnchanged(found.used) ? { ...found.preview, made: found.made } : undefined;
  });
  const missing = asks.flatMap((_, i) => (told[i] === undefined ? [i] : []));
  const answers = await previews(
    missing.map((i) => asks[i] as Ask),
    parallel,
    log,
  );
  // What was changed while it was read may be in a preview or not.
  const after = new Inputs(outputs);
  for (const [n, i] of missing.entries()) {
    const { preview, modules } = answers[n] as Answer;
    told[i] = preview;
    const key = keys[i];
    if (key === undefined || modules === undefined || !isWhole(preview)) continue;
    if ((await after.key(asks[i] as Ask)) === key)
      kept.keep(key, { made: begun, used: after.usedBy(preview, modules), preview });
  }
  return told as Told[];
}

/** Whether it told everything, and read no other stack's state. */
export function isWhole({ complete, errors, steps }: Preview): boolean {
  return complete && errors.length === 0 && !steps.some(({ type }) => type === "pulumi:pulumi:StackReference");
}
