import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Artifact } from "../../lab/toolchain/artifact";
import type { Declared } from "./node";
import type { Fields, Shape } from "./shape";

/** An official SDK for Python, unpacked. */
export function pythonSdk(name: string, version: string): Artifact {
  return {
    name: `${name.replaceAll("_", "-")}-python`,
    version,
    inputs: [`${name}==${version}`],
    title: `the official Python SDK ${name} ${version}`,
    expected: "about 10 s",
    build: async (dir, run) => {
      const flags = ["--no-deps", "--only-binary=:all:", "--disable-pip-version-check", "--no-input"];
      await run("python3", ["-m", "pip", "install", ...flags, "--target", dir, `${name}==${version}`]);
    },
  };
}

/** A class of generated code: its properties, by name, with the type that each is said to have. */
type Classes = Map<string, Map<string, string>>;

/** Reads what an SDK for Python declares; generated code is regular enough to be read line by line. */
export function readPythonSdk(folder: string): Declared {
  const texts = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".py"))
    .map((name) => readFileSync(join(folder, name), "utf8"));
  const classes: Classes = new Map(texts.flatMap(classesOf));
  const declared: Declared = { resources: new Map(), functions: new Map(), provider: fields(classes, "ProviderArgs") };
  for (const text of texts) {
    for (const [, token, name] of text.matchAll(
      /@pulumi\.type_token\("([^"]+)"\)\nclass (\w+)\(pulumi\.CustomResource/g,
    )) {
      if (token && name) declared.resources.set(token, resourceShape(classes, name));
    }
    for (const [, body, token, result] of text.matchAll(
      /\ndef \w+\(([\s\S]*?)pulumi\.runtime\.invoke\('([^']+)', __args__, opts=opts, typ=(\w+)\)/g,
    )) {
      if (body && token && result) declared.functions.set(token, functionShape(classes, body, result));
    }
  }
  return declared;
}

function classesOf(text: string): [string, Map<string, string>][] {
  return text
    .split(/^class /m)
    .slice(1)
    .map((body) => {
      const getters = body.matchAll(/@pulumi\.getter(?:\(name="(\w+)"\))?\n\s+def (\w+)\(self\) -> (.+):\n/g);
      const properties = [...getters].map(([, camel, snake, type]): [string, string] => [
        camel ?? snake ?? "",
        type ?? "",
      ]);
      return [/^\w+/.exec(body)?.[0] ?? "", new Map(properties)];
    });
}

function resourceShape(classes: Classes, name: string): Shape {
  const inputs = classes.get(`${name}Args`) ?? new Map<string, string>();
  const required = [...inputs].filter(([, type]) => !type.includes("Optional[")).map(([property]) => property);
  return { inputs: fields(classes, `${name}Args`), outputs: fields(classes, name), required: required.sort() };
}

function functionShape(classes: Classes, body: string, result: string): Shape {
  const names = [...body.matchAll(/__args__\['(\w+)'\]/g)].map(([, name]) => name ?? "");
  return {
    inputs: Object.fromEntries(names.sort().map((name) => [name, true as const])),
    outputs: fields(classes, result),
    required: [],
  };
}

function fields(classes: Classes, name: string): Fields {
  const properties = [...(classes.get(name) ?? [])].map(([property, type]): [string, Fields | true] => {
    const inner = /'(?:outputs\.|_\w+\.)?(\w+)'/.exec(type)?.[1];
    return [property, inner && classes.get(inner)?.size ? fields(classes, inner) : true];
  });
  return Object.fromEntries(properties.sort(([a], [b]) => a.localeCompare(b)));
}
