import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensure } from "../../lab/toolchain/artifact";
import { pluginFolder, standinPlugins, standins } from "../../lab/toolchain/standins";
import { type Declared, readSdk } from "./node";
import { RunningPlugin, type Schema } from "./plugin";
import { functionsOf, resourcesOf, type Shape } from "./shape";

describe.each(standinPlugins.filter(({ name }) => name !== "kubernetes"))("the $name plugin", (plugin) => {
  let running: RunningPlugin;
  let schema: Schema;
  let official: Declared;

  beforeAll(async () => {
    official = readSdk(`@pulumi/${plugin.name}`);
    running = await RunningPlugin.start(join(await ensure(standins), pluginFolder(plugin)), plugin.name);
    schema = await running.schema();
  });

  afterAll(() => running?.stop());

  it("is of the version that the SDK asks for", () => {
    expect({ name: schema.name, version: schema.version }).toEqual(plugin);
  });

  it("serves every resource of the official SDK, with the same inputs and outputs", () => {
    expect(official.resources.size).toBeGreaterThan(3);
    expect(plain(resourcesOf(schema))).toEqual(plain(official.resources));
  });

  it("serves every function of the official SDK, with the same inputs and outputs", () => {
    expect(official.functions.size).toBeGreaterThan(0);
    expect(plain(functionsOf(schema))).toEqual(plain(official.functions));
  });
});

function plain(shapes: Map<string, Shape>): Record<string, Shape> {
  return Object.fromEntries(shapes);
}
