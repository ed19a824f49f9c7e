export { goTool } from "../../image/build/go";
