import { Command } from "commander";
import { operatingSystems } from "../../image/machine/base";
import { formats } from "../../image/output/convert";
import { type BuildOptions, buildImage, versions } from "./build";
import { type ImportOptions, importImage } from "./import";

/** `groundwork image`: what machines are made from. */
export function imageCommand(): Command {
  return new Command("image")
    .description(
      "build the disk that machines start from, with all programs and container images of a site, and put it into vCenter",
    )
    .addCommand(buildCommand())
    .addCommand(importCommand());
}

function importCommand(): Command {
  return new Command("import")
    .description("make a site's templates of an image in its vCenter: hypervisor.template, and the copies of hosts")
    .argument("<image>", "what `groundwork image build --format ova` wrote, or another OVA")
    .option("--site <file>", "a site's YAML or JSON file, or a Pulumi stack file")
    .option("--stack <stack>", "a Pulumi stack instead")
    .option("--config-file <file>", "the stack's configuration (default: stacks/Pulumi.<stack>.yaml)")
    .option("--datastore <name...>", "where they lie: of these, the first that the host sees (default: its last one)")
    .option("--ca <file>", "trust this certificate authority of vCenter's")
    .addHelpText(
      "after",
      "\nThe image is compared with its manifest first. A template that is there is left as it is: a new image has a new name in the description." +
        "\nThe account of VSPHERE_USER and VSPHERE_PASSWORD may deploy OVF templates (VApp.Import, VirtualMachine.Provisioning.MarkAsTemplate)," +
        "\nbeside what `groundwork preflight --role` prints. What a run left that was killed is taken up by the next one." +
        "\nExit code: 0 all are there, 2 unusable input, or vCenter refuses.",
    )
    .action((image: string, options: ImportOptions) => importImage(image, options, process.env));
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
