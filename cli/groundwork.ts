import { CommanderError } from "commander";
import { UnusableInput } from "../site/description/unusableInput";
import { paintedProblems } from "./output/paint";
import { groundwork } from "./program";

groundwork(process.argv[2])
  .then((program) => program.parseAsync())
  .catch((error: unknown) => {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
    else {
      const message = error instanceof Error ? error.message : String(error);
      console.error(error instanceof UnusableInput ? paintedProblems(message) : message);
      process.exitCode = error instanceof UnusableInput ? 2 : 1;
    }
  });
