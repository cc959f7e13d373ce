/** The web page of the mock: its files, read once, for the control API to serve. It has no data in it: what it shows it asks for, with the token. */
export { consoleFiles } from "./files.js";
