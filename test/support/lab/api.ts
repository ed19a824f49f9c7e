import { readFileSync } from "node:fs";
import { Agent, request } from "node:https";
import { parse } from "yaml";
import type { RunningSite } from "./site";

/** A client certificate and the authority that the other side has to show. */
export interface Access {
  ca: string;
  cert?: string;
  key?: string;
}

/** What the operator's kubeconfig holds. */
export function operatorAccess(site: RunningSite): Required<Access> {
  const file = parse(readFileSync(site.paths.kubeconfig, "utf8")) as {
    clusters: [{ cluster: Record<string, string> }];
    users: [{ user: Record<string, string> }];
  };
  const decoded = (text: string | undefined) => Buffer.from(text ?? "", "base64").toString();
  const { cluster } = file.clusters[0];
  const { user } = file.users[0];
  return {
    ca: decoded(cluster["certificate-authority-data"]),
    cert: decoded(user["client-certificate-data"]),
    key: decoded(user["client-key-data"]),
  };
}

/** One HTTPS request; resolves to the status, whatever it is. Without `access` the certificate is not looked at; `token` is a bearer's. */
export function statusOf(
  url: string,
  options: { access?: Access; method?: string; body?: unknown; agent?: Agent; token?: string } = {},
): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request(
      url,
      {
        method: options.method ?? "GET",
        agent: options.agent ?? new Agent({ ...options.access, rejectUnauthorized: options.access !== undefined }),
        headers: {
          ...(options.body !== undefined && { "content-type": "application/json" }),
          ...(options.token !== undefined && { authorization: `Bearer ${options.token}` }),
        },
        timeout: 15_000,
      },
      (answer) => {
        answer.resume();
        answer.on("end", () => resolve(answer.statusCode ?? 0));
      },
    );
    asked.on("timeout", () => asked.destroy(new Error(`${url}: no answer in 15 s`)));
    asked.on("error", reject);
    asked.end(options.body === undefined ? undefined : JSON.stringify(options.body));
  });
}
