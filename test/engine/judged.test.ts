import { afterAll, beforeAll, expect, test } from "vitest";
import type { StackReport } from "../../cli/report/model";
import { report } from "../../cli/report/run";
import { rememberProcess } from "../support/ownProcess";
import { Project } from "../support/project";

// A program is judged however it is written: what it registers counts, wherever that is.

let project: Project;
const restoreProcess = rememberProcess();

beforeAll(async () => {
  project = await Project.create({
    files: {
      "index.ts": "export = async () => ({});\n",
      "pack/PulumiPolicy.yaml": "runtime: nodejs\nmain: index.js\n",
      "pack/package.json": '{"name": "pack", "version": "1.0.0", "main": "index.js"}\n',
      "pack/index.js": `const refuses = ({ resources }, violation) => {
  for (const { type, name } of resources) if (type === "test:index:Thing") violation(name + " is refused");
};
new (require("@pulumi/policy").PolicyPack)("pack", {
  policies: [{ name: "refuses", description: "refuses", enforcementLevel: "mandatory", validateStack: refuses }],
});
`,
    },
    config: { "project:thing": "configured" },
  });
  process.chdir(project.folder);
  Object.assign(process.env, project.env);
});
afterAll(() => {
  restoreProcess();
  project?.remove();
});

const thing = (name: string) => `new pulumi.ComponentResource("test:index:Thing", ${name});\n`;
const head = 'import * as pulumi from "@pulumi/pulumi";\n';

test.each([
  [
    "a module that registers what its configuration says",
    `${head}const config = new pulumi.Config();\n${thing('config.require("thing")')}export const output = 1;\n`,
    ["configured"],
  ],
  [
    "a module that registers, and a function that does",
    `${head}${thing('"a"')}export = async () => {\n  ${thing('"b"')}};\n`,
    ["a", "b"],
  ],
])("%s is judged", async (_, text, names) => {
  project.write("index.ts", text);
  const { text: told, exitCode } = await report(
    { stack: ["test"], project: ".", parallel: 1, cache: false, policyPack: "pack", format: "json" },
    () => {},
  );
  const { verdict, policies, errors } = (JSON.parse(told) as { stacks: [StackReport] }).stacks[0];
  expect(errors).toEqual([]);
  expect(policies.mandatory.map(({ message }) => message).sort()).toEqual(names.map((name) => `${name} is refused`));
  expect([verdict.is, exitCode]).toEqual(["unsafe", 1]);
});
