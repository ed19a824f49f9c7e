export * from "../../image/build/artifact";
