const { createConnector, isMedimailError, wrapPdf } = require("medimail-connector");
const { startMockMedimail } = require("medimail-connector/mock");
const compliance = require("medimail-connector/compliance");
if (typeof createConnector !== "function" || typeof startMockMedimail !== "function" || typeof wrapPdf !== "function")
  throw new Error("a door is closed");
if (typeof compliance !== "object") throw new Error("no compliance door");
try {
  createConnector({});
  throw new Error("an empty configuration passed");
} catch (error) {
  if (!isMedimailError(error) || error.code !== "config_invalid") throw error;
}
// What only a PDF needs is loaded with the first one.
const heavy = Object.keys(require.cache).filter((path) =>
  /node_modules[\\/](?:pdfkit|fontkit|pngjs|omggif)[\\/]/.test(path),
);
if (heavy.length > 0) throw new Error(`loaded without need: ${heavy[0]}`);
startMockMedimail().then(async (mock) => {
  await mock.close();
  console.log("cjs: ok");
});
