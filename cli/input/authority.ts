import { readFileSync } from "node:fs";
import { unusable } from "../../site/description/unusableInput";

/** The certificates in a file that `--ca` names, PEM. @throws UnusableInput if it cannot be read */
export function authorityIn(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    throw unusable("--ca", `${file} cannot be read`, "name a PEM file");
  }
}
