import { appendFile, cp, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Artifact, repository } from "../build/artifact";
import { goBuild } from "../build/go";
import { copyModule, exchangeFolders } from "../build/moduleCopy";

/** A program over modules of somebody else's of which a part needs what cannot be had, or what nobody here runs. */
interface Exchanged extends Pick<Artifact, "name" | "version" | "title" | "expected"> {
  /** The package, as the module in lab/go names it, and the program's name. */
  package: string;
  program: string;
  /** Folders and files of ours in lab/go/NAME by theirs, by the modules that have them. */
  folders: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Go variables that carry the version: `path.Name=value`. */
  variables?: readonly string[];
}

/** Builds a program with folders of ours in place of some of modules' own. */
function exchanged(about: Exchanged): Artifact {
  const { name, version, title, expected, folders, program, variables = [] } = about;
  const module = `lab/go/${name}`;
  const ldflags = variables.map((variable) => `-X ${variable}`).join(" ");
  return {
    ...{ name, version, title, expected },
    inputs: [module, ldflags, JSON.stringify([about.package, program, folders])],
    build: async (dir, run) => {
      const work = join(dir, "work");
      await cp(join(repository, module), work, { recursive: true });
      for (const [i, [of, own]] of Object.entries(folders).entries()) {
        const copy = join(work, `copied-${i}`);
        await copyModule(run, { module, of, to: copy });
        const ours = Object.entries(own).map(([theirs, folder]) => [theirs, join(work, folder)]);
        await exchangeFolders(run, copy, Object.fromEntries(ours));
        await appendFile(join(work, "go.mod"), `\nreplace ${of} => ./copied-${i}\n`);
      }
      await goBuild(run, { module: work, package: about.package, output: join(dir, program), ldflags });
      await rm(work, { recursive: true });
    },
  };
}

/** Traefik, without its page, DNS records for ACME and Amazon's container service, of which a site uses none. */
export const traefik = exchanged({
  name: "traefik",
  version: "3.7.13",
  title: "Traefik 3.7.13",
  expected: "about 6 min",
  package: "github.com/traefik/traefik/v3/cmd/traefik",
  program: "traefik",
  folders: {
    "github.com/go-acme/lego/v5": { "providers/dns": "no-dns-providers" },
    "github.com/traefik/traefik/v3": { "pkg/provider/ecs": "no-ecs" },
    // Traefik's own copy, which has one method more, is not served.
    "github.com/abbot/go-http-auth": { "stale.go": "digest-stale/stale.go" },
  },
  variables: ["github.com/traefik/traefik/v3/pkg/version.Version=v3.7.13"],
});

/** cert-manager's controller, with authorities' keys in Secrets as its only issuers. */
export const certManager = exchanged({
  name: "cert-manager",
  version: "1.21.2",
  title: "cert-manager 1.21.2",
  expected: "about 2 min",
  package: "./controller",
  program: "controller",
  folders: {
    "github.com/cert-manager/cert-manager": {
      "pkg/controller/certificaterequests/venafi": "venafi-requests",
      "pkg/controller/certificatesigningrequests/venafi": "venafi-signing",
    },
  },
  variables: ["github.com/cert-manager/cert-manager/pkg/util.AppVersion=v1.21.2"],
});
