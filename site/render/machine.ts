/** What a machine gets: its files, and the program that puts them to use. */
export { applyScript } from "./apply";
export type { FileSpec, Unit } from "./file";
export { machineFiles } from "./files";
