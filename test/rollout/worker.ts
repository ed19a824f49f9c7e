// A worker of simulated sites: tsx worker.ts ADDRESS FOLDER LONGEST [LABEL=VALUE]. Without an address it is Temporal's own settings that say where.
import { engine } from "../../temporal";
import { simulatedSites, simulatedWatch } from "./simulated";

const [address = "", folder = "", longest, ...labels] = process.argv.slice(2);
const of = labels.map((text) => {
  const [label = "", value = ""] = text.split("=");
  return { label, value };
});
engine
  .work(
    {
      ...(address && { address }),
      namespace: "default",
      of,
      work: simulatedSites(folder, Number(longest)),
      watch: simulatedWatch,
    },
    () => console.log("ready"),
  )
  .catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  });
