import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, request, type Server } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type Provider from "oidc-provider";
import type { Configuration } from "oidc-provider";
import { freePort } from "./sshd";

/** Of which kind a token is: for whom, and whether it is still good. */
export interface Wanted {
  client?: "kubectl" | "another";
  expired?: boolean;
}

const secret = "not-secret-in-a-test";

/** Who there is, with what the issuer says of them. */
const people: Record<string, { groups: string[] }> = {
  ada: { groups: ["operators"] },
  grace: { groups: ["till-admins"] },
  mallory: { groups: ["system:masters"] },
};

/** A real OpenID Connect issuer (oidc-provider) at https://localhost, with a certificate of an authority of its own. */
export class Issuer {
  private server!: Server;
  private constructor(
    private readonly folder: string,
    readonly ca: string,
    readonly url: string,
    private readonly provider: Provider,
  ) {}

  static async start(): Promise<Issuer> {
    const folder = mkdtempSync(join(tmpdir(), "groundwork-issuer-"));
    const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
    const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "2"];
    const made = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key, "-out", cert];
    execFileSync("openssl", ["req", "-x509", ...made, ...subject], { stdio: "pipe" });
    const port = await freePort();
    const { Provider } = await import("oidc-provider");
    const url = `https://localhost:${port}`;
    const issuer = new Issuer(folder, readFileSync(cert, "utf8"), url, new Provider(url, configuration()));
    await issuer.answer();
    return issuer;
  }

  /** It answers again. */
  async answer(): Promise<void> {
    const [key, cert] = ["key.pem", "cert.pem"].map((name) => readFileSync(join(this.folder, name)));
    this.server = createServer({ key, cert }, this.provider.callback());
    await new Promise<void>((resolve) => this.server.listen(Number(new URL(this.url).port), "localhost", resolve));
  }

  /** It answers no more. */
  async silence(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** The ID token of somebody who has signed in, by the flow for devices without a browser (CIBA). */
  async token(person: string, { client = "kubectl", expired = false }: Wanted = {}): Promise<string> {
    const clientId = expired ? "hasty" : client;
    const started = await this.post("/backchannel", clientId, { scope: "openid groups", login_hint: person });
    const grant = "urn:openid:params:grant-type:ciba";
    for (;;) {
      const asked = { grant_type: grant, auth_req_id: `${started.auth_req_id}` };
      const answer = await this.post("/token", clientId, asked);
      if (answer.error === "authorization_pending") continue;
      if (typeof answer.id_token !== "string") throw new Error(`${this.url}/token: ${JSON.stringify(answer)}`);
      if (expired) await sleep(2_000);
      return answer.id_token;
    }
  }

  async remove(): Promise<void> {
    await this.silence();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private post(path: string, client: string, form: Record<string, string>): Promise<Record<string, unknown>> {
    return new Promise((resolve, reject) => {
      const sent = request(
        `${this.url}${path}`,
        {
          method: "POST",
          ca: this.ca,
          headers: { "content-type": "application/x-www-form-urlencoded" },
          auth: `${client}:${secret}`,
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("end", () => resolve(JSON.parse(Buffer.concat(chunks).toString())));
        },
      );
      sent.on("error", reject);
      sent.end(new URLSearchParams(form).toString());
    });
  }
}

function configuration(): Configuration {
  const ciba = "urn:openid:params:grant-type:ciba";
  const client = (client_id: string) => ({
    client_id,
    client_secret: secret,
    grant_types: [ciba],
    response_types: [],
    redirect_uris: [],
    backchannel_token_delivery_mode: "poll" as const,
    id_token_signed_response_alg: "RS256" as const,
  });
  return {
    clients: ["kubectl", "another", "hasty"].map(client),
    claims: { openid: ["sub"], groups: ["groups"] },
    conformIdTokenClaims: false,
    ttl: { IdToken: (_: unknown, __: unknown, { clientId }: { clientId: string }) => (clientId === "hasty" ? 1 : 600) },
    findAccount: (_: unknown, accountId: string) => ({
      accountId,
      claims: () => ({ sub: accountId, ...people[accountId] }),
    }),
    features: {
      devInteractions: { enabled: false as const },
      ciba: {
        enabled: true as const,
        deliveryModes: ["poll" as const],
        processLoginHint: (_: unknown, hint?: string) => hint,
        verifyUserCode: () => {},
        validateBindingMessage: () => {},
        validateRequestContext: () => {},
        // Everybody signs in at once on their device.
        triggerAuthenticationDevice,
      },
    },
  };
}

async function triggerAuthenticationDevice(
  { oidc }: { oidc: { provider: Provider } },
  request: InstanceType<Provider["BackchannelAuthenticationRequest"]>,
  account: { accountId: string },
  client: { clientId: string },
): Promise<void> {
  const grant = new oidc.provider.Grant({ accountId: account.accountId, clientId: client.clientId });
  grant.addOIDCScope("openid groups");
  await grant.save();
  await oidc.provider.backchannelResult(request, grant, { acr: "0" });
}
