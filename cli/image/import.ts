import { importTemplate, missingTemplates } from "../../sdks/vcenter/template";
import { vcenterOf } from "../../site/description/hypervisors";
import { readSite } from "../../site/description/parse";
import { UnusableInput, unusable } from "../../site/description/unusableInput";
import { readSiteFile } from "../input/document";
import { siteFileOf } from "../input/siteFile";
import { vcenterSession } from "../input/vcenterSession";
import { step } from "../output/step";
import { table } from "../output/table";
import { readOva, withFile } from "./ova";
import { templatePlaces } from "./places";

/** What `image import` is asked for, as it was written. */
export interface ImportOptions {
  site?: string;
  stack?: string;
  configFile?: string;
  datastore?: string[];
  ca?: string;
}

/** Makes a site's templates in vCenter of an image, tells what it does on standard error, and prints what is there then. */
export async function importImage(file: string, options: ImportOptions, env: NodeJS.ProcessEnv): Promise<void> {
  const { site, stack, configFile } = options;
  const result = readSite(readSiteFile(siteFileOf({ file: site, stack, configFile })));
  if ("problems" in result) throw new UnusableInput(result.problems);
  const vcenter = vcenterOf(result.spec.hypervisor);
  const places = templatePlaces(result.spec, options.datastore);
  if (!vcenter) throw unusable("hypervisor.kind", "this kind has no vCenter", "put the image on the servers yourself");
  const session = await vcenterSession(vcenter, options.ca, env);
  try {
    const missing = await missingTemplates(session, vcenter, places);
    const made = new Set<string>();
    if (missing.length > 0) {
      const ova = await readOva(file);
      const packed = {
        ...ova,
        read: async (name: string, use: Parameters<typeof withFile>[2]) => {
          if (!(await withFile(ova, name, use))) throw unusable(file, `it lacks ${name}`, "build it again");
        },
      };
      for (const target of missing)
        await step(`Write ${target.place.name} to ${target.place.datastore}`, async (progress) => {
          if (await importTemplate(session, target, packed, progress)) made.add(target.place.name);
        });
    }
    const rows = places.map(({ name, host, datastore }) =>
      made.has(name) ? [name, host, datastore, "made"] : [name, "", "", "was there, left as it is"],
    );
    process.stdout.write(`${table(["TEMPLATE", "HOST", "DATASTORE", ""], rows)}\n`);
  } finally {
    await session.close();
  }
}
