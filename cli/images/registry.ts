import { setTimeout as sleep } from "node:timers/promises";

const ACCEPTED = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");
const PATIENCE_MS = 20_000;
const TRIES = 3;

/** What an image's registry says of it: its digest, or why it does not. */
export type Answer = { digest: string } | { problem: string };

/** Asks an image's registry for the digest of its tag, by the distribution specification's API, without a login. */
export async function digestOf(image: string): Promise<Answer> {
  const slash = image.indexOf("/");
  const colon = image.lastIndexOf(":");
  const [registry, path, tag] = [image.slice(0, slash), image.slice(slash + 1, colon), image.slice(colon + 1)];
  const url = `https://${registry}/v2/${path}/manifests/${tag}`;
  for (let tried = 1; ; tried++) {
    try {
      const answer = await ask(url);
      const digest = answer.headers.get("docker-content-digest");
      if (answer.ok && digest && /^sha256:[0-9a-f]{64}$/.test(digest)) return { digest };
      if (answer.status === 404) return { problem: `${registry} has no such image` };
      if (answer.status < 500 || tried === TRIES)
        return {
          problem: answer.ok ? `${registry} tells no digest` : `${registry} refuses with HTTP ${answer.status}`,
        };
    } catch (error) {
      if (tried === TRIES) return { problem: `${registry} cannot be reached (${reason(error)})` };
    }
    await sleep(500 * tried);
  }
}

/** A registry that wants a token of anybody says where to get one. */
async function ask(url: string): Promise<Response> {
  const options = { method: "HEAD", headers: { accept: ACCEPTED }, signal: AbortSignal.timeout(PATIENCE_MS) };
  const answer = await fetch(url, options);
  const challenge = answer.headers.get("www-authenticate") ?? "";
  if (answer.status !== 401 || !/^Bearer /i.test(challenge)) return answer;
  const fields = new Map([...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = "", value = ""]) => [name, value]));
  const realm = new URL(fields.get("realm") ?? "");
  if (realm.protocol !== "https:") return answer;
  for (const name of ["service", "scope"]) if (fields.has(name)) realm.searchParams.set(name, fields.get(name) ?? "");
  const granted = (await (await fetch(realm, { signal: AbortSignal.timeout(PATIENCE_MS) })).json()) as {
    token?: string;
  };
  return fetch(url, { ...options, headers: { ...options.headers, authorization: `Bearer ${granted.token ?? ""}` } });
}

function reason(error: unknown): string {
  const { message, cause } = error as Error & { cause?: { code?: string; message?: string } };
  return cause?.code ?? cause?.message ?? message;
}
