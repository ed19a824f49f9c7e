// `npm run rehearse`: causes the failures of the failure table in a lab.
import { UnusableInput } from "../site/description/unusableInput";
import { rehearseCommand } from "./rehearsal/command";

rehearseCommand()
  .parseAsync()
  .catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = error instanceof UnusableInput ? 2 : 1;
  });
