import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Item } from "./item";

/** Asks a machine what it runs. */
export const question = readFileSync(join(__dirname, "machine.sh"), "utf8");

/** What a machine answered: the system, the services that run, and the images of its containers. */
export function machineItems(where: string, answer: string): Item[] {
  const lines = answer
    .trim()
    .split("\n")
    .map((line) => line.split("\t"));
  const images = lines.flatMap(([what, name = "", digest = ""]) => (what === "image" ? [{ name, digest }] : []));
  const items = lines.flatMap(([what, name = "", said = ""]): Item[] => {
    switch (what) {
      case "system":
      case "firmware":
        return said === "" ? [] : [{ kind: what, name, version: said, where }];
      case "software":
        return [{ kind: what, name, version: versionIn(said), where }];
      case "container":
        return [imageItem(name, images, where)];
      default:
        return [];
    }
  });
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
}

/** The first thing that looks like a version; what was said, if nothing does. */
function versionIn(said: string): string {
  return /(?<![A-Za-z0-9.])v?(\d+(\.\d+)+[^\s,]*)/.exec(said)?.[1] ?? said;
}

/** A container names its image by tag, or by the id of its configuration, which has the same digest as the tag. */
function imageItem(reference: string, images: readonly { name: string; digest: string }[], where: string): Item {
  const digest = images.find(({ name }) => name === reference)?.digest;
  const tagged = reference.startsWith("sha256:")
    ? images.find((image) => image.digest === digest && !/^sha256:|@/.test(image.name))?.name
    : undefined;
  const [, name = reference, version = ""] = /^(.+?)(?::([^/:@]+))?(?:@.*)?$/.exec(tagged ?? reference) ?? [];
  return { kind: "image", name, version: version || "no tag", ...(digest && { digest }), where };
}
