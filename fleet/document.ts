import type { z } from "zod";
import { allProblems } from "../site/description/issues";
import { unfitShape } from "../site/description/parse";
import type { Problem } from "../site/description/problem";
import { Settings } from "../site/description/settings";

/** Documents of one schema: every problem at once, with the setting that was meant where one was mistyped. */
export class DocumentReader<T> {
  private readonly settings: Settings;

  constructor(private readonly schema: z.ZodType<T>) {
    this.settings = new Settings(schema);
  }

  read(document: unknown): { value: T } | { problems: Problem[] } {
    const unfit = unfitShape(document);
    if (unfit) return { problems: [unfit] };
    const overfull = this.settings.overfullLists(document);
    if (overfull.length > 0) return { problems: overfull };
    const parsed = this.schema.safeParse(document, { reportInput: true });
    return parsed.success
      ? { value: parsed.data }
      : { problems: allProblems(parsed.error.issues, document, this.settings) };
  }
}
