/** Gives this process another environment. Names that are not in it are taken away: what is left over would be inherited. */
export function setEnvironment(wanted: Readonly<NodeJS.ProcessEnv>): void {
  for (const name of Object.keys(process.env)) if (!(name in wanted)) delete process.env[name];
  Object.assign(process.env, wanted);
}

/**
 * Remembers this process's folder and environment, for tests that change them: the next file runs in the same process.
 *
 * @returns what puts both back
 */
export function rememberProcess(): () => void {
  const folder = process.cwd();
  const environment = { ...process.env };
  return () => {
    process.chdir(folder);
    setEnvironment(environment);
  };
}
