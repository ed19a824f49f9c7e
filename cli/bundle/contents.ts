import { z } from "zod";

/** What a part of a bundle is. */
export const kinds = [
  "container-image",
  "machine-image",
  "engine",
  "plugin",
  "node",
  "packages",
  "project",
  "bill-of-materials",
] as const;
export type Kind = (typeof kinds)[number];

/** A part of a bundle. */
export interface Part {
  kind: Kind;
  /** A container image's name with its tag, `pulumi`, `resource-tls`, a file's name. */
  name: string;
  version: string;
  descriptor: Descriptor;
}

/** What a bundle says of itself. Its text is what is signed: digests in it stand for all else. */
export interface Contents {
  /** The stack or site that it was made for. */
  site: string;
  /** When it was made, RFC 3339. */
  created: string;
  /** Versions of Kubernetes, the site's own first. */
  kubernetes: string[];
  /** `linux/x64`: of the programs in it. */
  platform: string;
  parts: Part[];
}

/** Of the OCI image specification. */
export interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
}

export const DIGEST = /^sha256:[0-9a-f]{64}$/;
const FORMAT = "1";
const key = (name: string) => `io.groundwork.bundle.${name}`;

const descriptor = z.object({
  mediaType: z.string().max(200),
  digest: z.string().regex(DIGEST),
  size: z.number().int().nonnegative(),
});
const text = z.string().min(1).max(300);
const kind = z.enum(kinds);
const index = z.object({
  schemaVersion: z.literal(2),
  annotations: z.object({
    [key("format")]: z.string(),
    [key("site")]: text,
    [key("kubernetes")]: text,
    [key("platform")]: text,
    "org.opencontainers.image.created": z.iso.datetime(),
  }),
  manifests: z
    .array(
      descriptor.extend({
        annotations: z
          .object({
            [key("kind")]: kind,
            "org.opencontainers.image.ref.name": text,
            "org.opencontainers.image.version": text,
          })
          .refine(
            (told: Record<string, string>) =>
              kind.safeParse(told[key("kind")]).data === "container-image" || isPlain(told),
          ),
      }),
    )
    .max(1000),
});

/** Whether a part's name and version can be those of a file: what is put into a folder stays in it. */
function isPlain(told: Record<string, string>): boolean {
  const names = ["org.opencontainers.image.ref.name", "org.opencontainers.image.version"].map(
    (name) => told[name] ?? "",
  );
  return names.every((name) => !/[/\p{Cc}]|^\.{1,2}$/u.test(name));
}

/** The `index.json` of a bundle: an OCI image layout's, with what the bundle says of itself in annotations. */
export function indexText({ site, created, kubernetes, platform, parts }: Contents): string {
  const document = {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.index.v1+json",
    manifests: parts.map(({ kind, name, version, descriptor: { mediaType, digest, size } }) => ({
      ...{ mediaType, digest, size },
      annotations: {
        [key("kind")]: kind,
        "org.opencontainers.image.ref.name": kind === "container-image" ? imageName(name, version) : name,
        "org.opencontainers.image.version": version,
      },
    })),
    annotations: {
      [key("format")]: FORMAT,
      [key("site")]: site,
      [key("kubernetes")]: kubernetes.join(" "),
      [key("platform")]: platform,
      "org.opencontainers.image.created": created,
    },
  };
  return `${JSON.stringify(document, null, 1)}\n`;
}

/** Reads an `index.json`. Undefined: it is no bundle's, or one of a format that this version does not know. */
export function readIndex(json: string): Contents | undefined {
  const read = index.safeParse(parsed(json));
  if (!read.success || read.data.annotations[key("format")] !== FORMAT) return undefined;
  const { annotations: told, manifests } = read.data as { annotations: Record<string, string> } & typeof read.data;
  return {
    site: told[key("site")] ?? "",
    created: told["org.opencontainers.image.created"] ?? "",
    kubernetes: (told[key("kubernetes")] ?? "").split(" "),
    platform: told[key("platform")] ?? "",
    parts: manifests.map(({ annotations, mediaType, digest, size }) => {
      const of = annotations as Record<string, string>;
      const [kind, called = ""] = [of[key("kind")] as Kind, of["org.opencontainers.image.ref.name"]];
      const version = of["org.opencontainers.image.version"] ?? "";
      const name = kind === "container-image" ? splitTag(called)[0] : called;
      return { kind, name, version, descriptor: { mediaType, digest, size } };
    }),
  };
}

/** `registry.k8s.io/pause:3.10.2` → name and tag; of a name with a digest, that. */
export function splitTag(image: string): [name: string, version: string] {
  const at = image.includes("@") ? image.indexOf("@") : image.lastIndexOf(":");
  return at > image.lastIndexOf("/") ? [image.slice(0, at), image.slice(at + 1)] : [image, "latest"];
}

/** An image's name with its tag or digest, by which it lies in a layout. */
export function imageName(name: string, version: string): string {
  return `${name}${version.startsWith("sha256:") ? "@" : ":"}${version}`;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
