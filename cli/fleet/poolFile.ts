import { existsSync, readFileSync } from "node:fs";
import { isMap, parseDocument } from "yaml";
import { readPool } from "../../fleet/pool/read";
import type { Given, Pool } from "../../fleet/pool/schema";
import { UnusableInput } from "../../site/description/unusableInput";
import { readDocument } from "../input/document";
import { writeWhole } from "../output/file";

/** The pool file of a project, beside its Pulumi.yaml. */
export const POOL_FILE = "fleet-pool.yaml";

/** A pool file that was read; nobody else may have changed it when it is written. */
export class PoolFile {
  private constructor(
    readonly file: string,
    readonly pool: Pool,
    private readonly text: string,
  ) {}

  /**
   * None if there is no such file.
   *
   * @throws UnusableInput with every problem of the file
   */
  static read(file: string): PoolFile | undefined {
    if (!existsSync(file)) return undefined;
    const result = readPool(readDocument(file));
    if ("problems" in result)
      throw new UnusableInput(result.problems.map((problem) => ({ ...problem, path: `${file} ${problem.path}` })));
    return new PoolFile(file, result.pool, readFileSync(file, "utf8"));
  }

  /** Writes down what sites were given, comments kept. Whether that changed the file. */
  give(given: ReadonlyMap<string, Given>): boolean {
    const document = parseDocument(this.text);
    for (const [site, part] of given) {
      if (JSON.stringify(this.pool.given[site]) === JSON.stringify(part)) continue;
      const node = document.createNode(part);
      node.flow = true;
      if (!isMap(document.get("given"))) document.set("given", document.createNode({}));
      document.setIn(["given", site], node);
    }
    const text = document.toString({ lineWidth: 0, flowCollectionPadding: false });
    if (given.size === 0 || text === this.text) return false;
    if (readFileSync(this.file, "utf8") !== this.text)
      throw new UnusableInput([
        { path: this.file, fact: "somebody else has changed it meanwhile", fix: "run the command again" },
      ]);
    writeWhole(this.file, text);
    return true;
  }
}
