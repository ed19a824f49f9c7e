import { dirname, resolve } from "node:path";
import { Command } from "commander";
import { siteFileOf } from "../input/siteFile";
import { type ApplyOptions, applyBundle } from "./apply";
import { type CreateOptions, createBundle } from "./create";
import { whereRoom } from "./lacks";
import { type Trust, verifyBundle } from "./verify";

interface Site {
  stack?: string;
  configFile?: string;
}

const several = (value: string, before: string[]): string[] => [...before, value];

/** `groundwork bundle`: everything that a site needs, for where there is no line. */
export function bundleCommand(): Command {
  return new Command("bundle")
    .description("carry all that a site is built, upgraded and restored from to where there is no line")
    .addCommand(createCommand())
    .addCommand(verifyCommand())
    .addCommand(applyCommand());
}

function createCommand(): Command {
  return new Command("create")
    .description(
      "make one file of a site's container images, machine images, Pulumi, plugins, Node, packages and project",
    )
    .argument("[file]", "a site's YAML or JSON file, or a Pulumi stack file")
    .option("--stack <stack>", "a Pulumi stack instead: its configuration is read")
    .option("--config-file <file>", "the stack's configuration (default: stacks/Pulumi.<stack>.yaml)")
    .requiredOption("--output <file>", "the bundle")
    .option("--upgrade-to <version>", "also the container images of a later version of Kubernetes")
    .option("--image <file>", "a machine image of `groundwork image build`; may be repeated", several, [])
    .option("--layout <folder>", "an OCI image layout that holds container images; may be repeated", several, [])
    .option(
      "--built",
      "build container images from their Go modules, as `groundwork image build` does, instead of asking registries",
    )
    .option("--authfile <file>", "logins to registries, as skopeo and podman keep them")
    .option("--key <file>", "your SSH key, which signs the bundle")
    .addHelpText(
      "after",
      "\nRun it in the project's folder, on a computer with a line. Of the project goes what git tracks, and nothing else that lies about." +
        "\nThe bundle is an OCI image layout in a tar file; what an end in the middle left is taken up by the next run." +
        "\nExit code: 0 it is written, 1 it could not be made, 2 unusable input, or something is missing on this computer.",
    )
    .action((file: string | undefined, options: CreateOptions & Site) =>
      whereRoom(dirname(resolve(options.output)), () => createBundle(siteFileOf({ file, ...options }), options)),
    );
}

function verifyCommand(): Command {
  return new Command("verify")
    .description(
      "compare every byte of a bundle with its digests, look at its signature and at what a site needs of it",
    )
    .argument("<bundle>", "the file")
    .argument("[file]", "the site that it must be complete for: its YAML or JSON file, or a Pulumi stack file")
    .option("--stack <stack>", "a Pulumi stack instead")
    .option("--config-file <file>", "the stack's configuration (default: stacks/Pulumi.<stack>.yaml)")
    .option("--signers <file>", "who may sign bundles: lines `NAME ssh-ed25519 …`")
    .option("--unsigned", "trust the way that it came")
    .option("--json", "print one JSON object")
    .addHelpText("after", "\nExit code: 0 it is whole, 2 it is not, or lacks something that the site needs.")
    .action((bundle: string, file: string | undefined, options: Trust & Site & { json?: boolean }) => {
      const named = file !== undefined || options.stack !== undefined;
      return verifyBundle(bundle, named ? siteFileOf({ file, ...options }) : undefined, options);
    });
}

function applyCommand(): Command {
  return new Command("apply")
    .description("fill a folder and a registry from a bundle: only what is missing there")
    .argument("<bundle>", "the file")
    .requiredOption("--into <folder>", "where Node, Pulumi, its plugins, the project and the machine images go")
    .option("--registry <host>", "a registry that gets the container images: HOST[:PORT][/PATH]")
    .option("--to <stack>", "the stack of a site that has a registry of its own, which gets them: both copies")
    .option("--authfile <file>", "a login to it, as skopeo and podman keep it")
    .option("--certs <folder>", "its authority (ca.crt), and a certificate to sign in with (client.cert, client.key)")
    .option("--signers <file>", "who may sign bundles: lines `NAME ssh-ed25519 …`")
    .option("--unsigned", "trust the way that it came")
    .option("--older", "take a bundle that is older than what is there")
    .addHelpText(
      "after",
      "\nA run that ended in the middle is taken up by the next one; a second run moves nothing." +
        "\nExit code: 0 all is there, 1 it could not be put there, 2 unusable input.",
    )
    .action((bundle: string, options: ApplyOptions) =>
      whereRoom(resolve(options.into), () => applyBundle(bundle, options)),
    );
}
