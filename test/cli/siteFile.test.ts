import { expect, it } from "vitest";
import { siteFileOf } from "../../cli/input/siteFile";

it("a site is named by its file or by its stack, and by one of the two alone", () => {
  expect(siteFileOf({ file: "site.yaml" })).toBe("site.yaml");
  expect(siteFileOf({ stack: "shop" })).toBe("stacks/Pulumi.shop.yaml");
  expect(siteFileOf({ stack: "shop", configFile: "elsewhere.yaml" })).toBe("elsewhere.yaml");
  expect(() => siteFileOf({})).toThrow("file: no site is named; name a site's file, or a stack with --stack");
  expect(() => siteFileOf({ file: "site.yaml", stack: "shop" })).toThrow("--stack: a file is named, too; name one");
});
