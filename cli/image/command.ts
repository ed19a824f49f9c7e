import { Command } from "commander";
import { operatingSystems } from "../../image/machine/base";
import { formats } from "../../image/output/convert";
import { type BuildOptions, buildImage, versions } from "./build";

/** `groundwork image`: what machines are made from. */
export function imageCommand(): Command {
  return new Command("image")
    .description("build the disk that machines start from, with all programs and container images of a site")
    .addCommand(buildCommand());
}

function buildCommand(): Command {
  const [newest] = versions;
  const [system] = operatingSystems;
  return new Command("build")
    .description(
      "build a disk that boots on BIOS and UEFI: for vCenter's template, or for virtual machines of your own",
    )
    .option("--kubernetes <version>", `its version: ${versions.join(", ")}`, newest)
    .requiredOption("--format <format>", formats.join(", "))
    .option("--os <system>", operatingSystems.map(({ name }) => name).join(", "), system.name)
    .option("--output <file>", "where it goes (default: groundwork-node-<version>-<system>.<format>, here)")
    .option("--key <file>", "your SSH key, which signs the digests: ssh-keygen -Y verify -n groundwork-image")
    .addHelpText(
      "after",
      "\nBeside the image: its parts (.cdx.json, CycloneDX), which lie in it too, and the digests of both (.sha256).\n" +
        "Programs are built from their Go modules, once; Debian's packages come from the mirrors that this computer's apt has." +
        "\nExit code: 0 it is written, 1 it could not be built, 2 unusable input, or this computer lacks something.",
    )
    .action((options: BuildOptions) => buildImage(options));
}
