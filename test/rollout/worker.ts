// A worker of simulated sites: tsx worker.ts ADDRESS FOLDER LONGEST
import { engine } from "../../temporal";
import { simulatedSites } from "./simulated";

const [address, folder = "", longest] = process.argv.slice(2);
engine
  .work({ address, namespace: "default", of: [], work: simulatedSites(folder, Number(longest)) }, () =>
    console.log("ready"),
  )
  .catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  });
