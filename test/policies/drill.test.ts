import { execFileSync } from "node:child_process";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { drillFact, isSigned } from "../../site/facts/drill";
import { demoPlan, judged, stackOf } from "../support/demoStack";
import { drillFolder, newSigner, passedDrill } from "./drills";

const own = newSigner();
const other = newSigner();

/** What the rule says of a stack whose login is the site's own key. */
function said(folder: string, config: object = {}, login = own.publicKey): string[] {
  const key = {
    type: "tls:index/privateKey:PrivateKey",
    name: "demo-ssh-access",
    parent: "demo",
    inputs: { algorithm: "ED25519" },
    outputs: { algorithm: "ED25519", publicKeyOpenssh: `${login}\n` },
  };
  const stack = [...stackOf(demoPlan()), key];
  return judged(stack, { config: { settings: { drill: { folder } }, ...config } })
    .filter(({ policy }) => policy === "restore-drilled")
    .map(({ message }) => message);
}
const unsigned = [expect.stringContaining("the record of the last drill is not one that a key of the site has signed")];

describe("the record of a drill", () => {
  it("that passed lately and is signed by the site's own login says nothing", async () => {
    expect(said(await drillFolder(passedDrill(91), own))).toEqual([]);
  });

  it("that is old is a finding, unless it may be so old", async () => {
    const folder = await drillFolder(passedDrill(93), own);
    expect(said(folder)).toEqual([expect.stringContaining("the last drill was 93 days ago")]);
    expect(said(folder, { "restore-drilled": { days: 93 + 1 } })).toEqual([]);
  });

  it("that failed is a finding, and says why", async () => {
    const failed = { ...passedDrill(1), passed: false, problem: "2 objects of the living site are missing" };
    expect(said(await drillFolder(failed, own))).toEqual([
      expect.stringMatching(/the drill of \d{4}-\d\d-\d\d failed: 2 objects of the living site are missing; run/),
    ]);
  });

  it("that does not exist is a finding", () => {
    expect(said(join(tmpdir(), "no-drills"))).toEqual([
      expect.stringContaining("drill: no drill of a restore is on record; run `npx groundwork drill`"),
    ]);
  });

  it("that was changed, is of another site, or is signed by another or nobody does not count", async () => {
    const changed = await drillFolder(passedDrill(1), own);
    appendFileSync(join(changed, "test.json"), " ");
    expect(said(changed)).toEqual(unsigned);
    expect(said(await drillFolder(passedDrill(1), other))).toEqual(unsigned);
    expect(said(await drillFolder({ ...passedDrill(1), site: "shop" }, own))).toEqual(unsigned);
    const bare = await drillFolder(passedDrill(1), own);
    rmSync(join(bare, "test.json.sig"));
    expect(said(bare)).toEqual(unsigned);
    writeFileSync(join(bare, "test.json"), "[");
    expect(said(bare)).toEqual(unsigned);
  });

  it("may be signed by others that the settings name, and then by them alone", async () => {
    const folder = await drillFolder(passedDrill(1), other);
    const signedBy = (key: string) => said(folder, { settings: { drill: { folder, signers: [key] } } });
    expect(signedBy(other.publicKey)).toEqual([]);
    expect(signedBy(own.publicKey)).toEqual(unsigned);
  });
});

describe("a signature", () => {
  it("is one that ssh-keygen verifies, and is not taken where it says another namespace", async () => {
    const folder = mkdtempSync(join(tmpdir(), "groundwork-signature-"));
    try {
      const file = join(await drillFolder(passedDrill(1), own), "test.json");
      writeFileSync(join(folder, "signers"), `site namespaces="groundwork-drill" ${own.publicKey}\n`);
      const args = ["-Y", "verify", "-n", "groundwork-drill", "-I", "site", "-f", join(folder, "signers")];
      const input = readFileSync(file);
      execFileSync("ssh-keygen", [...args, "-s", `${file}.sig`], { input, stdio: ["pipe", "pipe", "pipe"] });
      const [text, signature] = [input.toString(), readFileSync(`${file}.sig`, "utf8")];
      expect(isSigned(text, signature, [own.publicKey])).toBe(true);
      expect(isSigned(text, signature, [])).toBe(false);
      writeFileSync(join(folder, "key"), own.privateKey, { mode: 0o600 });
      writeFileSync(join(folder, "text"), text);
      execFileSync("ssh-keygen", ["-q", "-Y", "sign", "-n", "file", "-f", join(folder, "key"), join(folder, "text")]);
      expect(isSigned(text, readFileSync(join(folder, "text.sig"), "utf8"), [own.publicKey])).toBe(false);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("is of no use to a program that does not know the record's version, which says so", () => {
    const fact = drillFact(JSON.stringify({ ...passedDrill(1), version: 2 }), "", undefined, "demo");
    expect(fact).toEqual({
      time: "",
      passed: false,
      unreadable: "version: 2 is newer than this program knows (1); install a newer groundwork",
    });
  });

  it("is not judged while the site's key is not known", () => {
    const fact = drillFact(JSON.stringify(passedDrill(1)), "", undefined, "demo");
    expect(fact).not.toHaveProperty("genuine");
    expect(fact).toMatchObject({ passed: true, rpoSeconds: 1200, rtoSeconds: 130 });
  });
});
