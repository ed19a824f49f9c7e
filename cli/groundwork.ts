import { CommanderError } from "commander";
import { UnusableInput } from "../site/description/unusableInput";
import { groundwork } from "./program";

groundwork()
  .parseAsync()
  .catch((error: unknown) => {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
    else {
      console.error(error instanceof Error ? error.message : String(error));
      process.exitCode = error instanceof UnusableInput ? 2 : 1;
    }
  });
