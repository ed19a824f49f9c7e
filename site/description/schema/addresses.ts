import { isIPv4 } from "node:net";
import { z } from "zod";

const LABEL = "[A-Za-z0-9](?:[-A-Za-z0-9]{0,61}[A-Za-z0-9])?";
const NAME = `${LABEL}(?:\\.${LABEL})*`;
const OCTET = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
const IPV4 = `${OCTET}(?:\\.${OCTET}){3}`;
const PORT = "(?:6553[0-5]|655[0-2]\\d|65[0-4]\\d\\d|6[0-4]\\d{3}|[1-5]\\d{4}|[1-9]\\d{0,3})";

export const ipv4 = z.ipv4();
export const cidrv4 = z.cidrv4();

/** `first-last`, both IPv4 addresses. */
export const addressRange = z
  .string()
  .regex(
    new RegExp(`^${IPV4}-${IPV4}$`),
    "use first-last, for example 10.0.42.10-10.0.42.60: each part 0 to 255, without leading zeros",
  );

/** A DNS name as RFC 1123 has it, or an IPv4 address. What ends in a number is an address (RFC 3696), so it must be one. */
export function isHost(text: string): boolean {
  return text.length <= 253 && new RegExp(`^${NAME}$`).test(text) && (isIPv4(text) || !/(^|\.)\d+$/.test(text));
}

const HOST = "use a DNS name (labels of 1 to 63 letters, digits and hyphens, the last not a number) or an IPv4 address";

export const hostOrAddress = z
  .string()
  .max(253)
  .regex(new RegExp(`^${NAME}$`), { error: HOST, abort: true })
  .refine(isHost, HOST);

/** A host name that is no address. */
export const dnsName = hostOrAddress.refine((text) => !isIPv4(text), "use a name, not an address");

/** `host` or `host:port`. */
export const server = z
  .string()
  .min(1)
  .max(259)
  .regex(new RegExp(`^${NAME}(?::${PORT})?$`), {
    error: `${HOST}, with :port if it is not 443, up to 65535`,
    abort: true,
  })
  .refine((text) => isHost(text.split(":")[0] ?? ""), HOST);

/** A DNS domain in lower case. */
export const dnsDomain = z
  .string()
  .max(200)
  .regex(/^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?)*$/, {
    error: "use a DNS domain in lower case, labels of 1 to 63 letters, digits and hyphens, for example cluster.local",
    abort: true,
  })
  .refine((text) => !/(^|\.)\d+$/.test(text), "use a DNS domain whose last label is not a number")
  .refine(
    (text) => !/(^|\.)(in-addr|ip6)\.arpa$/.test(text),
    "use a domain of names: addresses are looked up in in-addr.arpa and ip6.arpa",
  )
  .refine(
    (text) => !/^(?:[a-z]{2}|com|net|org|info|biz|edu|gov|mil|int|arpa|localhost)$/.test(text),
    "use a domain of two labels or more: every name below this one elsewhere would be looked for in the cluster",
  );

/** An https address of a host that can be, without a login. */
export const httpsUrl = z
  .url({ protocol: /^https$/, abort: true })
  .max(2048)
  .refine((text) => {
    const { hostname, username, password, port } = new URL(text);
    return isHost(hostname) && username === "" && password === "" && port !== "0";
  }, "use an https address of a host, without a login: https://host or https://host:port");

/** The address of a proxy, without a login: descriptions hold no secrets. */
export const proxyUrl = z
  .string()
  .max(512)
  .refine((text) => {
    if (!URL.canParse(text)) return false;
    const { protocol, hostname, username, password, port, pathname, search, hash } = new URL(text);
    const bare = username === "" && password === "" && pathname === "/" && search === "" && hash === "";
    return /^https?:$/.test(protocol) && isHost(hostname) && port !== "0" && bare;
  }, "use http://host:port, without a login and a path")
  .meta({ format: "uri" });

const REGISTRY = `[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?(?:\\.[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?)*(?::${PORT})?`;

/** What has no dot and no port is a path of Docker's registry: https://pkg.go.dev/github.com/distribution/reference. */
function isRegistry(text: string): boolean {
  return /[.:]/.test(text) || text === "localhost";
}

/** A registry as the names of images begin: `host[:port]`. */
export const registryName = z
  .string()
  .max(253)
  .regex(new RegExp(`^${REGISTRY}$`), {
    error: "use host[:port] in lower case, as images' names begin: without https:// and without a path",
    abort: true,
  })
  .refine((text) => isHost(text.split(":")[0] ?? ""), { error: HOST, abort: true })
  .refine(isRegistry, "use a name with a dot or a port: without either it is a path of docker.io");

/** What images are named with: `host[:port]/path` as containerd takes it. */
export const imageRepository = z
  .string()
  .max(253)
  .regex(new RegExp(`^${REGISTRY}(?:/[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*)*$`), {
    error: "use host[:port]/path in lower case, without https:// and without a tag",
    abort: true,
  })
  .refine(
    (text) => {
      const [host = ""] = text.split(/[:/]/);
      return isHost(host);
    },
    { error: "use a registry's DNS name or IPv4 address before the path", abort: true },
  )
  .superRefine((text, context) => {
    const [registry = ""] = text.split("/");
    if (!isRegistry(registry))
      context.addIssue({
        code: "custom",
        message: `use a name with a dot or a port, for example registry.example or ${registry}:443`,
        params: { fact: `containerd takes ${registry} for a path of docker.io, not for a registry` },
      });
  });
