// Writes docs/policies, one page a rule: npm run docs:policies
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pages } from "./pages";

const folder = join(__dirname, "../docs/policies");
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
for (const [name, text] of pages("../requirements.md")) writeFileSync(join(folder, name), text);
