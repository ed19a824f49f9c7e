import type { RunningSite } from "./site";

/** A file of a machine that holds a private key or a certificate. */
export interface MaterialFile {
  machine: string;
  path: string;
  /** In octal: `600`. */
  mode: string;
  /** With what kubeconfig files hold in base64 written out. */
  text: string;
}

const places = "/etc /var/lib/kubelet /var/lib/cloud /root /home /opt /usr/local /srv";

/** Every file of a machine, where configuration can be, that holds a private key or a certificate. */
export async function materialOf(site: RunningSite, machine: string): Promise<MaterialFile[]> {
  const listing = await site.ssh(
    machine,
    `find ${places} -xdev -path /etc/ssl/certs -prune -o -type f -size -2M -print0 2>/dev/null |
      { xargs -0 grep -lIZE 'BEGIN [A-Z ]*(PRIVATE KEY|CERTIFICATE)|client-(key|certificate)-data:|secretbox:' || true; } |
      while IFS= read -r -d '' file; do
        echo "$(stat -c %a "$file") $(base64 -w0 "$file") $file"
      done`,
  );
  return listing
    .split("\n")
    .filter(Boolean)
    .map((line) => {
      const [mode = "", content = "", ...path] = line.split(" ");
      const text = Buffer.from(content, "base64").toString();
      const written = text.replace(
        /(-data: )([A-Za-z0-9+/=]+)/g,
        (_, name, data) => `${name}\n${Buffer.from(data, "base64")}`,
      );
      return { machine, path: path.join(" "), mode, text: written };
    });
}

/** The private keys in a text, each from its first to its last line. */
export function privateKeysIn(text: string): string[] {
  return blocks(text, "[A-Z ]*PRIVATE KEY");
}

export function certificatesIn(text: string): string[] {
  return blocks(text, "CERTIFICATE");
}

function blocks(text: string, kind: string): string[] {
  return text.match(new RegExp(`-----BEGIN ${kind}-----[^-]+-----END ${kind}-----`, "g")) ?? [];
}

/** Every private key of the stack by its id in the plan, in each form that the state has of it. */
export async function keysOfState(site: RunningSite): Promise<Map<string, string[]>> {
  const keys = new Map<string, string[]>();
  for (const { type, urn, outputs } of await site.exported()) {
    if (type !== "tls:index/privateKey:PrivateKey") continue;
    const name = urn.slice(urn.lastIndexOf("::") + 2);
    const forms = ["privateKeyPem", "privateKeyPemPkcs8", "privateKeyOpenssh"].map((form) => plain(outputs?.[form]));
    keys.set(name, forms.map((form) => form.trim()).filter(Boolean));
  }
  return keys;
}

/** A value of the decrypted state, where secrets are wrapped. */
export function plain(value: unknown): string {
  if (typeof value === "string") return value;
  const wrapped = (value as { plaintext?: string } | undefined)?.plaintext;
  return wrapped === undefined ? "" : (JSON.parse(wrapped) as string);
}
