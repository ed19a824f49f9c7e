import { dirname, join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { pagePath } from "../../cli/output/page";

const root = join(__dirname, "../..");
const folder = process.cwd();
afterEach(() => process.chdir(folder));

it("a page is named as it is found from where a command runs", () => {
  process.chdir(root);
  expect(pagePath("policies/etcd-distinct-devices.md")).toBe("docs/policies/etcd-distinct-devices.md");
  process.chdir(dirname(root));
  expect(pagePath("backup.md")).toBe(join(root.slice(dirname(root).length + 1), "docs/backup.md"));
});
