import { BUILD_EPOCH } from "../machine/epoch";

/** A part of an image, as bills of material name it. */
export interface Part {
  type: "application" | "library" | "container" | "operating-system";
  name: string;
  version: string;
  /** Its package URL: https://github.com/package-url/purl-spec. */
  purl?: string;
  /** `sha256:…`, of a container image's manifest. */
  digest?: string;
}

/** A bill of materials in CycloneDX's JSON: https://cyclonedx.org/docs/1.6/json/. Same parts, same text. */
export function bom(
  whole: { type: "operating-system" | "application"; name: string; version: string; id: string },
  parts: Part[],
): string {
  const { type, name, version } = whole;
  const components = [...new Map(parts.map((part) => [reference(part), part])).entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([ref, { type, name, version, purl, digest }]) => ({
      type,
      "bom-ref": ref,
      name,
      version,
      ...(purl && { purl }),
      ...(digest && { hashes: [{ alg: "SHA-256", content: digest.replace("sha256:", "") }] }),
    }));
  const document = {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    serialNumber: `urn:uuid:${whole.id}`,
    version: 1,
    metadata: {
      timestamp: new Date(BUILD_EPOCH * 1000).toISOString(),
      component: { type, "bom-ref": name, name, version },
    },
    components,
  };
  return `${JSON.stringify(document, null, 1)}\n`;
}

function reference({ type, name, version, purl }: Part): string {
  return purl ?? `${type}:${name}@${version}`;
}

/** Debian's packages that are installed, by what dpkg knows of itself (`/var/lib/dpkg/status`). */
export function debianParts(status: string, system: string): Part[] {
  return status
    .split("\n\n")
    .map(
      (entry) => new Map([...entry.matchAll(/^([A-Za-z-]+): (.*)$/gm)].map(([, key = "", value = ""]) => [key, value])),
    )
    .filter((entry) => entry.get("Status") === "install ok installed")
    .map((entry) => {
      const [name, version] = [entry.get("Package") ?? "", entry.get("Version") ?? ""];
      const place = `arch=${entry.get("Architecture")}&distro=${system}`;
      const purl = `pkg:deb/debian/${name}@${encodeURIComponent(version)}?${place}`;
      return { type: "library" as const, name, version, purl };
    });
}

/** The modules that programs were built of, by what `go version -m` says of the programs; those that were replaced, by what took their place. */
export function goParts(told: string): Part[] {
  const lines = told.split("\n").map((line) => line.split("\t"));
  return lines.flatMap(([, kind, name = "", version = ""], i) => {
    if (kind !== "dep") return [];
    const [, next, module = "", instead = ""] = lines[i + 1] ?? [];
    const part = next === "=>" ? { name: module, version: instead } : { name, version };
    // What lies beside the program has no version of its own.
    if (!part.version.startsWith("v")) return [];
    return [{ type: "library" as const, ...part, purl: `pkg:golang/${part.name}@${part.version}` }];
  });
}
