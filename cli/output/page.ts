import { join, relative } from "node:path";

/** A page of this package's documentation, by its path in `docs/`, as it is found from the folder that a command is run in. */
export function pagePath(page: string): string {
  return relative(process.cwd(), join(__dirname, "../../docs", page));
}
