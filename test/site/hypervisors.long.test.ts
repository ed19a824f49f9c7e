import { readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";

const root = resolve(__dirname, "../..");
const schema = "site/description/schema/hypervisor.ts";
const table = "site/description/hypervisors.ts";

const kinds = "[vsphereSchema, existingHypervisorSchema]";
const third = 'z.strictObject({ kind: z.literal("third") })';
const thirdInSchema = readFileSync(join(root, schema), "utf8").replace(kinds, `${kinds.slice(0, -1)}, ${third}]`);

/** The product's files that the compiler refuses once a file of it reads otherwise. */
function refused(changed: string, text: string): string[] {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: ["infra"] }, ts.sys, root);
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile;
  host.getSourceFile = (file, version) => {
    return relative(root, file) === changed ? ts.createSourceFile(file, text, version, true) : read(file, version);
  };
  const program = ts.createProgram(
    sources().map((file) => join(root, file)),
    options,
    host,
  );
  const files = ts.getPreEmitDiagnostics(program).map(({ file }) => relative(root, file?.fileName ?? ""));
  return [...new Set(files)].sort();
}

/** The product's own source files. */
function sources(): string[] {
  return ["site", "components", "infra", "policies", "fleet", "sdks/vcenter", "sdks/pulumi", "cli"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts") && !file.includes("node_modules"))
      .map((file) => join(folder, file)),
  );
}

describe("a third kind of hypervisor", () => {
  it("is refused by the compiler where its abilities are listed and where machines are made, and nowhere else", () => {
    expect(thirdInSchema).toContain(third);
    expect(refused(schema, thirdInSchema)).toEqual(["components/hypervisors/index.ts", table]);
  });

  it("is met by no comparison of kinds elsewhere", () => {
    const comparison =
      /hypervisor(\?)?(\.kind)? (===|!==) "|kind (===|!==) "(vsphere|existing)"|case "(vsphere|existing)"/;
    const compared = sources().filter((file) => comparison.test(readFileSync(join(root, file), "utf8")));
    expect(compared).toEqual([]);
  });
});
