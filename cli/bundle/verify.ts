import { statSync } from "node:fs";
import { readSite } from "../../site/description/parse";
import type { Problem } from "../../site/description/problem";
import { UnusableInput, unusable } from "../../site/description/unusableInput";
import { imagesOfSite } from "../images/command";
import { readSiteFile } from "../input/document";
import { signerOf } from "../process/signature";
import { type Head, readArchive } from "./archive";
import { type Contents, splitTag } from "./contents";
import { BUNDLE_NAMESPACE, partTable } from "./create";
import { noFile } from "./lacks";

/** Whose signature is asked for. */
export interface Trust {
  signers?: string;
  unsigned?: boolean;
}

/** Looks at every byte of a bundle, at its signature and at what a site needs of it, and prints what is in it. */
export async function verifyBundle(
  file: string,
  siteFile: string | undefined,
  { json, ...trust }: Trust & { json?: boolean },
): Promise<void> {
  present(file, trust);
  let signer: string | undefined;
  const contents = await readArchive(file, {
    begin: async (_, head) => {
      signer = await trusted(file, head, trust);
    },
  });
  const missing = siteFile === undefined ? [] : await missingFor(siteFile, contents);
  if (missing.length > 0) throw new UnusableInput(missing);
  const { parts, site, created, kubernetes, platform } = contents;
  if (json) {
    process.stdout.write(`${JSON.stringify({ site, created, kubernetes, platform, signer, parts }, null, 2)}\n`);
    return;
  }
  process.stdout.write(`${partTable(parts)}

bundle       of ${site}, Kubernetes ${kubernetes.join(" and ")}, for ${platform}, made at ${created}
digests      all fit
signature    ${signer === undefined ? "not looked at" : `by ${signer}`}
complete     ${siteFile === undefined ? "not compared: name a site" : `for ${siteFile}`}
`);
}

/** @throws UnusableInput if a bundle or a list of signers is not there, or it is not said whom to trust */
export function present(file: string, { signers, unsigned }: Trust): void {
  const problems: Problem[] = noFile("bundle", file);
  if (signers !== undefined) problems.push(...noFile("--signers", signers));
  else if (!unsigned)
    problems.push({
      path: "--signers",
      fact: "nobody is named who may sign bundles",
      fix: "name a file with lines `NAME ssh-ed25519 …`, or say --unsigned to trust the way that it came",
    });
  if (problems.length > 0) throw new UnusableInput(problems);
  if (statSync(file).size === 0) throw unusable(file, "it is empty", "get it again");
}

/** Who signed it. Undefined where nobody asks. */
export async function trusted(
  file: string,
  { index, signature }: Head,
  { signers, unsigned }: Trust,
): Promise<string | undefined> {
  if (signers === undefined && unsigned) return undefined;
  if (signature === undefined)
    throw unusable(file, "it is not signed", "get one that is, or say --unsigned to trust the way that it came");
  return signerOf(index, signature, { namespace: BUNDLE_NAMESPACE, signers: signers ?? "", of: file });
}

/** What a site needs and a bundle has not. */
export async function missingFor(siteFile: string, { parts, kubernetes }: Contents): Promise<Problem[]> {
  const result = readSite(readSiteFile(siteFile));
  if ("problems" in result) throw new UnusableInput(result.problems);
  const { images, notes } = await imagesOfSite(result.spec);
  const fix = "make one with `groundwork bundle create` from this description";
  const { version } = result.spec.kubernetes;
  const has = (kind: string, name?: string, of?: string) =>
    parts.some(
      (part) => part.kind === kind && (name === undefined || part.name === name) && (!of || part.version === of),
    );
  const problems: Problem[] = notes.map((note) => ({ path: "container images", fact: note, fix }));
  if (!kubernetes.includes(version))
    problems.push({
      path: "kubernetes.version",
      fact: `the bundle is for ${kubernetes.join(" and ")}, not ${version}`,
      fix,
    });
  for (const { source } of images)
    if (!has("container-image", ...splitTag(source)))
      problems.push({ path: source, fact: "the bundle has no such image", fix });
  if (!parts.some((part) => part.kind === "machine-image" && part.version.startsWith(`${version}-`)))
    problems.push({
      path: "machine image",
      fact: `the bundle has none of Kubernetes ${version}`,
      fix: "build it with `groundwork image build` and name it with --image",
    });
  for (const kind of ["engine", "plugin", "node", "packages", "project", "bill-of-materials"])
    if (!has(kind)) problems.push({ path: kind, fact: "the bundle has none", fix });
  return problems;
}
