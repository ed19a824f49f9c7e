import type { Finding } from "../../fleet/watch/work";

/** How long a webhook may take to answer, in ms. */
const PATIENCE = 30_000;

/**
 * Posts what was found to an owner's webhook: `text`, a line for each site, as chats show it, and everything for programs.
 *
 * @param url it may hold a password: nothing that is told or thrown names more than its host
 * @throws Error if it does not take it
 */
export async function post(url: string, project: string, findings: readonly Finding[]): Promise<void> {
  const text = findings.map(lineOf).join("\n");
  let answer: Response;
  try {
    answer = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ version: 1, project, text, findings }),
      redirect: "error",
      signal: AbortSignal.timeout(PATIENCE),
    });
  } catch (error) {
    const { cause, name } = error as Error & { cause?: { code?: string } };
    throw new Error(`${hostOf(url)} does not answer (${cause?.code ?? name})`);
  }
  await answer.body?.cancel();
  if (!answer.ok) throw new Error(`${hostOf(url)} answers ${answer.status}`);
}

/** `fulda-1: its data disk lies on esx-1-b, and was made on esx-1-a`. */
function lineOf({ site, is, what }: Finding): string {
  if (is === "as described") return `${site}: as described again`;
  return `${site}: ${is === "unseen" ? "it could not be looked at: " : ""}${what.join("; ")}`;
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : "the webhook's address";
}
