import type { Progress } from "../../image/build/run";
import { unusable } from "../../site/description/unusableInput";
import { imageName, type Part } from "./contents";
import type { Layout } from "./layout";
import { skopeo } from "./parts/images";

/** A registry to fill. */
export interface Registry {
  /** `HOST[:PORT]`, with the path below which images go. */
  host: string;
  /** Whether images go below the name of their own registry, as a site's own has them; else below the path that they have there. */
  hasUpstreams?: boolean;
  /** A login, as skopeo and podman keep it. */
  authfile?: string;
  /** A folder with its authority (`ca.crt`), and a certificate to sign in with (`client.cert`, `client.key`). */
  certs?: string;
}

/**
 * Puts images into a registry, by the path that they have in their own: what containerd asks a mirror for. One that has the digest already
 * is left alone, and of the others only the blobs go that are not there. Resolves to how many were not there.
 */
export async function pushImages(
  layout: Layout,
  images: readonly Part[],
  { host, authfile, certs, hasUpstreams }: Registry,
  say: Progress,
): Promise<number> {
  const targets = new Map<string, Part>();
  for (const image of images) {
    const path = imageName(hasUpstreams ? upstreamPath(image.name) : pathOf(image.name), image.version);
    const before = targets.get(path);
    if (before !== undefined && before.descriptor.digest !== image.descriptor.digest)
      throw unusable(
        `${host}/${path}`,
        `${before.name} and ${image.name} would be the same there`,
        "push them into two registries",
      );
    targets.set(path, image);
  }
  const login = authfile ? [`--authfile=${authfile}`] : [];
  let pushed = 0;
  for (const [path, { name, version, descriptor }] of targets) {
    const target = `docker://${host}/${path}`;
    say(`${host}/${path}`);
    const from = certs ? [`--cert-dir=${certs}`] : [];
    const there = await skopeo("inspect", "--format={{.Digest}}", "--no-tags", ...login, ...from, target).catch(
      () => "",
    );
    if (there.trim() === descriptor.digest) continue;
    const to = certs ? [`--dest-cert-dir=${certs}`] : [];
    const args = ["--preserve-digests", "--retry-times=3", ...login, ...to];
    await skopeo("copy", ...args, `oci:${layout.folder}:${imageName(name, version)}`, target);
    pushed++;
  }
  return pushed;
}

/** `registry.example:5000/shop/app` → `registry.example_5000/shop/app`: no path has a colon, and HAProxy before the registry knows. */
function upstreamPath(name: string): string {
  const path = pathOf(name);
  return path === name ? `docker.io/${name.includes("/") ? "" : "library/"}${name}` : name.replace(":", "_");
}

/** `registry.k8s.io/coredns/coredns` → `coredns/coredns`. */
function pathOf(name: string): string {
  const [first = "", ...rest] = name.split("/");
  return rest.length > 0 && /[.:]|^localhost$/.test(first) ? rest.join("/") : name;
}
