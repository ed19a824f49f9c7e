import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { program } from "../../cli/process/program";

describe("a program", () => {
  it("gets its input, and gives back both streams and its exit code", async () => {
    const input = "first\nsecond\n";
    expect(await program("bash", ["-c", "cat; echo no >&2; exit 3"], { input })).toEqual({
      code: 3,
      stdout: input,
      stderr: "no\n",
    });
    expect(await program("cat", [], { input: Readable.from([Buffer.from("a"), Buffer.from("b")]) })).toMatchObject({
      code: 0,
      stdout: "ab",
    });
  });

  it("runs in a folder, with an environment", async () => {
    const env = { PATH: process.env.PATH, SITE: "shop" };
    const { stdout } = await program("bash", ["-c", "echo $PWD $SITE $HOME"], { cwd: "/usr", env });
    expect(stdout).toBe("/usr shop\n");
  });

  it("is heard line by line, and a character that comes in two parts stays whole", async () => {
    const lines: string[] = [];
    const script = String.raw`printf 'K\303'; sleep 0.2; printf '\274hlraum\nsecond\n'`;
    const { stdout } = await program("bash", ["-c", script], { onLine: (line) => lines.push(line) });
    expect(stdout).toBe("Kühlraum\nsecond\n");
    expect(lines).toEqual(["Kühlraum", "second"]);
  });

  it("that reads nothing, or is ended by a signal, has ended like any other", async () => {
    expect(await program("true", [], { input: "x".repeat(1 << 20) })).toMatchObject({ code: 0 });
    expect(await program("bash", ["-c", "kill -9 $$"])).toMatchObject({ code: 137 });
  });

  it("is killed with all that it started when its time is up", async () => {
    // Long enough for a shell to begin on a busy computer; what it starts would take an hour.
    const most = 3000;
    const { code, stdout } = await program("bash", ["-c", "echo begun; sleep 3600 & wait"], { most });
    expect([code, stdout]).toEqual([137, "begun\n"]);
    expect(await program("bash", ["-c", "(sleep 3600)& exit 0"], { most })).toMatchObject({ code: 0 });
    expect(await program("true", [], { most: 60_000 })).toMatchObject({ code: 0 });
  });

  it("that is not there says what to install, and input that cannot be read is not taken for none", async () => {
    await expect(program("no-such-program", [], { absent: "install it" })).rejects.toThrow(
      "no-such-program: not found on PATH; install it",
    );
    await expect(program("true", [], { cwd: "/nowhere" })).rejects.toThrow("/nowhere: there is no such folder");
    const broken = new Readable({ read: () => broken.destroy(new Error("the disk is gone")) });
    await expect(program("cat", [], { input: broken })).rejects.toThrow("the disk is gone");
  });
});
