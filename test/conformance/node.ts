import { dirname, join } from "node:path";
import ts from "typescript";
import type { Fields, Shape } from "./shape";

/** What an official SDK for Node declares: its resources and functions, by token, and its provider's inputs. */
export interface Declared {
  resources: Map<string, Shape>;
  functions: Map<string, Shape>;
  provider: Fields;
}

/**
 * Reads an SDK's declarations with the TypeScript compiler, all of them or those of one file; the tokens come from the
 * code beside them.
 */
export function readSdk(name: string, only?: string): Declared {
  const folder = dirname(require.resolve(`${name}/package.json`));
  const entry = join(folder, only ?? "index.d.ts");
  const program = ts.createProgram([entry], { strict: true, skipLibCheck: true, types: [] });
  const checker = program.getTypeChecker();
  const declared: Declared = { resources: new Map(), functions: new Map(), provider: {} };
  for (const file of program.getSourceFiles()) {
    if (only ? file.fileName !== entry : !file.fileName.startsWith(`${folder}/`)) continue;
    const tokens = tokensOf(file.fileName.replace(/\.d\.ts$/, ".js"));
    ts.forEachChild(file, (node) => {
      if (ts.isClassDeclaration(node) && node.name) {
        const token = tokens.get(node.name.text);
        const shape = resourceShape(checker, node);
        if (node.name.text === "Provider") declared.provider = shape.inputs;
        else if (token) declared.resources.set(token, shape);
      }
      if (ts.isFunctionDeclaration(node) && node.name && !node.name.text.endsWith("Output")) {
        const token = tokens.get(node.name.text);
        if (token) declared.functions.set(token, functionShape(checker, node));
      }
    });
  }
  return declared;
}

/** The tokens in a file of an SDK's code, by the name of the class or function that uses them. */
function tokensOf(path: string): Map<string, string> {
  const code = ts.sys.readFile(path) ?? "";
  const found = new Map<string, string>();
  for (const [, inside, name, token] of code.matchAll(
    /(?:(static) )?(?:(\w+)\.)?__pulumiType = '([^']+)'|class (\w+) extends/g,
  )) {
    if (token && name) found.set(name, token);
    if (token && inside) found.set(lastClass(code, token), token);
  }
  for (const [, name, token] of code.matchAll(
    /function (\w+)\([^{]*\{(?:(?!\nfunction )[\s\S])*?runtime\.invoke\("([^"]+)"/g,
  )) {
    if (name && token) found.set(name, token);
  }
  return found;
}

function lastClass(code: string, token: string): string {
  const before = code.slice(0, code.indexOf(`'${token}'`));
  return [...before.matchAll(/class (\w+) extends/g)].at(-1)?.[1] ?? "";
}

function resourceShape(checker: ts.TypeChecker, node: ts.ClassDeclaration): Shape {
  const type = checker.getTypeAtLocation(node);
  const outputs: Fields = {};
  for (const member of node.members) {
    if (!ts.isPropertyDeclaration(member) || ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Static) continue;
    outputs[member.name.getText()] = fields(checker, checker.getTypeAtLocation(member));
  }
  const made = node.members.filter(ts.isConstructorDeclaration)[0];
  const args = made?.parameters[1];
  const given = args ? checker.getNonNullableType(checker.getTypeAtLocation(args)) : type;
  return { inputs: args ? members(checker, given) : {}, outputs, required: args ? required(checker, given) : [] };
}

function functionShape(checker: ts.TypeChecker, node: ts.FunctionDeclaration): Shape {
  const args = node.parameters[0];
  const given = args ? checker.getNonNullableType(checker.getTypeAtLocation(args)) : undefined;
  const signature = checker.getSignatureFromDeclaration(node);
  const result = signature && checker.getAwaitedType(checker.getReturnTypeOfSignature(signature));
  return {
    inputs: given ? members(checker, given) : {},
    outputs: result ? members(checker, result) : {},
    required: given ? required(checker, given) : [],
  };
}

function members(checker: ts.TypeChecker, type: ts.Type): Fields {
  const properties = checker.getPropertiesOfType(type).map((property): [string, Fields | true] => {
    return [property.name, fields(checker, checker.getTypeOfSymbol(property))];
  });
  return Object.fromEntries(properties.sort(([a], [b]) => a.localeCompare(b)));
}

function required(checker: ts.TypeChecker, type: ts.Type): string[] {
  const properties = checker.getPropertiesOfType(type);
  return properties
    .filter(({ flags }) => !(flags & ts.SymbolFlags.Optional))
    .map(({ name }) => name)
    .sort();
}

/** The fields of a type that may be an input, an output, a promise, a list or a map of what matters. */
function fields(checker: ts.TypeChecker, type: ts.Type): Fields | true {
  const output = wrapped(checker, type);
  if (output) return fields(checker, output);
  if (type.isUnion()) {
    const here = type.types.filter((one) => one.symbol?.name !== "Promise");
    const found = here.map((one) => fields(checker, one)).filter((one) => one !== true);
    return found.length > 0 ? Object.assign({}, ...found) : true;
  }
  if (!(type.flags & ts.TypeFlags.Object) || ["Asset", "Archive"].includes(type.symbol?.name)) return true;
  const item = checker.isArrayType(type)
    ? checker.getTypeArguments(type as ts.TypeReference)[0]
    : checker.getIndexTypeOfType(type, ts.IndexKind.String);
  return item ? fields(checker, item) : members(checker, type);
}

/** What an output is an output of. */
function wrapped(checker: ts.TypeChecker, type: ts.Type): ts.Type | undefined {
  const parts = type.isIntersection() ? type.types : [type];
  const output = parts.find((part) => part.symbol?.name === "OutputInstance");
  return output && checker.getTypeArguments(output as ts.TypeReference)[0];
}
