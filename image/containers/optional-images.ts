import { copyFile, mkdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Artifact, ensure } from "../build/artifact";
import { writeLayout } from "./container-image";

/** An image that is one program of an artifact at one path. Names and paths are upstream's. */
export interface OptionalImage {
  name: string;
  artifact: Artifact;
  program: string;
  path: string;
}

/**
 * Images that only some sites ask for, apart from those that every machine holds: as an OCI image layout (`layout/`) and the same as one
 * archive (`layout.tar`).
 */
export function optionalImages(
  { name, version, title }: Pick<Artifact, "name" | "version" | "title">,
  programs: readonly OptionalImage[],
): Artifact {
  return {
    ...{ name, version, title },
    expected: "about 5 s",
    inputs: [
      ...[...new Set(programs.map(({ artifact }) => artifact))].flatMap(({ inputs }) => inputs),
      ...["optional-images.ts", "container-image.ts"].map((file) => `image/containers/${file}`),
      JSON.stringify(programs.map(({ name: image, program, path }) => [image, program, path])),
    ],
    build: async (dir, run) => {
      const images = [];
      for (const { name: image, artifact, program, path } of programs) {
        const root = join(dir, "roots", program);
        await mkdir(dirname(join(root, path)), { recursive: true });
        await copyFile(join(await ensure(artifact), program), join(root, path));
        images.push({ name: image, root, entrypoint: [`/${path}`] });
      }
      await writeLayout(join(dir, "layout"), images, run);
      await run("tar", ["-C", join(dir, "layout"), "-cf", join(dir, "layout.tar"), "."]);
      await rm(join(dir, "roots"), { recursive: true });
    },
  };
}
