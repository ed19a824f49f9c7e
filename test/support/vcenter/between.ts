import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, request, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What a vCenter answers to a method, changed. */
export type Change = (method: string, answer: string, question: string) => string;

/**
 * Stands between a client and the simulator and changes answers into those of a vCenter that the simulator cannot be: one with
 * shared storage, with users of few rights, with sessions that end.
 */
export class Between {
  private constructor(
    private readonly folder: string,
    private readonly listening: Server,
    readonly server: string,
  ) {}

  /**
   * @param asked changes what the client asks
   * @param status what is answered in the place of vCenter, with a page of HTML: of one that is starting, or at some of its addresses
   */
  static async start(
    simulator: string,
    change: Change,
    asked = (question: string): string => question,
    status = (_path: string): number | undefined => undefined,
  ): Promise<Between> {
    const folder = mkdtempSync(join(tmpdir(), "groundwork-between-"));
    const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
    const subject = ["-subj", "/CN=localhost", "-keyout", key, "-out", cert];
    execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", ...subject], {
      stdio: "pipe",
    });
    const listening = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (req, res) => {
      read(req).then((body) => {
        const refused = status(req.url ?? "");
        if (refused !== undefined) {
          res.writeHead(refused, { "content-type": "text/html" }).end(`<html><h1>${refused}</h1></html>`);
          return;
        }
        const method = /<(?:\w+:)?Body><(\w+)/.exec(body)?.[1] ?? "";
        const { "content-length": _, "accept-encoding": __, ...headers } = req.headers;
        const options = { method: req.method, headers: { ...headers, host: simulator }, rejectUnauthorized: false };
        const forward = request(`https://${simulator}${req.url}`, options, (answer) => {
          read(answer).then((text) => {
            const { "content-length": _, ...headers } = answer.headers;
            res.writeHead(answer.statusCode ?? 500, headers).end(change(method, text, body));
          });
        });
        forward.end(asked(body));
      });
    });
    await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
    return new Between(folder, listening, `127.0.0.1:${(listening.address() as AddressInfo).port}`);
  }

  async stop(): Promise<void> {
    this.listening.closeAllConnections();
    await new Promise((resolve) => this.listening.close(resolve));
    rmSync(this.folder, { recursive: true });
  }
}

async function read(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

/** Changes one object of an answer, found by its name. */
export function inObject(answer: string, name: string, change: (object: string) => string): string {
  return answer.replace(/<objects>[\s\S]*?<\/objects>/g, (object) =>
    new RegExp(`<name>name</name>\\s*<val[^>]*>${name}</val>`).test(object) ? change(object) : object,
  );
}

/** The id of an object of an answer. */
export function idOf(answer: string, type: string, name: string): string {
  const objects = answer.match(/<objects>[\s\S]*?<\/objects>/g) ?? [];
  const object = objects.find((o) => o.includes(`>${name}</val>`) && o.includes(`type="${type}"`)) ?? "";
  return new RegExp(`<obj[^>]*type="${type}"[^>]*>([^<]+)</obj>`).exec(object)?.[1] ?? "";
}

/** A SOAP fault as vCenter words it. */
export function faultOf(kind: string, message: string, more = ""): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>
<soapenv:Fault><faultcode>ServerFaultCode</faultcode><faultstring>${message}</faultstring><detail>
<${kind}Fault xmlns="urn:vim25" xsi:type="${kind}">${more}</${kind}Fault></detail></soapenv:Fault></soapenv:Body></soapenv:Envelope>`;
}

/** The answer to a method. */
export function answerOf(method: string, body: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>
<${method}Response xmlns="urn:vim25">${body}</${method}Response></soapenv:Body></soapenv:Envelope>`;
}
