import { request } from "node:https";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { TLSSocket } from "node:tls";
import { UnusableInput, unusable } from "../../site/description/unusableInput";
import type { Login } from "./session";

/** Where a host takes a disk in. */
export interface Destination {
  url: URL;
  /** SHA-1 of the host's certificate, as vCenter tells it: hosts have certificates of vCenter's own authority. */
  thumbprint?: string;
}

/** How long a host may take nothing. */
const PATIENCE_MS = 60_000;

/**
 * Writes a disk to a host, which is known by the certificate that vCenter says it has.
 *
 * @param bytes how many there are
 * @param isNew whether there is nothing yet at that place
 * @param taken is told of the bytes that were taken
 * @throws UnusableInput if it is not taken
 */
export async function upload(
  { url, thumbprint }: Destination,
  content: Readable,
  { bytes, isNew, login, taken }: { bytes: number; isNew: boolean; login: Login; taken: (more: number) => void },
): Promise<void> {
  const refused = (fact: string) => unusable(url.host, fact, "see the host's and vCenter's log, and run this again");
  const sent = request(url, {
    method: isNew ? "PUT" : "POST",
    headers: {
      "content-length": bytes,
      ...(isNew ? { overwrite: "t" } : { "content-type": "application/x-vnd.vmware-streamVmdk" }),
    },
    timeout: PATIENCE_MS,
    ca: login.ca,
    // Known by its thumbprint, or as vCenter is.
    rejectUnauthorized: thumbprint === undefined && !login.insecure,
    // A connection of its own, for nothing may be sent before its certificate was seen.
    agent: false,
  });
  const answered = new Promise<number>((resolve, reject) => {
    sent.on("response", (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on("timeout", () => sent.destroy(new Error(`nothing was taken for ${PATIENCE_MS / 1000} s`)));
    sent.on("error", reject);
  });
  answered.catch(() => {});
  try {
    if (thumbprint !== undefined) await isOf(sent, thumbprint);
    const counted = async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        yield chunk;
        taken(chunk.length);
      }
    };
    await pipeline(content, counted, sent);
    const status = await answered;
    if (status < 200 || status > 299) throw refused(`it refuses the disk with HTTP ${status}`);
  } catch (error) {
    sent.destroy();
    throw error instanceof UnusableInput ? error : refused(`the disk cannot be written: ${(error as Error).message}`);
  }
}

/** Waits until the other side has shown its certificate. @throws if it is another one's */
function isOf(sent: ReturnType<typeof request>, thumbprint: string): Promise<void> {
  return new Promise((resolve, reject) => {
    sent.once("error", reject);
    sent.once("socket", (socket: TLSSocket) =>
      socket.once("secureConnect", () => {
        const shown = socket.getPeerCertificate().fingerprint;
        if (shown?.toLowerCase() === thumbprint.toLowerCase()) resolve();
        else reject(new Error(`it shows a certificate of ${shown}, and vCenter tells of ${thumbprint}`));
      }),
    );
  });
}
